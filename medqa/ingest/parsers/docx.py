"""Word documents: headings by style, lists, tables; a zip bomb or an archive of something else is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.hidden_text import HiddenText
from medqa.ingest.mending import mend
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._opening import read_bytes

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BODY = "word/document.xml"
_MAX_ENTRIES = 5_000
_MAX_UNPACKED = 256 << 20
_MAX_RATIO = 200
_FREE = 1 << 20  # an entry below this size may be packed however well
_TINY_HALF_POINTS = 4
_WHITE = re.compile(r"[Ff][A-Fa-f0-9][Ff][A-Fa-f0-9][Ff][A-Fa-f0-9]")
_HEADING = re.compile(r"(?:heading|标题|überschrift|titre)\s*(\d)", re.IGNORECASE)
_NO_TITLE = re.compile(r"\W*(untitled|word document|document\d*)\W*$", re.IGNORECASE)


class DocxParser:
    """Reads ``.docx``."""

    name = "docx"
    suffixes = (".docx",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """A zip archive with Word's parts, or a file named so that is locked or of the old format."""
        if head.startswith(_ZIP):
            return b"word/" in head or name.endswith(self.suffixes)
        return head.startswith(_OLE) and name.endswith((*self.suffixes, ".doc"))

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """One document. Raises ParseError."""
        data = read_bytes(path)
        _check(data)
        word = _opened(data)
        hidden = HiddenText()
        _take_out_hidden(word, hidden)
        blocks = BlockList()
        title = _read(word, blocks)
        if not blocks.blocks:
            raise ParseError("there is no text in it", reason="empty")
        declared = mend(str(word.core_properties.title or ""))
        if _NO_TITLE.match(declared):
            declared = ""
        title = declared or title or path.stem.replace("-", " ").replace("_", " ")
        yield hidden.flagged(Document(id="", metadata=metadata(source, title), blocks=tuple(blocks.blocks)))
        yield from hidden.remarks()


def _take_out_hidden(word: Any, hidden: HiddenText) -> None:
    """Empties the runs that a reader does not see: hidden, white on white, or tiny ones."""
    from docx.oxml.ns import qn

    for paragraph in word.element.body.iter(qn("w:p")):
        gone = []
        for run in paragraph.iter(qn("w:r")):
            words = "".join(node.text or "" for node in run.iter(qn("w:t")))
            hidden.look_at(words)
            if words and _is_hidden(run, qn):
                gone.append(words)
                for node in list(run.iter(qn("w:t"))):
                    node.text = ""
        hidden.add("".join(gone))


def _is_hidden(run: Any, qn: Callable[[str], str]) -> bool:
    """Whether a run's own formatting hides it. A shaded run or cell may show white letters."""
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    for name in ("w:vanish", "w:specVanish", "w:webHidden"):
        mark = properties.find(qn(name))
        if mark is not None and mark.get(qn("w:val"), "true") not in {"0", "false", "off"}:
            return True
    size = properties.find(qn("w:sz"))
    if size is not None and (size.get(qn("w:val")) or "").isdigit() and int(size.get(qn("w:val"))) <= _TINY_HALF_POINTS:
        return True
    colour = properties.find(qn("w:color"))
    is_white = colour is not None and bool(_WHITE.fullmatch(colour.get(qn("w:val")) or ""))
    return is_white and not _is_shaded(run, qn)


def _is_shaded(run: Any, qn: Callable[[str], str]) -> bool:
    """Whether anything around the run has a ground of its own colour, a highlight or a table's style."""
    for each in (run, *run.iterancestors()):
        if each.tag == qn("w:tbl") and each.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}") is not None:
            return True
        for properties in ("w:rPr", "w:pPr", "w:tcPr"):
            ground = each.find(f"{qn(properties)}/{qn('w:shd')}")
            if (
                ground is not None
                and not _WHITE.fullmatch(ground.get(qn("w:fill")) or "")
                and ground.get(qn("w:fill")) != "auto"
            ):
                return True
            if each.find(f"{qn(properties)}/{qn('w:highlight')}") is not None:
                return True
    return False


def _opened(data: bytes) -> Any:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        return docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as err:
        raise ParseError("this is no Word document, though it is packed like one", reason="malformed") from err


def _check(data: bytes) -> None:
    """Refuses what cannot be opened safely. Raises ParseError."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise ParseError("this document is locked with a password: save a copy without one", reason="encrypted")
        raise ParseError("this is the format of Word before 2007: save it as .docx", reason="unknown_format")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive)
    except zipfile.BadZipFile as err:
        raise ParseError("this archive breaks off or is damaged", reason="truncated") from err


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if _BODY not in {entry.filename for entry in entries}:
        raise ParseError("this archive holds no Word document", reason="unknown_format")
    is_bomb = any(entry.file_size > max(_FREE, entry.compress_size * _MAX_RATIO) for entry in entries)
    if is_bomb or len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
        raise ParseError("this archive unpacks to far more than a document holds", reason="too_large")
    for entry in entries:
        if entry.flag_bits & 1:
            raise ParseError("this document is locked with a password: save a copy without one", reason="encrypted")
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                if re.search(rb"<!(?:ENTITY|DOCTYPE)", part.read(65_536).replace(b"\0", b"")):
                    raise ParseError("this document declares XML entities", reason="unsafe_xml")


def _read(word: Any, blocks: BlockList) -> str:
    """Adds the body in order; returns the text of the first paragraph styled as title."""
    title = ""
    for item in word.iter_inner_content():
        if hasattr(item, "rows"):
            blocks.table(_rows(item), has_header=True)
            continue
        text, style = item.text, _style(item)
        level = _HEADING.match(style)
        if style.lower() in {"title", "标题"} and not title:
            title = mend(text)
        elif level:
            blocks.heading(text, int(level.group(1)))
        else:
            is_item = style.lower().startswith(("list", "列表")) or _is_numbered(item)
            blocks.add(text, "list_item" if is_item else "paragraph")
    return title


def _style(paragraph: Any) -> str:
    style = paragraph.style
    return str(style.name or "") if style is not None else ""


def _is_numbered(paragraph: Any) -> bool:
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _rows(table: Any) -> list[list[str]]:
    """The cells of a table; of cells merged across, the first one has the text."""
    rows = []
    for row in table.rows:
        cells = row.cells
        rows.append(["" if at and cell._tc is cells[at - 1]._tc else cell.text for at, cell in enumerate(cells)])
    return rows


plugin = DocxParser
