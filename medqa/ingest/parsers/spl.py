"""Structured product labels: what the FDA publishes as the label of a medicine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medqa.domain.document import Document, Source
from medqa.errors import ParseError
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._xml import Element, child, descendants, name_of, parse_xml, root_name, table_rows, words

_BOILERPLATE = re.compile(
    r"^these highlights do not include all the information.*?full prescribing information for [^.]*\.\s*", re.IGNORECASE
)
_APPROVAL = re.compile(r"\s*Initial U\.?S\.? Approval:?\s*\d{4}.*$", re.IGNORECASE)
_LOOKUP = "https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid="
_INSIDE = frozenset({"list", "table", "renderMultiMedia"})
_TITLE_LENGTH = 200


class SplParser:
    """Reads FDA label ``.xml``: one document, with the label's sections, lists and tables."""

    name = "spl"
    suffixes = (".xml",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """The root is HL7's ``document``."""
        return root_name(head) == "document" and b"urn:hl7-org:v3" in head.replace(b"\0", b"")

    def parse(self, path: Path, source: Source) -> Iterator[Document]:
        """One document. Raises ParseError."""
        root = parse_xml(path)
        blocks = BlockList()
        body = child(root, "component", "structuredBody")
        for component in body if body is not None else ():
            for section in (each for each in component if name_of(each) == "section"):
                _section(section, blocks, 1)
        if not blocks.blocks:
            raise ParseError("this label has no text", reason="empty")
        names = _product_names(root)
        yield Document(
            id="", metadata=metadata(source, _title(root, names), **_known(root, names)), blocks=tuple(blocks.blocks)
        )


def _section(section: Element, blocks: BlockList, level: int) -> None:
    """A section with its parts. Highlights that repeat other sections (``excerpt``) are left out."""
    blocks.heading(words(child(section, "title"), without=frozenset({"footnote"})) or _code_name(section), level)
    text = child(section, "text")
    if text is not None:
        _text(text, blocks)
    for component in section:
        inner = child(component, "section") if name_of(component) == "component" else None
        if inner is not None:
            _section(inner, blocks, level + 1)
    blocks.close(level)


def _code_name(section: Element) -> str:
    """A heading for a section without title, from its LOINC name: ``BOXED WARNING SECTION``."""
    code = child(section, "code")
    name = (code.get("displayName") or "") if code is not None else ""
    name = re.sub(r"\s*\b(section|spl unclassified)\b\s*", " ", name, flags=re.IGNORECASE).strip()
    return name.capitalize() if name.isupper() else name


def _text(parent: Element, blocks: BlockList) -> None:
    """The content of ``text``, in order; loose words between its elements are paragraphs too."""
    blocks.add(parent.text or "")
    for element in parent:
        name = name_of(element)
        if name == "paragraph":
            blocks.add(words(element, without=_INSIDE))
            _inside(element, blocks)
        elif name in _INSIDE:
            _float(element, name, blocks)
        elif name:
            blocks.add(words(element, without=_INSIDE))
            _inside(element, blocks)
        blocks.add(element.tail or "")


def _inside(element: Element, blocks: BlockList) -> None:
    for each in element:
        _float(each, name_of(each), blocks)


def _float(element: Element, name: str, blocks: BlockList) -> None:
    if name == "list":
        blocks.add(words(child(element, "caption")))
        for item in (each for each in element if name_of(each) == "item"):
            blocks.add(words(item, without=_INSIDE), "list_item")
            _inside(item, blocks)
    elif name == "table":
        blocks.add(words(child(element, "caption")), "caption")
        rows, has_header = table_rows(element)
        blocks.table(rows, has_header=has_header)


def _product_names(root: Element) -> list[str]:
    """Brand and generic names of the products, as the label lists them."""
    found: list[str] = []
    for product in descendants(root, "manufacturedProduct", "manufacturedMedicine"):
        for name in (child(product, "name"), child(product, "asEntityWithGeneric", "genericMedicine", "name")):
            text = words(name)
            if text and text.lower() not in {each.lower() for each in found}:
                found.append(text)
    return found


def _title(root: Element, names: list[str]) -> str:
    """The label's title without the sentence that every label opens with; else the product's names."""
    title = words(child(root, "title"), without=frozenset({"footnote"}))
    title = _APPROVAL.sub("", _BOILERPLATE.sub("", title))
    product = f"{names[0]} ({names[1]})" if len(names) > 1 else "".join(names[:1])
    if len(title) < len("Drug Facts.") or not title:
        return " – ".join(filter(None, (product, title))) or "Drug label"
    return title[:_TITLE_LENGTH]


def _known(root: Element, names: list[str]) -> dict[str, Any]:
    set_id = child(root, "setId")
    identifier = str(set_id.get("root") or "") if set_id is not None else ""
    date = child(root, "effectiveTime")
    code = child(root, "code")
    organisation = child(root, "author", "assignedEntity", "representedOrganization", "name")
    kind = (code.get("displayName") or "").lower() if code is not None else ""
    extra = {"set_id": identifier, "manufacturer": words(organisation)}
    return {
        "language": _language(root),
        "url": _LOOKUP + identifier if identifier else None,
        "published": (date.get("value") or "")[:8] if date is not None else None,
        "publication_type": kind or "drug label",
        "aliases": tuple(names),
        "extra": {name: value for name, value in extra.items() if value},
    }


def _language(root: Element) -> str:
    code = child(root, "languageCode")
    return (code.get("code") if code is not None else None) or "en"


plugin = SplParser
