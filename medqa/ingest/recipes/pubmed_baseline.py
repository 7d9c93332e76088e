"""PubMed's yearly baseline and daily update files: all citations, in numbered ``.xml.gz`` files with MD5 sums.

An update file revises and deletes records of earlier files. Those are taken out of the earlier files here, so that
each record stands once, in its latest edition, and retractions are seen.
"""

from __future__ import annotations

import gzip
import re
from array import array
from collections.abc import Iterator, Set
from pathlib import Path

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Checksum, Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.saving import disk, write_file

_LINK = re.compile(rb'href="(pubmed(\d\d)n(\d{4})\.xml\.gz)"')
_MD5 = re.compile(rb"=\s*([0-9a-fA-F]{32})")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_OPEN, _CLOSE = b"<PubmedArticle>", b"</PubmedArticle>"
_DELETED = re.compile(rb"<DeleteCitation>.*?</DeleteCitation>\s*", re.DOTALL)
_PMID = re.compile(rb"<PMID[^>]*>(\d+)</PMID>")
_CHUNK = 4 << 20
_MOST_RECORD = 64 << 20
_PUBLISHER = "https://ftp.ncbi.nlm.nih.gov/pubmed"


class PubMedBaseline:
    """Numbered files, oldest first. A new year's baseline takes the place of the old one."""

    offer = Offer(
        title="PubMed baseline",
        publisher="PubMed, National Library of Medicine",
        licence="Abstracts belong to their publishers; free to read and to mine, not to republish",
        terms=(
            "Name NLM as the source and say when it was fetched. The whole is about 1,300 files of 20 MB and "
            "38 million records: use --limit or the option files for a part."
        ),
        url="https://pubmed.ncbi.nlm.nih.gov/download/",
        base_url=_PUBLISHER,
        options=(
            Option(name="files", description="Numbers of baseline files, such as 1-20; all when empty."),
            Option(
                name="updates", description="Whether to apply the daily update files.", default="no",
                choices=("yes", "no"),
            ),
        ),
    )  # fmt: skip

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        offered = _listed(web, f"{order.base_url}/baseline/")
        wanted = [each for each in offered if _in_range(each, order["files"])][: order.limit]
        if not wanted:
            raise FetchError(f"{order.base_url}/baseline/ lists none of the files that were asked for")
        year = wanted[-1][:8]
        updates = _listed(web, f"{order.base_url}/updatefiles/") if order["updates"] == "yes" else []
        fetches = [(name, "baseline") for name in wanted]
        fetches += [(name, "updatefiles") for name in updates if name.startswith(year)]
        for name in sorted(collection.names() - {name for name, _ in fetches}):
            if not name.startswith(year):
                _forget(collection, name)
        for done, (name, folder) in enumerate(fetches, 1):
            try:
                _fetch(name, f"{order.base_url}/{folder}/{name}", collection, web)
            except FetchError as err:
                collection.fail(name, err)
            collection.progress(done, len(fetches))
        _take_out_superseded(collection, [name for name, folder in fetches if folder == "updatefiles"])


def _listed(web: Fetcher, url: str) -> list[str]:
    """The names of the newest year's files in a folder's listing, in order."""
    found = sorted({each[0].decode() for each in _LINK.findall(web.read(url).content)})
    return [name for name in found if name[:8] == found[-1][:8]]


def _in_range(name: str, wanted: str) -> bool:
    number = int(name[9:13])
    if not wanted:
        return True
    for part in wanted.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            raise UsageError(f"files is {wanted!r}: write numbers such as 1-20 or 3,7,9", field="option")
        if int(found.group(1)) <= number <= int(found.group(2) or found.group(1)):
            return True
    return False


def _fetch(name: str, url: str, collection: Collection, web: Fetcher) -> None:
    """A numbered file never changes once it is published, so one that is here is not asked for again."""
    if collection.entry(name):
        collection.same()
        return
    found = _MD5.search(web.read(f"{url}.md5").content)
    if found is None:
        raise FetchError(f"{url}.md5 holds no MD5 sum")
    collection.download(name, url, checksum=Checksum(algorithm="md5", digest=found.group(1).decode()))


# --- later files supersede earlier ones ---


def _take_out_superseded(collection: Collection, updates: list[str]) -> None:
    """Takes out of each file what files after it revise or delete."""
    applied_to = str(len(collection.names() - set(updates)))
    fresh = [
        name for name in updates if collection.entry(name) and collection.marks.get(f"applied {name}") != applied_to
    ]
    if not fresh:
        return
    later: set[int] = set()
    taken = 0
    for name in sorted(collection.names(), reverse=True):
        ids = _ids(collection, name)
        superseded = later & set(ids)
        if superseded:
            taken += len(superseded)
            _take_out(collection, name, superseded)
        if name in fresh:
            later |= set(ids) | set(_deleted(collection.path(name)))
    for name in fresh:
        collection.mark(f"applied {name}", applied_to)
    if taken:
        collection.note(f"{taken:,} records were superseded or deleted by {len(fresh)} update files")


def _take_out(collection: Collection, name: str, superseded: Set[int]) -> None:
    """Writes the file anew without some of its records."""
    path, entry = collection.path(name), collection.entry(name)
    with disk(path.parent):
        fresh = _index_path(collection, name).with_suffix(".new")
        with gzip.open(path, "rb") as source, gzip.open(fresh, "wb", compresslevel=3) as target:
            for piece, pmid in _pieces(source):
                if pmid not in superseded:
                    target.write(piece)
        collection.put(name, fresh, version=f"{entry.version if entry else ''} revised")
    _index_path(collection, name).unlink(missing_ok=True)


def _ids(collection: Collection, name: str) -> array[int]:
    """PMIDs of the records in a file, kept beside it so that the next update need not unpack everything."""
    path = _index_path(collection, name)
    ids: array[int] = array("I")
    if path.exists():
        ids.frombytes(path.read_bytes())
        return ids
    with gzip.open(collection.path(name), "rb") as file:
        ids.extend(pmid for _, pmid in _pieces(file) if pmid)
    write_file(path, ids.tobytes())
    return ids


def _index_path(collection: Collection, name: str) -> Path:
    return collection.folder / "pmids" / f"{name}.u32"


def _deleted(path: Path) -> list[int]:
    with gzip.open(path, "rb") as file:
        return [
            int(pmid) for piece, _ in _pieces(file) for part in _DELETED.findall(piece) for pmid in _PMID.findall(part)
        ]


def _pieces(file: gzip.GzipFile) -> Iterator[tuple[bytes, int]]:
    """The file in pieces: each record with its PMID, and what lies between records with 0."""
    held = b""
    while chunk := file.read(_CHUNK):
        held += chunk
        at = 0
        while (begins := held.find(_OPEN, at)) >= 0 and (ends := held.find(_CLOSE, begins)) >= 0:
            if begins > at:
                yield held[at:begins], 0
            at = ends + len(_CLOSE)
            record = held[begins:at]
            found = _PMID.search(record)
            yield record, int(found.group(1)) if found else 0
        held = held[at:]
        if len(held) > _MOST_RECORD:
            raise FetchError("one record of the file never ends")
    if held:
        yield held, 0


def _forget(collection: Collection, name: str) -> None:
    _index_path(collection, name).unlink(missing_ok=True)
    collection.remove(name)


plugin = PubMedBaseline
