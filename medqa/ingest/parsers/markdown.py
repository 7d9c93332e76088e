"""Markdown with YAML front matter and footnotes, as ``knowledge_base/README.md`` describes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.decoding import decode
from medqa.ingest.hidden_text import HiddenText, without_hidden_html
from medqa.ingest.mending import mend
from medqa.ingest.parsers._blocks import BlockList, row_texts
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._opening import read_bytes
from medqa.ingest.parsers.text import is_other_format

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.{0,65536}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DEFINITION = re.compile(r"^\[\^([^\]\s]{1,100})\]:[ \t]*(.*(?:\n(?:[ \t]{2,}\S.*))*)\n?", re.MULTILINE)
_REFERENCE = re.compile(r"[^\S\n]*\[\^([^\]\s]{1,100})\]")
_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_PLAIN_FIELDS = ("url", "licence", "published", "review_by", "publication_type", "evidence_level", "doi", "pmid")
_AUDIENCES = frozenset({"patient", "clinician"})
_EXTRA_LENGTH = 300


@dataclass(slots=True)
class MarkdownText:
    """What Markdown holds: blocks, footnotes by key, and the title if it opens with one."""

    blocks: BlockList = field(default_factory=BlockList)
    hidden: HiddenText = field(default_factory=HiddenText)
    references: dict[str, str] = field(default_factory=dict)
    title: str | None = None


class MarkdownParser:
    """Reads ``.md``. Footnotes leave the text and become the references of their block."""

    name = "markdown"
    suffixes = (".md", ".markdown")
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """By suffix; Markdown has no other sign."""
        return name.endswith(self.suffixes) and not is_other_format(head)

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """One document. Raises ParseError ``malformed`` for front matter that is no YAML, or ``empty``."""
        text = decode(read_bytes(path)).replace("\r\n", "\n").replace("\r", "\n")
        front = _FRONT.match(text)
        values = _front_matter(front.group(1)) if front else {}
        body = read_markdown(text[front.end() :] if front else text)
        if not body.blocks.blocks:
            raise ParseError("there is no text in it", reason="empty")
        title = str(values.get("title") or body.title or path.stem.replace("-", " ").replace("_", " "))
        document = Document(
            id="",
            metadata=metadata(source, title, **_known(values)),
            blocks=tuple(body.blocks.blocks),
            references=body.references,
        )
        yield body.hidden.flagged(document)
        yield from body.hidden.remarks()


def _front_matter(text: str) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as err:
        mark = getattr(err, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark else ""
        raise ParseError(f"the front matter is no valid YAML{where}", reason="malformed") from err
    if values is not None and not isinstance(values, dict):
        raise ParseError("the front matter must be 'field: value' lines", reason="malformed")
    return {str(name): value for name, value in (values or {}).items()}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Front matter as metadata fields; single values that have no field of their own go into ``extra``."""
    known: dict[str, Any] = {name: str(values[name]) for name in _PLAIN_FIELDS if values.get(name)}
    known.setdefault("licence", str(values["license"]) if values.get("license") else None)
    known["language"] = values.get("lang") or values.get("language")
    known["source"] = str(values["source"]) if values.get("source") else None
    known["audience"] = values["audience"] if values.get("audience") in _AUDIENCES else None
    known["retracted"] = True if values.get("retracted") is True else None
    reviewed = values.get("clinically_reviewed")
    known["clinically_reviewed"] = reviewed if isinstance(reviewed, bool) else None
    aliases = values.get("aliases") or ()
    known["aliases"] = tuple(mend(str(each)) for each in (aliases if isinstance(aliases, list) else [aliases]))
    taken = {*known, *_PLAIN_FIELDS, "id", "title", "lang", "license"}
    known["extra"] = {
        name: mend(str(value))[:_EXTRA_LENGTH]
        for name, value in values.items()
        if name not in taken and isinstance(value, str | int | float)
    }
    return known


def read_markdown(text: str) -> MarkdownText:
    """The blocks of Markdown. Links keep their words, pictures their description; tags and hidden text are dropped."""
    found = MarkdownText()
    found.hidden.look_at(text)
    text = without_hidden_html(text, found.hidden)
    found.references = {key: mend(words) for key, words in _DEFINITION.findall(text)}
    _Reader(found).read(_markdown_it().parse(_DEFINITION.sub("", text)))
    return found


@cache
def _markdown_it() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


class _Reader:
    """Turns markdown-it's tokens into blocks."""

    def __init__(self, found: MarkdownText) -> None:
        self._found = found
        self._level = 0
        self._item: str | None = None
        self._rows: list[list[str]] = []
        self._row_references: list[list[str]] = []

    def read(self, tokens: list[Token]) -> None:
        for token in tokens:
            match token.type:
                case "heading_open":
                    self._level = int(token.tag[1:])
                case "heading_close":
                    self._level = 0
                case "list_item_open":
                    self._item = f"{token.info}{token.markup} " if token.info else ""
                case "tr_open":
                    self._rows.append([])
                    self._row_references.append([])
                case "table_close":
                    self._table()
                case "inline":
                    self._inline(token)
                case "fence" | "code_block":
                    self._found.blocks.add(token.content, "code")
                case "html_block":
                    self._add(_TAG.sub(" ", token.content))

    def _inline(self, token: Token) -> None:
        text = _text(token)
        if self._level:
            self._heading(_REFERENCE.sub("", text))
        elif self._rows:
            self._rows[-1].append(_REFERENCE.sub("", text))
            self._row_references[-1].extend(_REFERENCE.findall(text))
        else:
            self._add(text)

    def _heading(self, text: str) -> None:
        """The first heading of level 1 is the title, not a section."""
        is_first = self._found.title is None and not self._found.blocks.blocks and not self._found.blocks.section
        if self._level == 1 and is_first:
            self._found.title = mend(text)
        else:
            self._found.blocks.heading(text, self._level)

    def _add(self, text: str) -> None:
        keys = _REFERENCE.findall(text)
        bare = _REFERENCE.sub("", text)
        if self._item is None:
            self._found.blocks.add(bare, references=keys)
        else:
            self._found.blocks.add(self._item + bare, "list_item", references=keys)
            self._item = None

    def _table(self) -> None:
        kept = list(zip(self._rows, self._row_references, strict=True))
        for row, keys in kept[1:]:
            for text in row_texts([kept[0][0], row], has_header=True):
                self._found.blocks.add(text, "table_row", references=keys)
        self._rows, self._row_references = [], []


def _text(token: Token) -> str:
    """The words of an inline token; a soft line break stays a line break, for Chinese to be joined without a space."""
    words = []
    for child in token.children or ():
        if child.type in {"text", "code_inline", "image"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append("\n")
    return "".join(words)


plugin = MarkdownParser
