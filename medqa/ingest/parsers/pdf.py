"""PDF: the text layer, page by page, with furniture removed and headings where they are plain."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.hidden_text import HiddenText
from medqa.ingest.mending import mend
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._opening import read_bytes
from medqa.ingest.parsers._page_ink import PageInk, TextFilter
from medqa.ingest.parsers._page_layout import blocks_of, printed_title
from medqa.ingest.parsers._page_lines import Line, without_furniture

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_TAIL = 2048
_SAMPLE_PAGES = 8
# The language is left to the text: what programs declare is often that of the program.
_NO_TITLE = re.compile(
    r"\W*(untitled|microsoft|powerpoint|slide \d|document\d*|none)\b|.*\.(docx?|indd|qxp|pdf|pptx?|tex|ai)$", re.I
)
_FAINT = 0.02  # opacity
_BOLD = re.compile(r"bold|black|heavy|semib|[-,]bd|cmbx", re.IGNORECASE)


class PdfParser:
    """Reads ``.pdf``. Encrypted files open when their password is empty; scanned pages are reported."""

    name = "pdf"
    suffixes = (".pdf",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """By its mark, which may stand a little after the beginning."""
        return b"%PDF-" in head[:1024]

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """One document. Raises ParseError ``encrypted``, ``truncated``, ``malformed``, ``too_large`` or ``empty``."""
        data = read_bytes(path)
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        reader = _opened(data)
        hidden = HiddenText()
        pages, failed = _pages(reader, hidden)
        blank = [number for number, lines in enumerate(pages, 1) if not any(line.text.strip() for line in lines)]
        lines = without_furniture(pages)
        title = _declared_title(reader) or printed_title(lines) or path.stem.replace("-", " ").replace("_", " ")
        blocks = blocks_of(lines, title)
        if not blocks:
            raise ParseError("its pages hold no text: run text recognition (OCR) on the scan first", reason="empty")
        yield hidden.flagged(Document(id="", metadata=metadata(source, title), blocks=blocks))
        yield from hidden.remarks()
        if blank:
            yield Remark(message=f"{len(blank)} of {len(pages)} pages hold no text: {_numbers(blank)}")
        if failed:
            yield Remark(message=f"{len(failed)} of {len(pages)} pages could not be read: {_numbers(failed)}")


def _numbers(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:_SAMPLE_PAGES])) + (" ..." if len(pages) > _SAMPLE_PAGES else "")


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    is_whole = b"%%EOF" in data[-_TAIL:] or b"startxref" in data[-_TAIL:]
    if not is_whole:
        raise ParseError("this PDF breaks off before its end", reason="truncated")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ParseError("this PDF is locked with a password: save a copy without one", reason="encrypted")
    except DependencyError as err:
        raise ParseError("this PDF is encrypted in a way that cannot be opened", reason="encrypted") from err
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as err:
        raise ParseError("this PDF is damaged", reason="malformed") from err
    return reader


def _pages(reader: PdfReader, hidden: HiddenText) -> tuple[list[list[Line]], list[int]]:
    """The lines of each page, and the numbers of the pages that could not be read."""
    from pypdf.errors import FileNotDecryptedError, LimitReachedError

    pages: list[list[Line]] = []
    failed = []
    try:
        count = len(reader.pages)
    except (RecursionError, MemoryError, LimitReachedError):
        raise
    except Exception as err:  # pypdf lets through whatever a damaged page tree causes
        raise ParseError("this PDF is damaged: its pages cannot be found", reason="malformed") from err
    for number in range(count):
        try:
            pages.append(_lines(reader.pages[number], number + 1, hidden))
        except FileNotDecryptedError as err:
            raise ParseError("this PDF is locked with a password: save a copy without one", reason="encrypted") from err
        except LimitReachedError as err:
            raise ParseError(f"page {number + 1} unpacks to more than a page may hold", reason="too_large") from err
        except MemoryError:
            raise
        except Exception:  # one damaged page does not cost the others; it is reported
            pages.append([])
            failed.append(number + 1)
    if count and len(failed) == count:
        raise ParseError("this PDF is damaged: none of its pages can be read", reason="malformed")
    return pages, failed


class _Collector:
    """Gathers what pypdf finds into lines."""

    def __init__(self, page: int) -> None:
        self.lines: list[Line] = []
        self._page = page
        self._parts: list[tuple[str, float, float, float, str]] = []

    def visit(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[1]) or 1.0
        x, y = cm[0] * tm[4] + cm[4], cm[3] * tm[5] + cm[5]
        name = str((font or {}).get("/BaseFont", ""))
        for number, part in enumerate(text.split("\n")):
            if number:
                self.end()
            if part:
                self._parts.append((part, x, y, abs(size) * scale, name))

    def end(self) -> None:
        """Ends the line, if there is one."""
        shown = [part for part in self._parts if part[0].strip()]
        if shown:
            letters = sum(len(part[0].strip()) for part in shown)
            bold = sum(len(part[0].strip()) for part in shown if _BOLD.search(part[4]))
            widest = max(shown, key=lambda part: len(part[0]))
            self.lines.append(
                Line(
                    text="".join(part[0] for part in self._parts),
                    page=self._page,
                    x=shown[0][1],
                    y=widest[2],
                    size=max(widest[3], 0.1),
                    is_bold=bold >= 0.9 * letters,
                    font=widest[4],
                )
            )
        self._parts.clear()


def _lines(page: PageObject, number: int, hidden: HiddenText) -> list[Line]:
    """The lines of a page that can be seen; what cannot goes into ``hidden``."""
    ink = PageInk(page=_box_of(page), transparent=_transparent(page))
    collector = _Collector(number)
    page.extract_text(visitor_text=collector.visit, visitor_operand_before=ink.before, visitor_operand_after=ink.after)
    if ink.hidden:
        collector = _Collector(number)
        page.extract_text(
            visitor_text=collector.visit, visitor_operand_before=TextFilter(ink.hidden, keep=False).before
        )
        hidden.add(page.extract_text(visitor_operand_before=TextFilter(ink.hidden, keep=True).before))
    collector.end()
    for line in collector.lines:
        hidden.look_at(line.text)
    return collector.lines


def _box_of(page: PageObject) -> tuple[float, float, float, float]:
    box = page.cropbox
    return float(box.left), float(box.bottom), float(box.right), float(box.top)


def _transparent(page: PageObject) -> frozenset[str]:
    """The names of graphics states that draw nothing visible."""
    try:
        states = page["/Resources"].get_object()["/ExtGState"].get_object()  # type: ignore[index]
        return frozenset(name for name, state in states.items() if float(state.get_object().get("/ca", 1)) <= _FAINT)
    except (KeyError, TypeError, ValueError, AttributeError):
        return frozenset()


def _declared_title(reader: PdfReader) -> str:
    """The title in the file's own metadata, unless it is what a program put there."""
    try:
        title = mend(str((reader.metadata.title if reader.metadata else "") or ""))
    except Exception:  # damaged metadata cost the title only
        return ""
    return title if 4 <= len(title) <= 300 and not _NO_TITLE.match(title) else ""


plugin = PdfParser
