"""PubMed and MEDLINE citations: XML sets of any size, read record by record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Skipped
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._xml import Element, child, descendants, iterate_xml, name_of, open_xml, root_name, words

# Root element -> the names of the records in it.
_SETS = {
    "PubmedArticleSet": ("PubmedArticle", "PubmedBookArticle"),
    "PubmedBookArticleSet": ("PubmedBookArticle",),
    "MedlineCitationSet": ("MedlineCitation",),
    "PubmedArticle": ("PubmedArticle",),
    "MedlineCitation": ("MedlineCitation",),
}
_RETRACTED_TYPES = frozenset({"Retracted Publication", "Retraction of Publication", "Retraction Notice"})
_HEAD = 4096
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class PubMedParser:
    """Reads PubMed ``.xml`` and ``.xml.gz``: one document a citation, with the labels of its abstract as sections."""

    name = "pubmed"
    suffixes = (".xml",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """By the root element."""
        return root_name(head) in _SETS

    def parse(self, path: Path, source: Source) -> Iterator[Document | Skipped]:
        """A document, or the reason against it, for each record. Raises ParseError."""
        with open_xml(path) as file:
            records = _SETS.get(root_name(file.read(_HEAD)), ())
        for number, record in enumerate(iterate_xml(path, records), 1):
            yield _record(record, number, source)


def _record(record: Element, number: int, source: Source) -> Document | Skipped:
    is_book = name_of(record) == "PubmedBookArticle"
    citation = child(record, "BookDocument" if is_book else "MedlineCitation")
    if citation is None:
        citation = record
    pmid = words(child(citation, "PMID"))
    article = citation if is_book else child(citation, "Article")
    if not pmid.isdigit() or article is None:
        return Skipped(
            path="", reason="malformed", message="the record has no PMID or no article", where=f"record {number}"
        )
    title = words(child(article, "ArticleTitle")) or words(child(article, "Book", "BookTitle"))
    title = title or words(child(article, "VernacularTitle")) or f"PubMed {pmid}"
    blocks = _blocks(article)
    if not blocks.blocks:
        blocks.add(title)
    known = _book(article) if is_book else _article(article)
    return Document(
        id=f"/{pmid}",
        metadata=metadata(
            source,
            title.removeprefix("[").removesuffix("].") if title.startswith("[") else title,
            pmid=pmid,
            url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
            **_common(record, article),
            **known,
        ),
        blocks=tuple(blocks.blocks),
    )


def _blocks(article: Element) -> BlockList:
    """The abstract, each labelled part in a section of its own, and a book's sections."""
    blocks = BlockList()
    for abstract in (each for each in article if name_of(each) == "Abstract"):
        for text in (each for each in abstract if name_of(each) == "AbstractText"):
            label = (text.get("Label") or "").strip()
            blocks.close(1)
            if label and label.upper() != "UNLABELLED":
                blocks.heading(label.capitalize() if label.isupper() else label, 1)
            blocks.add(words(text))
    return blocks


def _common(record: Element, article: Element) -> dict[str, Any]:
    types = [words(each) for each in descendants(article, "PublicationType")]
    relations = {str(each.get("RefType")) for each in descendants(record, "CommentsCorrections")}
    languages = [words(each) for each in article if name_of(each) == "Language"]
    return {
        "language": languages[0] if languages else None,
        "publication_type": "; ".join(dict.fromkeys(filter(None, types))) or None,
        "retracted": bool(_RETRACTED_TYPES & set(types)) or bool({"RetractionIn", "RetractionOf"} & relations),
        "doi": _doi(record, article),
    }


def _doi(record: Element, article: Element) -> str | None:
    for each in article:
        if name_of(each) == "ELocationID" and each.get("EIdType") == "doi" and each.get("ValidYN") != "N":
            return words(each)
    for part in ("PubmedData", "PubmedBookData"):
        ids = child(record, part, "ArticleIdList")
        for each in ids if ids is not None else ():
            if each.get("IdType") == "doi":
                return words(each)
    return None


def _article(article: Element) -> dict[str, Any]:
    date = child(article, "Journal", "JournalIssue", "PubDate")
    electronic = child(article, "ArticleDate")
    dates = [text for each in (electronic, date) if each is not None and (text := _date(each))]
    return {
        "source": words(child(article, "Journal", "Title")) or None,
        "published": max(dates, key=len, default=None),
        "extra": _without_empty({"mesh": _mesh(article), "pmcid": _pmcid(article)}),
    }


def _book(document: Element) -> dict[str, Any]:
    date = child(document, "Book", "PubDate")
    return {
        "source": words(child(document, "Book", "Publisher", "PublisherName")) or None,
        "published": _date(date) if date is not None else None,
        "extra": _without_empty({"book": words(child(document, "Book", "BookTitle"))}),
    }


def _without_empty(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _mesh(article: Element) -> str:
    """The MeSH headings, major topics or not, as one line."""
    citation = article.getparent()
    headings = child(citation, "MeshHeadingList") if citation is not None else None
    names = [words(child(each, "DescriptorName")) for each in headings] if headings is not None else []
    return "; ".join(filter(None, names))


def _pmcid(article: Element) -> str:
    citation = article.getparent()
    record = citation.getparent() if citation is not None else None
    ids = child(record, "PubmedData", "ArticleIdList") if record is not None else None
    return next((words(each) for each in ids if each.get("IdType") == "pmc"), "") if ids is not None else ""


def _date(element: Element) -> str:
    """``2018``, ``2018-08`` or ``2018-08-17``; of ``MedlineDate`` ("1998 Dec-1999 Jan") the year."""
    year = words(child(element, "Year")) or words(child(element, "MedlineDate"))[:4]
    month = words(child(element, "Month")).lower()[:3]
    if month in _MONTHS:
        month = str(_MONTHS.index(month) + 1)
    if not month.isdigit():
        return year
    day = words(child(element, "Day"))
    return f"{year}-{month.zfill(2)}" + (f"-{day.zfill(2)}" if day.isdigit() else "")


plugin = PubMedParser
