"""JATS: full text of journal articles, as PubMed Central and publishers give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from medqa.domain.document import BlockKind, Document, Source
from medqa.errors import ParseError
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._xml import (
    Element,
    child,
    descendants,
    name_of,
    parse_xml,
    raw_text,
    root_name,
    table_rows,
    words,
)

_XLINK = "{http://www.w3.org/1999/xlink}href"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CITED = "\ue000"  # stands where a numbered citation stood; mending would take it out
_CITATIONS = re.compile(rf"\s*[\[(]?\s*{_CITED}(?:[\s,;–-]*{_CITED})*\s*[\])]?(?=[\s.,;:)]|$)|{_CITED}")
_NUMBER = re.compile(r"[\[(]?\s*\d{1,4}(?:\s*[,–-]\s*\d{1,4})*\s*[\])]?|\*")
_CREATIVE = re.compile(r"creativecommons\.org/(licenses/([a-z-]+)/([\d.]+)|publicdomain/(zero|mark))", re.IGNORECASE)
_CREATIVE_WORDS = re.compile(
    r"creative commons attribution((?:[ -](?:non-?commercial|share-?alike|no-?deriv(?:ative)?s?))*)", re.IGNORECASE
)
_CREATIVE_PARTS = {"noncommercial": "NC", "sharealike": "SA", "noderivs": "ND", "noderivatives": "ND"}
_RETRACTED_TITLE = re.compile(r"\W*(retracted|withdrawn)\b(?!.*\bpapers\b)[^a-z]*[:\])]", re.IGNORECASE)
_RETRACTIONS = frozenset({"retraction", "retracted-article", "retraction-notice", "withdrawal"})
_INSIDE = frozenset({"list", "table-wrap", "fig", "disp-quote", "boxed-text", "def-list", "disp-formula", "fn", "sec"})
_HOLDERS = frozenset(
    {"boxed-text", "disp-quote", "def-list", "fig-group", "statement", "table-wrap-group", "fn-group", "glossary"}
)
_LICENCE_LENGTH = 200


class JatsParser:
    """Reads ``.nxml`` and ``.xml``: abstract, sections, tables, captions; references become those of their block."""

    name = "jats"
    suffixes = (".nxml", ".xml")
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """The root is ``article`` (or the sets around one), and it looks like JATS inside."""
        root = root_name(head)
        if root == "article":
            return any(sign in head.replace(b"\0", b"") for sign in (b"article-type", b"<front", b"JATS", b"NLM//DTD"))
        return root in {"pmc-articleset"}

    def parse(self, path: Path, source: Source) -> Iterator[Document]:
        """One document an article. Raises ParseError."""
        root = parse_xml(path)
        articles = [root] if name_of(root) == "article" else list(descendants(root, "article"))
        if not articles:
            raise ParseError("there is no article in it", reason="empty")
        for number, article in enumerate(articles, 1):
            yield _document(article, source, "" if len(articles) == 1 else f"/{number}")


def _document(article: Element, source: Source, suffix: str) -> Document:
    meta = child(article, "front", "article-meta")
    if meta is None:
        meta = article
    references = {
        str(ref.get("id")): text for ref in descendants(article, "ref") if ref.get("id") and (text := words(ref))
    }
    blocks = BlockList()
    for abstract in (each for each in meta if name_of(each) == "abstract"):
        blocks.heading(words(child(abstract, "title")) or "Abstract", 1)
        _read(abstract, blocks, 2)
    blocks.close(1)
    for part in ("body", "floats-group"):
        found = child(article, part)
        if found is not None:
            blocks.close(1)
            _read(found, blocks, 1)
    title = words(child(meta, "title-group", "article-title"), without=frozenset({"xref", "fn"}))
    if not blocks.blocks:
        blocks.add(title)
    if not blocks.blocks:
        raise ParseError("there is no text in it", reason="empty")
    known = _metadata(article, meta, title)
    return Document(
        id=suffix,
        metadata=metadata(source, title or str(known["doi"] or "Untitled article"), **known),
        blocks=tuple(blocks.blocks),
        references=references,
    )


def _read(elements: Iterable[Element], blocks: BlockList, level: int) -> None:
    """Adds the content of a section, in order."""
    for element in elements:
        name = name_of(element)
        if name in {"sec", "ack", "app"}:
            blocks.heading(words(child(element, "title"), without=frozenset({"xref"})), level)
            _read(element, blocks, level + 1)
            blocks.close(level)
        elif name == "p":
            _add(element, blocks, "paragraph")
            _read([each for each in element if name_of(each) in _INSIDE], blocks, level)
        elif name == "list":
            for item in (each for each in element if name_of(each) == "list-item"):
                _add(item, blocks, "list_item")
        elif name == "def-item":
            blocks.add(f"{words(child(element, 'term'))}: {words(child(element, 'def'))}", "list_item")
        elif name in {"table-wrap", "fig"}:
            _float(element, blocks)
        elif name in _HOLDERS:
            _read(element, blocks, level)


def _float(element: Element, blocks: BlockList) -> None:
    """A figure's or table's caption, the table's rows, and what its foot says."""
    label, caption = words(child(element, "label")), child(element, "caption")
    text = (
        f"{label.rstrip('.')}. {_cited(caption)[0]}" if label and caption is not None else label or _cited(caption)[0]
    )
    blocks.add(text, "caption", references=_cited(caption)[1])
    for table in descendants(element, "table"):
        rows, has_header = table_rows(table)
        blocks.table(rows, has_header=has_header)
    foot = child(element, "table-wrap-foot")
    if foot is not None:
        blocks.add(_cited(foot)[0], "caption", references=_cited(foot)[1])


