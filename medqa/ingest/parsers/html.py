"""HTML pages: the main content with its headings, lists and tables; menus, scripts and hidden parts are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medqa.domain.document import BlockKind, Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.decoding import decode
from medqa.ingest.hidden_text import HiddenText, hiding_selectors, style_hides
from medqa.ingest.mending import mend
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._opening import read_bytes
from medqa.ingest.parsers._xml import Element, descendants, name_of, raw_text, table_rows

_DROPPED = frozenset(
    {"script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "select", "option", "map"}
    | {"textarea", "input", "iframe", "object", "embed", "svg", "canvas", "audio", "video", "dialog", "menu", "head"}
    | {"link", "meta"}
)
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "blockquote", "figure", "figcaption", "address", "details"}
    | {"summary", "ul", "ol", "dl", "dd", "dt", "li", "table", "pre", "hr", "fieldset", "center", "body", "caption"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "tbody", "thead", "tfoot", "tr", "td", "th", "form", "hgroup"}
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;\s][^;]*)", re.IGNORECASE)
_FURNITURE = re.compile(
    r"\b(cookie|consent|breadcrumbs?|share|social|newsletter|sidebar|skip-?link|sr-only|visually-?hidden|advert\w*|"
    r"related-(links|content)|site-(header|footer)|navbar|pagination|print-only|toc)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"h([1-6])")
_CITATION = re.compile(r"\s*\[?\s*(?:\d{1,3}|[a-z]|note \d+)\s*\]?\s*", re.IGNORECASE)
_EXPONENT = re.compile(r"[-−+]?\d{1,3}")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,40})""", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_SITE = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,60}$")
# Metadata field -> the names that pages give it in <meta>.
_META = {
    "published": ("article:published_time", "datepublished", "dc.date", "dcterms.date", "citation_publication_date",
                  "dc.date.issued", "dcterms.issued", "date"),
    "doi": ("citation_doi", "dc.identifier.doi", "dc.identifier"),
    "pmid": ("citation_pmid",),
    "licence": ("dc.rights", "dcterms.license", "copyright"),
}  # fmt: skip


class HtmlParser:
    """Reads ``.html``: one document a page."""

    name = "html"
    suffixes = (".html", ".htm", ".xhtml")
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """A doctype or an ``html`` element near the beginning, or tags in a file named so."""
        text = head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \r\n\t").lower()
        if text.startswith((b"%pdf-", b"pk\x03\x04")):
            return False
        is_page = text.startswith((b"<!doctype html", b"<html")) or (
            text.startswith((b"<?xml", b"<!--")) and b"<html" in text
        )
        return is_page or (name.endswith(self.suffixes) and re.search(rb"<[a-z][a-z0-9]*[\s>/]", text) is not None)

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """One document. Raises ParseError ``empty`` when there is no text besides furniture."""
        hidden = HiddenText()
        page = _page(read_bytes(path), hidden)
        values = {
            (each.get("name") or each.get("property") or "").lower(): each.get("content") or ""
            for each in page.iter("meta")
        }
        main = _main(page)
        heading = next((text for each in main.iter("h1") if (text := mend(_words(each)))), "")
        title = heading or _SITE.sub("", mend(values.get("og:title") or _title(page)))
        blocks = BlockList()
        _Reader(blocks, title).read(main)
        if not blocks.blocks:
            raise ParseError("there is no text in it besides menus and scripts", reason="empty")
        known = _known(page, values, source)
        document = Document(id="", metadata=metadata(source, title or path.stem, **known), blocks=tuple(blocks.blocks))
        yield hidden.flagged(document)
        yield from hidden.remarks()


def read_html(text: str, title: str = "") -> BlockList:
    """The blocks of a piece of HTML, such as a summary inside another format; a heading equal to ``title`` is left out.

    Raises ParseError ``malformed`` or ``empty``.
    """
    blocks = BlockList()
    _Reader(blocks, title).read(_page(text.encode("utf-8", "replace"), HiddenText()))
    return blocks


def _page(data: bytes, hidden: HiddenText) -> Element:
    """The page without what it hides, which goes into ``hidden``."""
    from lxml import etree

    declared = _CHARSET.search(data[:4096])
    text = decode(data, declared.group(1).decode("ascii") if declared else None)
    text = _DOCTYPE.sub("", text, count=1)
    hidden.look_at(text)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as err:
        raise ParseError("this is no HTML that can be read", reason="malformed") from err
    if root is None:
        raise ParseError("there is nothing in it", reason="empty")
    selectors = hiding_selectors("".join(str(each.text or "") for each in root.iter("style")))
    for element in list(root.iter()):
        if not name_of(element):
            hidden.add_comment(str(element.text or ""))
            _cut(element)
        elif _is_hidden(element, selectors):
            if not any(_is_dropped(each) for each in (element, *element.iterancestors())):
                hidden.add(" ".join(str(text) for text in element.itertext()))
            _cut(element)
    return root


