"""NCBI's E-utilities: searches that list ids, and records in XML.

Sources: Entrez Programming Utilities Help (NBK25499). A search gives away at most 9,999 ids, so a larger one is cut
into windows of time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher, UnfitAnswerError
from medqa.ingest.recipe import Option, Order

BASE_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
PAUSE_S = 0.34  # three requests a second without a key
PAUSE_WITH_KEY_S = 0.11  # ten with one
QUERY_OPTIONS = (
    Option(name="query", description="A search as typed into the site's search box.", is_required=True),
    Option(name="since", description="Only what was published since this date, such as 2020-01-31."),
    Option(
        name="sort",
        description="Which come first when --limit cuts the list.",
        default="relevance",
        choices=("relevance", "pub_date"),
    ),
)
_MOST_IDS = 9_999
_EARLIEST = date(1780, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days between which the date called ``kind`` lies: ``edat`` is when a record came in, ``mdat`` when it changed."""

    kind: str
    first: date
    last: date

    def halves(self) -> tuple[Window, Window]:
        """The later half first."""
        middle = self.first + (self.last - self.first) // 2
        return Window(self.kind, middle + timedelta(days=1), self.last), Window(self.kind, self.first, middle)

    def parameters(self) -> dict[str, str]:
        """As the search wants it."""
        return {
            "datetype": self.kind,
            "mindate": self.first.strftime("%Y/%m/%d"),
            "maxdate": self.last.strftime("%Y/%m/%d"),
        }


class Entrez:
    """One database, such as ``pubmed`` or ``pmc``. ``left_out`` counts records that a search would not give away."""

    def __init__(self, web: Fetcher, order: Order, database: str) -> None:
        self._web = web
        self._base = order.base_url
        self._today = order.today
        self.left_out = 0
        self._sent = {**order.credentials, "db": database}

    def ids(self, term: str, *, most: int | None = None, window: Window | None = None, sort: str = "") -> list[str]:
        """Ids that the search finds, at most so many. Raises FetchError."""
        wanted = _MOST_IDS if most is None else min(most, _MOST_IDS)
        count, found = self._search(term, wanted, window, sort)
        if count <= len(found) or (most is not None and len(found) >= most):
            return found
        window = window or Window("edat", _EARLIEST, self._today + timedelta(days=2))
        if window.first >= window.last:
            self.left_out += count - len(found)
            return found
        later, earlier = window.halves()
        found = self.ids(term, most=most, window=later, sort=sort)
        left = None if most is None else most - len(found)
        if left is None or left > 0:
            found += self.ids(term, most=left, window=earlier, sort=sort)
        return list(dict.fromkeys(found))

    def changed_since(self, term: str, day: date) -> list[str]:
        """Ids of the search whose records have changed since the day. Raises FetchError."""
        return self.ids(term, window=Window("mdat", day, self._today + timedelta(days=2)))

    def records(self, ids: Sequence[str], *, end: bytes) -> bytes:
        """XML of the records; ``end`` is the closing tag of a whole answer. Raises FetchError."""

        def is_whole(content: bytes) -> None:
            if end not in content[-200:]:
                raise UnfitAnswerError(f"the records do not end with {end.decode()}")

        form = {**self._sent, "id": ",".join(ids), "retmode": "xml"}
        return self._web.read(f"{self._base}/efetch.fcgi", form=form, check=is_whole).content

    def _search(self, term: str, most: int, window: Window | None, sort: str) -> tuple[int, list[str]]:
        """How many records there are, and the first ids."""
        form = {**self._sent, "term": term, "retmode": "json", "retmax": str(most)}
        form |= window.parameters() if window else {}
        form |= {"sort": sort} if sort else {}
        answer = self._web.read(f"{self._base}/esearch.fcgi", form=form, check=_is_result)
        result = json.loads(answer.content)["esearchresult"]
        found = [str(each) for each in result["idlist"] if str(each).isdigit()]
        return int(result["count"]), found


def _is_result(content: bytes) -> None:
    try:
        result: Any = json.loads(content)["esearchresult"]
        if "ERROR" in result:
            raise UnfitAnswerError(f"the search failed: {str(result['ERROR'])[:200]}")
        is_short = int(result["count"]) > 0 and not list(result["idlist"])
    except (ValueError, KeyError, TypeError) as err:
        raise UnfitAnswerError("the answer is no search result") from err
    if is_short:
        raise UnfitAnswerError("the search counts records, but lists none")


def batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in groups."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


@dataclass(frozen=True, slots=True)
class Taking:
    """How a recipe takes records: ``fetch`` brings one batch of ids into files called ``name(id)``.

    ``is_everything``: the order set no limit, so that what was not found is there no more.
    """

    batch: int
    fetch: Callable[[Sequence[str]], None]
    name: Callable[[str], str]
    is_everything: bool


def take(entrez: Entrez, found: Sequence[str], wanted: Sequence[str], collection: Collection, taking: Taking) -> None:
    """Brings the wanted ones of what a search found; what it no longer finds is let go. Raises FetchError."""
    for _ in range(len(found) - len(wanted)):
        collection.same()
    done = 0
    for batch in batches(wanted, taking.batch):
        taking.fetch(batch)
        done += len(batch)
        collection.progress(done, len(wanted))
    if entrez.left_out:
        collection.note(f"{entrez.left_out:,} more records came in on one day than NCBI gives away: narrow the query")
    elif taking.is_everything and found:
        collection.keep_only({taking.name(each) for each in found})


def split_records(content: bytes, *names: str) -> list[bytes]:
    """The elements of these names, byte for byte. They must not hold elements of the same name."""
    either = "|".join(names)
    return [each.group() for each in re.finditer(rf"<({either})[\s>].*?</\1>".encode(), content, re.DOTALL)]


def asked_for(records: Iterable[bytes], number: re.Pattern[bytes], missing: set[str]) -> Iterator[tuple[str, bytes]]:
    """The records whose ``number`` is missing, each with it; it is missing no longer."""
    for record in records:
        found = number.search(record)
        id_ = found.group(1).decode() if found else ""
        if id_ in missing:
            missing.discard(id_)
            yield id_, record


def published_since(query: str, order: Order) -> str:
    """The query, restricted to what was published since the order's date."""
    from medqa.ingest.recipe import read_date

    if not order["since"]:
        return query
    first = read_date(order["since"], "since").strftime("%Y/%m/%d")
    return f'({query}) AND ("{first}"[Publication Date] : "3000"[Publication Date])'
