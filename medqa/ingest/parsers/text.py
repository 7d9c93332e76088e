"""Plain text: paragraphs between empty lines, in whatever encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from medqa.domain.document import Block, Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.decoding import decode
from medqa.ingest.hidden_text import HiddenText
from medqa.ingest.mending import mend, paragraphs
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._opening import read_bytes

_LIST_LINE = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)、])\s+\S", re.MULTILINE)
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"<?xml", b"<!doctype", b"<html")
_TITLE_LENGTH = 150


def is_other_format(head: bytes) -> bool:
    """Whether the bytes are plainly PDF, a zip archive, XML or HTML, whatever the file is called."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t")[:9].lower().startswith(tuple(m.lower() for m in _MAGIC))


class TextParser:
    """Reads ``.txt``. The first short line that stands alone is the title."""

    name = "text"
    suffixes = (".txt", ".text")
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """By suffix; text has no other sign."""
        return name.endswith(self.suffixes) and not is_other_format(head)

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """One document. Raises ParseError ``undecodable`` or ``empty``."""
        text = decode(read_bytes(path)).replace("\r\n", "\n").replace("\r", "\n")
        hidden = HiddenText()
        hidden.look_at(text)
        first, _, rest = text.strip().partition("\n")
        has_title = 0 < len(mend(first)) <= _TITLE_LENGTH and rest.startswith("\n") and not first.rstrip().endswith(".")
        blocks = tuple(_blocks(rest if has_title else text))
        if not blocks:
            raise ParseError("there is no text in it", reason="empty")
        title = first if has_title else path.stem.replace("_", " ").replace("-", " ")
        yield hidden.flagged(Document(id="", metadata=metadata(source, title), blocks=blocks))
        yield from hidden.remarks()


def _blocks(text: str) -> Iterator[Block]:
    for part in re.split(r"\n[^\S\n]*\n", text):
        if len(_LIST_LINE.findall(part)) >= 2:
            for item in re.split(r"\n(?=\s*(?:[-*•·]|\d{1,2}[.)、])\s+\S)", part):
                kind = "list_item" if _LIST_LINE.match(item) else "paragraph"
                if line := mend(re.sub(r"^\s*[-*•·]\s+", "", item)):
                    yield Block(text=line, kind=kind)  # type: ignore[arg-type]
        else:
            for line in paragraphs(part):
                yield Block(text=line)


plugin = TextParser