def _cut(element: Element) -> None:
    """Takes an element out of its page; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _ground(element: Element) -> str:
    """The colour behind an element as far as inline styles say; white where they do not."""
    for each in (element, *element.iterancestors()):
        if found := _BACKGROUND.search(f"{each.get('style') or ''};background:{each.get('bgcolor') or ''}"):
            return found[1]
    return "white"


def _is_hidden(element: Element, selectors: frozenset[str]) -> bool:
    """Whether a reader would not see the element though it is no part of the page's furniture."""
    if name_of(element) in _DROPPED or name_of(element) in {"html", "body"}:
        return False
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    marks = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    if marks & selectors:
        return True
    style = element.get("style") or ""
    if name_of(element) == "font" and element.get("color"):
        style += f";color:{element.get('color')}"
    return bool(style) and style_hides(style, ground=_ground(element))


def _main(page: Element) -> Element:
    """The element that holds the content: ``main``, else the only or the longest ``article``, else the body."""
    for element in page.iter():
        if name_of(element) == "main" or element.get("role") == "main":
            return element
    articles = sorted(page.iter("article"), key=lambda each: len(raw_text(each)), reverse=True)
    body = next(page.iter("body"), page)
    if articles and len(raw_text(articles[0])) > 0.3 * len(raw_text(body)):
        return articles[0]
    for header in [each for each in body if name_of(each) == "header" and next(each.iter("h1"), None) is None]:
        body.remove(header)
    return body


def _is_dropped(element: Element) -> bool:
    if name_of(element) in _DROPPED:
        return True
    if element.get("role") in {"navigation", "search", "banner", "contentinfo", "dialog", "alertdialog"}:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_FURNITURE.search(names))


class _Reader:
    """Walks the content and gathers runs of words into blocks."""

    def __init__(self, blocks: BlockList, title: str) -> None:
        self._blocks = blocks
        self._title = title
        self._run: list[str] = []
        self._kind: BlockKind = "paragraph"

    def read(self, element: Element) -> None:
        """Adds everything inside an element."""
        self._inside(element)
        self._end()

    def _inside(self, element: Element) -> None:
        self._run.append(element.text or "")
        for each in element:
            if name_of(each) and not _is_dropped(each):
                self._child(each, name_of(each))
            self._run.append(each.tail or "")

    def _child(self, element: Element, name: str) -> None:
        if name == "br":
            self._run.append("\n")
        elif name not in _BLOCKS:
            if not _is_citation(element, name):
                self._run.append("^" if _raises(element, name, self._run) else "")
                self._inside(element)
        else:
            self._end()
            self._block(element, name)
            self._end()

    def _block(self, element: Element, name: str) -> None:
        heading = _HEADING.fullmatch(name)
        if heading:
            text = mend(_words(element))
            if text != self._title:
                self._blocks.heading(text, int(heading.group(1)))
        elif name == "table" and _is_data(element):
            rows, has_header = table_rows(element)
            self._blocks.add(" ".join(_words(each) for each in descendants(element, "caption")), "caption")
            self._blocks.table(rows, has_header=has_header)
        elif name == "pre":
            self._blocks.add(raw_text(element), "code")
        else:
            before, self._kind = self._kind, _KINDS.get(name, self._kind)
            self._inside(element)
            self._end()
            self._kind = before

    def _end(self) -> None:
        self._blocks.add("".join(self._run), self._kind)
        self._run.clear()


_KINDS: dict[str, BlockKind] = {"li": "list_item", "figcaption": "caption", "caption": "caption"}


def _words(element: Element) -> str:
    """The words of an element without what is dropped from it."""
    parts = [element.text or ""]
    for each in element:
        if name_of(each) and not _is_dropped(each) and not _is_citation(each, name_of(each)):
            parts.append(" " if name_of(each) in {"br", *_BLOCKS} else "")
            parts.append(_words(each))
        parts.append(each.tail or "")
    return "".join(parts)


def _is_citation(element: Element, name: str) -> bool:
    """Whether a superscript is a mark that links to a note: ``[1]``."""
    has_link = next(element.iter("a"), None) is not None
    return name == "sup" and has_link and bool(_CITATION.fullmatch(raw_text(element)))


def _raises(element: Element, name: str, run: list[str]) -> bool:
    """Whether a superscript is an exponent: 10^9 must not be read as 109."""
    before = "".join(run[-2:])[-1:]
    text = raw_text(element).strip()
    return (
        name == "sup"
        and bool(_EXPONENT.fullmatch(text))
        and (before.isdigit() or (before.isalpha() and text[0] in "-−"))
    )


def _is_data(table: Element) -> bool:
    """Whether a table holds data rather than the layout of a page."""
    if any(True for _ in descendants(table, "table", "h1", "h2", "h3", "h4", "ul", "ol")):
        return False
    return any(len([c for c in row if name_of(c) in {"td", "th"}]) > 1 for row in descendants(table, "tr"))


def _title(page: Element) -> str:
    return next((raw_text(each) for each in page.iter("title")), "")


def _known(page: Element, values: dict[str, str], source: Source) -> dict[str, Any]:
    known: dict[str, Any] = {
        field: next((values[name] for name in names if values.get(name)), None) for field, names in _META.items()
    }
    links = {(each.get("rel") or "").lower(): each.get("href") or "" for each in page.iter("link", "a")}
    canonical = links.get("canonical") or values.get("og:url") or ""
    known["url"] = canonical if canonical.startswith(("https://", "http://")) else None
    known["licence"] = links.get("license") or known["licence"] if not source.licence else None
    known["language"] = page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang")
    if not source.publisher:
        known["source"] = values.get("og:site_name") or values.get("citation_journal_title") or None
    return known


plugin = HtmlParser
