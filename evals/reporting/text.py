"""A report as plain tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.reporting.tables import centre, is_figure, is_grid, is_nested, is_rows

_MOST_ROWS = 20  # of a list; the JSON and the page have all
_WIDEST = 60  # characters of a cell


def plain(report: Mapping[str, Any]) -> str:
    """The report's figures, intervals in brackets; long lists are cut."""
    return "\n".join(_lines(report, "")).strip("\n") + "\n"


def _lines(value: Mapping[str, Any], title: str) -> Iterator[str]:
    if title:
        yield from ("", title, "-" * len(title))
    if is_grid(value):
        columns = list(next(iter(value.values())))
        yield from _table([["", *columns], *([name, *map(_cell, row.values())] for name, row in value.items())])
        return
    flat = {name: entry for name, entry in value.items() if not is_nested(entry)}
    yield from _table([[name, _cell(entry)] for name, entry in flat.items()])
    for name, entry in value.items():
        path = f"{title} / {name}" if title else name
        if is_rows(entry):
            yield from ("", path, "-" * len(path), *_listed(entry))
        elif is_nested(entry):
            yield from _lines(entry, path)


def _listed(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    yield from _table([columns, *([_cell(row.get(c, "")) for c in columns] for row in rows[:_MOST_ROWS])])
    if len(rows) > _MOST_ROWS:
        yield f"and {len(rows) - _MOST_ROWS} more"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: Any) -> str:
    if is_figure(value):
        return f"{centre(value):.3f} [{value['low']:.3f}, {value['high']:.3f}]"
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
