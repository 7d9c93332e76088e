"""PubMed and PubMed Central by query, against a small Entrez on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from loopback_publisher import Asked, Publisher, Reply

from medqa.domain.document import Document, Source
from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import CollectionReport
from medqa.ingest.formats import choose_parser
from medqa.ingest.recipes import _entrez

Bring = Callable[..., CollectionReport]
QUERY = {"query": "sample[ti]"}


@dataclass
class Record:
    """A record of the small Entrez; dates as Entrez keeps them."""

    title: str = "A sample trial"
    came_in: date = date(2020, 5, 1)
    changed: date = date(2020, 5, 1)
    is_retracted: bool = False
    related: str = ""

    def pubmed(self, pmid: str) -> str:
        kind = "<PublicationType>Retracted Publication</PublicationType>" if self.is_retracted else ""
        return (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID>'
            f"<DateRevised><Year>{self.changed:%Y}</Year>"
            f"<Month>{self.changed:%m}</Month><Day>{self.changed:%d}</Day></DateRevised><Article>"
            f"<ArticleTitle>{self.title}</ArticleTitle><Abstract><AbstractText>Samples were taken.</AbstractText>"
            f"</Abstract><Language>eng</Language><PublicationTypeList>"
            f"<PublicationType>Journal Article</PublicationType>{kind}</PublicationTypeList></Article>"
            f"</MedlineCitation></PubmedArticle>"
        )

    def pmc(self, pmcid: str) -> str:
        return (
            f'<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><article-meta>'
            f'<article-id pub-id-type="pmid">7{pmcid}</article-id>'
            f'<article-id pub-id-type="pmcid">PMC{pmcid}</article-id>'
            f'<article-id pub-id-type="doi">10.9999/s.{pmcid}</article-id><title-group><article-title>{self.title}'
            f"</article-title></title-group>{self.related}</article-meta></front><body><sec><title>Results</title>"
            f"<p>Samples were taken.</p></sec></body></article>"
        )


@dataclass
class Entrez:
    """ESearch and EFetch over ``records``; ``most`` ids are given away at once, as PubMed does with 9,999."""

    publisher: Publisher
    records: dict[str, Record] = field(default_factory=dict)
    retracted_pmids: set[str] = field(default_factory=set)
    most: int = 9_999

    def __post_init__(self) -> None:
        self.publisher.routes["/esearch.fcgi"] = self.search
        self.publisher.routes["/efetch.fcgi"] = self.fetch

    def search(self, asked: Asked) -> bytes:
        found = self._found(asked)
        ids = found[: min(int(asked.values["retmax"]), self.most)]
        return json.dumps({"esearchresult": {"count": str(len(found)), "idlist": ids}}).encode()

    def _found(self, asked: Asked) -> list[str]:
        term = asked.values["term"]
        if "[uid]" in term:
            return sorted(set(re.findall(r"(\d+)\[uid\]", term)) & self.retracted_pmids)
        records = self.records
        if "retracted publication" in term:
            records = {key: record for key, record in records.items() if record.is_retracted}
        if "mindate" in asked.values:
            first, last = (date(*map(int, asked.values[name].split("/"))) for name in ("mindate", "maxdate"))
            kind = {"edat": "came_in", "mdat": "changed"}[asked.values["datetype"]]
            records = {key: each for key, each in records.items() if first <= getattr(each, kind) <= last}
        return list(records)

    def fetch(self, asked: Asked) -> bytes:
        ids = [each for each in asked.values["id"].split(",") if each in self.records]
        if asked.values["db"] == "pmc":
            body = "".join(self.records[each].pmc(each) for each in ids)
            return f"<?xml version='1.0'?><pmc-articleset>{body}</pmc-articleset>".encode()
        body = "\n".join(self.records[each].pubmed(each) for each in ids)
        return f"<?xml version='1.0'?><PubmedArticleSet>{body}</PubmedArticleSet>".encode()


@pytest.fixture
def entrez(publisher: Publisher) -> Entrez:
    return Entrez(publisher, {str(n): Record() for n in (30000001, 30000002, 41000003)})


def parsed(path: Path) -> Document:
    parser, _ = choose_parser(path, path.name)
    document = next(iter(parser.parse(path, Source(id="s", title="S"))))
    assert isinstance(document, Document)
    return document


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "files").as_posix() for path in (folder / "files").rglob("*.xml"))


def fetches(publisher: Publisher) -> list[str]:
    return [asked.values["id"] for asked in publisher.asked if asked.path == "/efetch.fcgi"]


# --- PubMed ---


def test_pubmed_brings_one_file_a_record(entrez: Entrez, bring: Bring, folder: Path) -> None:
    report = bring("pubmed_query", **QUERY)
    assert report.added == 3
    assert files(folder) == ["3000/30000001.xml", "3000/30000002.xml", "4100/41000003.xml"]
    document = parsed(folder / "files" / "3000" / "30000001.xml")
    assert document.metadata.pmid == "30000001"
    assert document.metadata.title == "A sample trial"


def test_pubmed_is_told_tool_and_email(entrez: Entrez, bring: Bring, publisher: Publisher) -> None:
    bring("pubmed_query", **QUERY)
    assert all(asked.values["tool"] == "medqa" for asked in publisher.asked)
    assert all(asked.values["email"] == "a@example.org" for asked in publisher.asked)


def test_neither_email_nor_key_is_stored(entrez: Entrez, bring: Bring, folder: Path) -> None:
    bring("pubmed_query", **QUERY)
    kept = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    assert "a@example.org" not in kept


def test_pubmed_fetches_only_what_is_new_or_changed(
    entrez: Entrez, bring: Bring, publisher: Publisher, folder: Path
) -> None:
    bring("pubmed_query", today="2026-01-10", **QUERY)
    publisher.asked.clear()
    entrez.records["30000002"] = Record("A sample trial, corrected", changed=date(2026, 1, 12))
    entrez.records["50000009"] = Record("A new one", came_in=date(2026, 1, 12), changed=date(2026, 1, 12))
    report = bring("pubmed_query", today="2026-01-20", **QUERY)
    assert (report.added, report.changed, report.unchanged) == (1, 1, 2)
    assert fetches(publisher) == ["50000009,30000002"]
    assert parsed(folder / "files/3000/30000002.xml").metadata.title == "A sample trial, corrected"


def test_a_retraction_is_followed_and_said(entrez: Entrez, bring: Bring, folder: Path) -> None:
    bring("pubmed_query", today="2026-01-10", **QUERY)
    entrez.records["30000001"].is_retracted = True  # and PubMed forgets to touch the date of change
    report = bring("pubmed_query", today="2026-01-20", **QUERY)
    assert report.notes == ["PMID 30000001 has been retracted"]
    assert parsed(folder / "files/3000/30000001.xml").metadata.retracted
    assert bring("pubmed_query", today="2026-01-21", **QUERY).notes == []


def test_a_record_that_pubmed_takes_back_is_removed(entrez: Entrez, bring: Bring, folder: Path) -> None:
    bring("pubmed_query", **QUERY)
    del entrez.records["41000003"]
    assert bring("pubmed_query", **QUERY).removed == 1
    assert files(folder) == ["3000/30000001.xml", "3000/30000002.xml"]


def test_a_limit_keeps_what_earlier_runs_brought(entrez: Entrez, bring: Bring, folder: Path) -> None:
    bring("pubmed_query", **QUERY)
    bring("pubmed_query", limit=1, **QUERY)
    assert len(files(folder)) == 3


def test_a_search_beyond_what_pubmed_gives_away_is_cut_into_windows_of_time(
    entrez: Entrez, bring: Bring, publisher: Publisher
) -> None:
    entrez.records = {
        str(60000000 + n): Record(came_in=date(1990 + n % 30, 1 + n % 12, 1 + n % 28)) for n in range(120)
    }
    entrez.most = 20
    report = bring("pubmed_query", **QUERY)
    assert report.added == 120
    assert any(asked.values.get("datetype") == "edat" for asked in publisher.asked)


def test_what_pubmed_does_not_give_away_is_said_and_nothing_is_removed(
    entrez: Entrez, bring: Bring, folder: Path
) -> None:
    entrez.records = {str(60000000 + n): Record() for n in range(30)}  # all came in on one day
    bring("pubmed_query", **QUERY)
    entrez.most = 20
    report = bring("pubmed_query", **QUERY)
    assert report.removed == 0
    assert len(files(folder)) == 30
    assert "10 more records" in report.notes[0]


def test_an_empty_list_beside_a_count_is_asked_for_again(entrez: Entrez, bring: Bring, publisher: Publisher) -> None:
    publisher.faults["/esearch.fcgi"] = [Reply(b'{"esearchresult": {"count": "3", "idlist": []}}')]
    assert bring("pubmed_query", **QUERY).added == 3


def test_a_run_that_broke_off_goes_on(entrez: Entrez, bring: Bring, publisher: Publisher, folder: Path) -> None:
    entrez.records = {str(60000000 + n): Record() for n in range(450)}
    publisher.faults["/efetch.fcgi"] = [Reply(cut_after=100), Reply(status=429, headers={"Retry-After": "3"})]
    publisher.routes["/efetch.fcgi"] = lambda asked: (
        entrez.fetch(asked) if len(fetches(publisher)) < 5 else Reply(status=400)
    )
    with pytest.raises(FetchError):
        bring("pubmed_query", **QUERY)
    assert len(files(folder)) == 400
    publisher.routes["/efetch.fcgi"] = entrez.fetch
    report = bring("pubmed_query", **QUERY)
    assert (report.added, report.unchanged) == (50, 400)


def test_an_answer_of_nonsense_is_asked_for_again(entrez: Entrez, bring: Bring, publisher: Publisher) -> None:
    publisher.faults["/esearch.fcgi"] = [Reply(b'{"esearchresult": {"ERROR": "Search Backend failed"}}')]
    publisher.faults["/efetch.fcgi"] = [Reply(b"<?xml version='1.0'?><PubmedArticleSet><PubmedArticle>")]
    assert bring("pubmed_query", **QUERY).added == 3


def test_a_record_that_is_not_given_is_reported(entrez: Entrez, bring: Bring, publisher: Publisher) -> None:
    publisher.routes["/efetch.fcgi"] = lambda asked: entrez.fetch(
        Asked(asked.method, asked.path, {**asked.values, "id": "30000001"}, {})
    )
    report = bring("pubmed_query", **QUERY)
    assert report.added == 1
    assert [failure.name for failure in report.failures] == ["3000/30000002.xml", "4100/41000003.xml"]


def test_a_query_that_finds_nothing_says_so(entrez: Entrez, bring: Bring) -> None:
    entrez.records = {}
    assert "finds nothing" in bring("pubmed_query", **QUERY).notes[0]


def test_a_bad_date_is_wrong_usage(entrez: Entrez, bring: Bring) -> None:
    with pytest.raises(UsageError, match="2026-01-31"):
        bring("pubmed_query", since="last year", **QUERY)


def test_since_goes_into_the_search(entrez: Entrez, bring: Bring, publisher: Publisher) -> None:
    bring("pubmed_query", since="2020-02-01", **QUERY)
    assert publisher.asked[0].values["term"].startswith('(sample[ti]) AND ("2020/02/01"[Publication Date]')


def test_windows_halve_without_gap_or_overlap() -> None:
    later, earlier = _entrez.Window("edat", date(2020, 1, 1), date(2020, 1, 10)).halves()
    assert (earlier.first, earlier.last, later.first, later.last) == (
        date(2020, 1, 1), date(2020, 1, 5), date(2020, 1, 6), date(2020, 1, 10),
    )  # fmt: skip


# --- PubMed Central ---


def test_pmc_brings_full_text_of_the_open_access_subset(
    entrez: Entrez, bring: Bring, publisher: Publisher, folder: Path
) -> None:
    report = bring("pmc_query", **QUERY)
    assert report.added == 3
    assert publisher.asked[0].values["term"].endswith("AND open access[filter]")
    document = parsed(folder / "files/PMC3000/PMC30000001.xml")
    assert document.metadata.doi == "10.9999/s.30000001"
    assert not document.metadata.retracted


def test_pmc_marks_what_pubmed_calls_retracted(entrez: Entrez, bring: Bring, folder: Path) -> None:
    bring("pmc_query", **QUERY)
    entrez.retracted_pmids = {"730000002"}
    report = bring("pmc_query", **QUERY)
    assert report.notes == ["PMC30000002 has been retracted"]
    assert report.has_changes
    assert parsed(folder / "files/PMC3000/PMC30000002.xml").metadata.retracted
    again = bring("pmc_query", **QUERY)
    assert again.notes == []
    assert not again.has_changes


@pytest.mark.parametrize(
    "named", ["10.9999/S.30000001", "info:doi/10.9999/s.30000001", "https://doi.org/10.9999/s.30000001", "PMC30000001"]
)
def test_pmc_marks_what_a_retraction_notice_names(entrez: Entrez, bring: Bring, folder: Path, named: str) -> None:
    entrez.records[
        "30000002"
    ].related = f'<related-article related-article-type="retracted-article" ext-link-type="doi" xlink:href="{named}"/>'
    report = bring("pmc_query", **QUERY)
    assert report.notes == ["PMC30000001 has been retracted"]
    assert parsed(folder / "files/PMC3000/PMC30000001.xml").metadata.retracted


def test_a_retraction_mark_outlives_a_later_fetch_of_the_same_text(entrez: Entrez, bring: Bring, folder: Path) -> None:
    entrez.retracted_pmids = {"730000002"}
    bring("pmc_query", today="2026-01-10", **QUERY)
    entrez.records["30000002"].changed = date(2026, 1, 15)  # touched, but the text is the same
    bring("pmc_query", today="2026-01-20", **QUERY)
    assert parsed(folder / "files/PMC3000/PMC30000002.xml").metadata.retracted


def test_pmc_leaves_out_what_a_publisher_withholds(entrez: Entrez, bring: Bring, folder: Path) -> None:
    entrez.records["30000001"].related = "<!--The publisher does not allow downloading of the full text in XML form.-->"
    report = bring("pmc_query", **QUERY)
    assert report.added == 2
    assert "does not give away" in report.failures[0].message
