"""Which parser reads a file: its suffix proposes, its first bytes decide."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from medqa.errors import ParseError
from medqa.protocols import Parser
from medqa.registry import load_all

_HEAD = 4096
_GZIP = b"\x1f\x8b"
FOLDER = "medqa.ingest.parsers"


@cache
def parsers() -> Mapping[str, Parser]:
    """One parser of each format, by name."""
    return {name: factory() for name, factory in load_all(FOLDER).items()}


def choose_parser(path: Path, name: str) -> tuple[Parser, str | None]:
    """The parser for a file, and a remark when its suffix is of another format.

    Raises ParseError: ``empty``, ``unreadable``, ``unknown_format``, ``malformed`` (named like a format that it
    is not), or ``unsafe_xml``.
    """
    head = _head(path)
    bare = name.lower().removesuffix(".gz")
    named = [parser for parser in parsers().values() if bare.endswith(parser.suffixes)]
    others = [parser for parser in parsers().values() if parser not in named]
    for parser in (*named, *others):
        if parser.recognises(head, bare):
            is_misnamed = bool(named) and parser not in named
            return parser, f"named {Path(bare).suffix}, but read as {parser.name}" if is_misnamed else None
    raise _unrecognised(head, bare, named)


def _unrecognised(head: bytes, name: str, named: list[Parser]) -> ParseError:
    suffix = Path(name).suffix
    reason: Literal["unknown_format", "malformed", "unsafe_xml"] = "unknown_format"
    message = f"no parser reads {suffix or 'files without a suffix'}"
    if b"<!ENTITY" in head.replace(b"\0", b""):
        reason, message = "unsafe_xml", "this XML declares entities, which can hide files or bombs"
    elif suffix == ".xml":
        message = "this XML is of no kind that is read here (JATS, PubMed, FDA label, MedQuAD)"
    elif named:
        reason, message = "malformed", f"named {suffix}, but its content is not {named[0].name}"
    return ParseError(message, reason=reason)


def _head(path: Path) -> bytes:
    """The first 4 kB, unpacked when the file is gzipped. Raises ParseError."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as err:
        raise ParseError(f"cannot be opened: {err.strerror}", reason="unreadable") from err
    if head.startswith(_GZIP) and path.suffix.lower() == ".gz":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error as err:
            raise ParseError("this gzip file is damaged", reason="malformed") from err
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ParseError("there is nothing in it", reason="empty")
    return head
