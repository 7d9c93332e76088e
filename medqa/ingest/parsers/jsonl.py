"""JSON Lines, such as BEIR's ``corpus.jsonl``: one document a row, which keeps its own id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from medqa.domain.document import Block, Document, Source
from medqa.domain.ingestion import ParsedItem, Skipped
from medqa.errors import ParseError
from medqa.ingest.hidden_text import HiddenText
from medqa.ingest.mending import mend, mend_characters
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers.text import is_other_format

_MAX_LINE = 8 << 20
_MAX_SKIPPED = 256 << 20  # a single line longer than this is no JSON Lines file
_ALL_BAD = 20
_MAX_MARKDOWN = 200_000
_MAX_ID = 512
_GZIP = b"\x1f\x8b"

# Metadata field -> the names that rows give it, at the top or under "metadata"; the first one present counts.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "publisher", "journal"),
    "language": ("language", "lang"),
    "url": ("url", "source_url", "link"),
    "licence": ("licence", "license"),
    "published": ("published", "date", "publication_date", "year"),
    "publication_type": ("publication_type", "article_type"),
    "evidence_level": ("evidence_level",),
    "audience": ("audience",),
    "pmid": ("pmid",),
    "doi": ("doi",),
    "review_by": ("review_by",),
}
_TAKEN = frozenset(name for names in _NAMES.values() for name in names) | {"aliases", "retracted"}
_BODY = frozenset({"_id", "id", "title", "text", "contents", "markdown", "abstract", "sections", "metadata"})


class JsonLinesParser:
    """Reads ``.jsonl``, one row at a time: memory does not grow with the file, and a bad row costs that row."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson")
    is_corpus = True

    def recognises(self, head: bytes, name: str) -> bool:
        """By suffix; a bad first row must not cost the others."""
        return name.endswith(self.suffixes) and not is_other_format(head)

    def parse(self, path: Path, source: Source) -> Iterator[ParsedItem]:
        """A document or the reason against it for each row that is not empty.

        Raises ParseError ``malformed`` for a file whose first rows are all bad: it is no corpus.
        """
        held: list[Skipped] = []
        is_corpus = False
        hidden = HiddenText()
        for item in _rows(path, source, hidden):
            if is_corpus or isinstance(item, Document):
                yield from held
                held.clear()
                is_corpus = True
                yield item
            else:
                held.append(item)
            if len(held) >= _ALL_BAD:
                raise ParseError(
                    f"this is no corpus: {held[0].message} on its first {_ALL_BAD} rows", reason="malformed"
                )
        yield from held
        yield from hidden.remarks()


def _rows(path: Path, source: Source, hidden: HiddenText) -> Iterator[Document | Skipped]:
    for number, line in _lines(path):
        if line is None:
            yield _bad(number, "too_large", f"the row is longer than {_MAX_LINE >> 20} MB")
        elif line.strip():
            yield _row(line, number, source, hidden)


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines from 1; ``None`` for one that is too long."""
    with _open(path) as file:
        number = 0
        while line := _read(file):
            number += 1
            if len(line) > _MAX_LINE and not line.endswith(b"\n"):
                _skip_line(file)
                yield number, None
            else:
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _open(path: Path) -> BinaryIO:
    """Unlike other formats, a corpus may unpack to any size: it is read row by row."""
    import gzip

    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
    return gzip.open(path, "rb") if is_packed else path.open("rb")  # type: ignore[return-value]


def _read(file: BinaryIO) -> bytes:
    import zlib

    try:
        return file.readline(_MAX_LINE + 1)
    except EOFError as err:
        raise ParseError("this gzip file breaks off before its end", reason="truncated") from err
    except (zlib.error, OSError) as err:
        raise ParseError("this file cannot be read to its end: it is damaged", reason="malformed") from err


def _skip_line(file: BinaryIO) -> None:
    skipped = 0
    while (part := _read(file)) and not part.endswith(b"\n"):
        skipped += len(part)
        if skipped > _MAX_SKIPPED:
            raise ParseError("one of its rows never ends", reason="too_large")


def _row(line: bytes, number: int, source: Source, hidden: HiddenText) -> Document | Skipped:
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        return _bad(number, "undecodable", "the row is not UTF-8")
    except (ValueError, RecursionError):
        return _bad(number, "malformed", "the row is no valid JSON")
    if not isinstance(row, dict):
        return _bad(number, "malformed", "the row is no JSON object")
    row_id = mend(str(row.get("_id", row.get("id")) or ""))
    if not row_id or len(row_id) > _MAX_ID:
        return _bad(number, "malformed", 'the row has no usable "_id" or "id"')
    title = _text(row.get("title"))
    blocks = _blocks(row) or tuple(_plain(title))
    if not blocks:
        return _bad(number, "empty", "the row has neither a title nor a text")
    mine = HiddenText()
    mine.look_at(" ".join(value for value in row.values() if isinstance(value, str)))
    hidden.take(mine)
    return mine.flagged(Document(id=row_id, metadata=metadata(source, title or row_id, **_known(row)), blocks=blocks))


def _bad(number: int, reason: Any, message: str) -> Skipped:
    return Skipped(path="", reason=reason, message=message, where=f"line {number}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _plain(text: str, section: tuple[str, ...] = ()) -> Iterator[Block]:
    for line in mend_characters(text).splitlines():
        if words := mend(line):
            yield Block(text=words, section=section)


def _blocks(row: Mapping[str, Any]) -> tuple[Block, ...]:
    """The row's abstract, text and sections in this order; ``markdown`` instead of ``text`` where that is absent."""
    blocks = list(_plain(_text(row.get("abstract")), ("Abstract",)))
    text = _text(row.get("text")) or _text(row.get("contents"))
    marked = _text(row.get("markdown"))
    if not text and marked:
        blocks += _marked(marked)
    blocks += _plain(text)
    sections = row.get("sections")
    for each in sections if isinstance(sections, list) else ():
        if isinstance(each, dict):
            heading = mend(_text(each.get("title")) or _text(each.get("heading")))
            blocks += _plain(_text(each.get("text")), (heading,) if heading else ())
    return tuple(blocks)


def _marked(text: str) -> list[Block]:
    from medqa.ingest.parsers.markdown import read_markdown

    if len(text) > _MAX_MARKDOWN:  # beyond this, hostile Markdown could take minutes
        plain = BlockList()
        for line in text.splitlines():
            plain.add(line)
        return plain.blocks
    return read_markdown(text).blocks.blocks


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    nested = row.get("metadata")
    values: dict[str, Any] = {
        **(nested if isinstance(nested, dict) else {}),
        **{k: row[k] for k in row if k not in _BODY},
    }
    known: dict[str, Any] = {field: _first(values, names) for field, names in _NAMES.items()}
    if known["audience"] not in {"patient", "clinician"}:
        known["audience"] = None
    aliases = values.get("aliases")
    known["aliases"] = tuple(mend(str(a)) for a in aliases) if isinstance(aliases, list) else None
    known["retracted"] = _is_retracted(values, str(known["publication_type"] or ""))
    known["extra"] = {
        str(name): mend(str(value))[:300]
        for name, value in values.items()
        if name not in _TAKEN and isinstance(value, str | int | float) and value != ""
    }
    return known


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return mend(str(value))
    return None


def _is_retracted(values: Mapping[str, Any], publication_type: str) -> bool:
    return values.get("retracted") is True or "retract" in publication_type.lower()


plugin = JsonLinesParser