def _add(element: Element, blocks: BlockList, kind: BlockKind) -> None:
    text, keys = _cited(element, without=_INSIDE - {"list"} if kind == "list_item" else _INSIDE)
    blocks.add(text, kind, references=keys)


def _cited(element: Element | None, without: frozenset[str] = frozenset()) -> tuple[str, list[str]]:
    """The text without its numbered citations, and the keys of all that it cites."""
    if element is None:
        return "", []
    keys = []
    for xref in [each for each in element.iter() if name_of(each) == "xref" and each.get("ref-type") == "bibr"]:
        keys.extend((xref.get("rid") or "").split())
        if _NUMBER.fullmatch(raw_text(xref).strip()):
            for inner in list(xref):
                xref.remove(inner)
            xref.text = _CITED
    return _CITATIONS.sub("", words(element, without=without)), keys


def _metadata(article: Element, meta: Element, title: str) -> dict[str, Any]:
    ids = {each.get("pub-id-type"): words(each) for each in meta if name_of(each) == "article-id"}
    pmcid = ids.get("pmc") or ids.get("pmcid") or ""
    kind = article.get("article-type")
    related = [each for each in descendants(article, "related-article") if each.get("related-article-type")]
    relations = {str(each.get("related-article-type")): str(each.get(_XLINK) or "") for each in related}
    extra = {"pmcid": pmcid if not pmcid or pmcid.upper().startswith("PMC") else f"PMC{pmcid}"}
    extra["retracts"] = relations.get("retracted-article", "")
    extra["corrects"] = relations.get("corrected-article", "")
    doi = ids.get("doi")
    return {
        "source": _journal(article),
        "language": article.get(_LANG),
        "url": f"https://doi.org/{doi}" if doi else None,
        "licence": _licence(meta),
        "published": _published(meta),
        "publication_type": kind,
        "pmid": ids.get("pmid"),
        "doi": doi,
        "retracted": kind in _RETRACTIONS
        or "retracted-article" in relations
        or "retraction-forward" in relations
        or bool(_RETRACTED_TITLE.match(title)),
        "extra": {name: value for name, value in extra.items() if value},
    }


def _journal(article: Element) -> str | None:
    meta = child(article, "front", "journal-meta")
    if meta is None:
        return None
    names = (
        each for name in ("journal-title", "abbrev-journal-title", "journal-id") for each in descendants(meta, name)
    )
    return next((text for each in names if (text := words(each))), None)


def _licence(meta: Element) -> str | None:
    """``CC BY 4.0`` where a Creative Commons address is given, else the licence's own words."""
    permissions = child(meta, "permissions")
    if permissions is None:
        return words(child(meta, "copyright-statement"))[:_LICENCE_LENGTH] or None
    links = " ".join(str(value) for each in permissions.iter() for value in each.attrib.values())
    text = " ".join(words(each) for each in descendants(permissions, "license"))
    found = _CREATIVE.search(f"{links} {text}")
    if found:
        return f"CC {found.group(2).upper()} {found.group(3)}" if found.group(2) else "CC0 / public domain"
    spoken = _CREATIVE_WORDS.search(text)
    if spoken:
        parts = spoken.group(1).lower().replace("non-", "non").replace("share-", "share").replace("no-", "no")
        return "-".join(["CC BY", *(_CREATIVE_PARTS.get(part, "ND") for part in re.findall(r"[a-z]+", parts))])
    return (text or words(permissions))[:_LICENCE_LENGTH] or None


def _published(meta: Element) -> str | None:
    """The fullest of the publication dates; among equals the earliest."""
    dates = []
    for each in (each for each in meta if name_of(each) == "pub-date"):
        parts = [words(child(each, part)) for part in ("year", "month", "day")]
        given = [part.zfill(2) for part in parts if part.isdigit()]
        if given and parts[0].isdigit():
            dates.append("-".join(given))
    return min(dates, key=lambda date: (-len(date), date), default=None)


plugin = JatsParser
