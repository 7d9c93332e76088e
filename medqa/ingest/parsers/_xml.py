"""XML read safely: no network, no external files, no entities, no trees of endless depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from medqa.errors import ParseError
from medqa.ingest.parsers._opening import failure_of, open_binary

if TYPE_CHECKING:
    from lxml.etree import _Element

Element: TypeAlias = "_Element"
_PROLOG = 65_536
_TAIL = 1024
_NO_MEMORY = 2  # libxml2's XML_ERR_NO_MEMORY
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;:!?)\]])")
_UNREAD = frozenset({"xref-group", "object-id", "tex-math", "graphic", "inline-graphic"})
_APART = frozenset(
    {"title", "p", "label", "item", "list-item", "paragraph", "caption", "br", "break", "td", "th", "tr", "suffix"}
)


def root_name(head: bytes) -> str:
    """The name of the root element in the first bytes of a file, without its prefix; ``""`` when it is no XML."""
    text = _text_of(head)
    text = re.sub(
        r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?(?:>|\Z)", "", text, flags=re.DOTALL
    )
    found = re.match(r"\s*<([\w.-]+:)?([\w.-]+)", text)
    return found.group(2) if found else ""


def _text_of(head: bytes) -> str:
    """The head as text, for looking at names only: zero bytes of UTF-16 are dropped."""
    return head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf").decode("utf-8", "replace")


def open_xml(path: Path) -> BinaryIO:
    """The file, at its beginning. Raises ParseError ``unsafe_xml`` when it declares entities."""
    with open_binary(path) as file:
        if _ENTITY.search(file.read(_PROLOG).replace(b"\0", b"")):
            raise unsafe()
    return open_binary(path)


def unsafe() -> ParseError:
    """The refusal of XML that declares entities."""
    return ParseError("this XML declares entities, which can hide files or bombs", reason="unsafe_xml")


def parse_xml(path: Path) -> Element:
    """The root of a whole file. Raises ParseError ``unsafe_xml``, ``truncated`` or ``malformed``."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    with open_xml(path) as file:
        try:
            tree = etree.parse(file, parser)
        except etree.XMLSyntaxError as err:
            raise failure_of(file) or _broken(err, path) from err
    _check(tree.docinfo)
    return tree.getroot()


def iterate_xml(path: Path, tags: tuple[str, ...]) -> Iterator[Element]:
    """The elements with these names, one at a time; each is forgotten after it was read. Raises like ``parse_xml``."""
    from lxml import etree

    with open_xml(path) as file:
        found = etree.iterparse(
            file, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            for number, (_, element) in enumerate(found):
                if number == 0:
                    _check(element.getroottree().docinfo)
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as err:
            raise failure_of(file) or _broken(err, path) from err


def _check(docinfo: Any) -> None:
    subset = docinfo.internalDTD
    if subset is not None and next(iter(subset.iterentities()), None) is not None:
        raise unsafe()


def _broken(err: Any, path: Path) -> ParseError:
    """The refusal of XML that is not well-formed: cut off when the root element's end is missing.

    Raises MemoryError when it was memory that the XML library lacked.
    """
    if err.code == _NO_MEMORY:
        raise MemoryError from err
    line = f" (line {err.lineno})" if getattr(err, "lineno", None) else ""
    if "entit" in str(err.msg or "").lower():
        return ParseError(f"this XML refers to entities that it may not{line}", reason="unsafe_xml")
    with path.open("rb") as file:
        root = root_name(file.read(4096))
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read().replace(b"\0", b"")
    if root and path.suffix.lower() != ".gz" and not re.search(rb"</[\w.:-]*" + root.encode() + rb"\s*>", tail):
        return ParseError(f"this XML breaks off before its end{line}", reason="truncated")
    return ParseError(f"this is not well-formed XML{line}", reason="malformed")


def name_of(element: Element | None) -> str:
    """The element's name without its namespace; ``""`` for comments, processing instructions and nothing."""
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def raw_text(element: Element) -> str:
    """All text inside an element as it stands, line breaks and all."""
    return "".join(str(text) for text in element.itertext())


def words(element: Element | None, *, without: frozenset[str] = frozenset()) -> str:
    """All text inside an element, on one line; elements named in ``without`` are left out."""
    if element is None:
        return ""
    parts: list[str] = []
    _collect(element, without | _UNREAD, parts)
    return _SPACE_BEFORE.sub("", " ".join("".join(parts).split()))


def _collect(element: Element, without: frozenset[str], parts: list[str]) -> None:
    parts.append(element.text or "")
    for each in element:
        name = name_of(each)
        if name and name not in without:
            _collect_child(each, name, without, parts)
        parts.append(each.tail or "")


def _collect_child(element: Element, name: str, without: frozenset[str], parts: list[str]) -> None:
    if name == "math":  # laid out sign by sign, with white space that means nothing
        parts.append("".join(raw_text(element).split()))
        return
    if name == "footnote":
        parts.append(f" ({words(element)})")
        return
    if name in {"sup", "superscript"} and _is_exponent(element, parts):
        parts.append("^")
    edge = " " if name in _APART else ""
    parts.append(edge)
    _collect(element, without, parts)
    parts.append(edge)


def _is_exponent(element: Element, parts: list[str]) -> bool:
    """Whether a superscript raises a number or a unit: 10^9 must not be read as 109."""
    text = (element.text or "").strip()
    before = "".join(parts[-2:])[-1:]
    if len(element) or not re.fullmatch(r"[-−+]?\d{1,3}", text):
        return False
    return before.isdigit() or (before.isalpha() and text[0] in "-−")


def child(element: Element, *path: str) -> Element | None:
    """The first element down a path of names, whatever their namespaces."""
    at: Element | None = element
    for name in path:
        if at is None:
            return None
        at = next((each for each in at if name_of(each) == name), None)
    return at


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All elements below with one of the names, in document order."""
    return (each for each in element.iter() if name_of(each) in names and each is not element)


def table_rows(table: Element) -> tuple[list[list[str]], bool]:
    """The cells of a table with spans spelled out, and whether its first row is a header.

    Several header rows become one: ``Dose / day 1``.
    """
    head: list[list[str]] = []
    body: list[list[str]] = []
    carried: dict[int, tuple[int, str]] = {}
    for row in descendants(table, "tr"):
        cells = _spread([each for each in row if name_of(each) in {"td", "th"}], carried)
        is_head = name_of(row.getparent()) == "thead" or (not body and bool(len(row)) and _all_headers(row))
        (head if is_head else body).append(cells)
    if not head:
        return body, False
    width = max(len(row) for row in head)
    merged = [" / ".join(dict.fromkeys(row[at] for row in head if at < len(row) and row[at])) for at in range(width)]
    return [merged, *body], True


def _all_headers(row: Element) -> bool:
    return all(name_of(each) == "th" for each in row if name_of(each) in {"td", "th"})


def _spread(cells: list[Element], carried: dict[int, tuple[int, str]]) -> list[str]:
    """One row's texts, with what spans down from rows above and across from the left."""
    out: list[str] = []
    for cell in cells:
        _fill(out, carried)
        text = words(cell)
        across, down = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
        for _ in range(across):
            if down > 1:
                carried[len(out)] = (down - 1, text)
            out.append(text)
    _fill(out, carried)
    return out


def _fill(out: list[str], carried: dict[int, tuple[int, str]]) -> None:
    while len(out) in carried:
        rows, text = carried.pop(len(out))
        if rows > 1:
            carried[len(out)] = (rows - 1, text)
        out.append(text)


def _span(value: str | None) -> int:
    return min(max(int(value), 1), 50) if value and value.isdigit() else 1
