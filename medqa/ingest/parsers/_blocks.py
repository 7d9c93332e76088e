"""Building a document block by block: headings open sections, empty text adds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medqa.domain.document import Block, BlockKind
from medqa.ingest.mending import mend

_MAX_HEADING = 300


class BlockList:
    """Blocks in reading order, each with the headings above it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[tuple[int, str]] = []

    @property
    def section(self) -> tuple[str, ...]:
        """The headings above what is added next."""
        return tuple(text for _, text in self._open)

    def heading(self, text: str, level: int) -> None:
        """Closes the sections of this level and below, and opens a new one."""
        self.close(level)
        text = mend(text)[:_MAX_HEADING]
        if text:
            self._open.append((level, text))

    def close(self, level: int) -> None:
        """Closes the sections of this level and below."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()

    def add(
        self, text: str, kind: BlockKind = "paragraph", *, page: int | None = None, references: Iterable[str] = ()
    ) -> None:
        """Adds a block with mended text; code keeps its lines."""
        text = mend(text) if kind != "code" else "\n".join(line for raw in text.splitlines() if (line := mend(raw)))
        if text:
            keys = tuple(dict.fromkeys(references))
            self.blocks.append(Block(text=text, kind=kind, section=self.section, page=page, references=keys))

    def table(self, rows: Sequence[Sequence[str]], *, has_header: bool) -> None:
        """Adds a table row by row, so that each can be understood alone."""
        for text in row_texts(rows, has_header=has_header):
            self.add(text, "table_row")


def row_texts(rows: Sequence[Sequence[str]], *, has_header: bool) -> list[str]:
    """Each row as ``header: value; header: value``; empty cells are left out.

    A row with a single cell, such as a band across the table, stays as it is.
    """
    cleaned = [[mend(cell) for cell in row] for row in rows]
    header = cleaned[0] if has_header and len(cleaned) > 1 else []
    return [text for row in cleaned[len(header) > 0 :] if (text := _row_text(header, row))]


def _row_text(header: list[str], row: list[str]) -> str:
    if len(set(filter(None, row))) == 1 and len(row) > 1 and len(set(row)) == 1:
        return row[0]
    cells = []
    for at, cell in enumerate(row):
        name = header[at] if at < len(header) else ""
        if cell:
            cells.append(f"{name.rstrip(':：')}: {cell}" if name and name != cell else cell)
    return "; ".join(cells)
