"""Plain values as HTML tables; figures with intervals are written with them and drawn below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from evals.reporting.plots import intervals

_CENTRES = ("mean", "share", "ratio", "difference")
_DEEPEST_HEADING = 6
_MOST_ROWS = 500  # of one table


def rendered(value: Any, *, level: int = 2) -> Markup:
    """Any plain value; ``level`` is that of the headings inside."""
    if isinstance(value, Mapping) and not is_figure(value):
        return _mapping(value, level)
    if is_rows(value):
        return _rows(value)
    return _cell(value)


def is_figure(value: Any) -> bool:
    """Whether the value is a figure with its interval."""
    return isinstance(value, Mapping) and {"low", "high"} <= value.keys() and any(c in value for c in _CENTRES)


def centre(figure: Mapping[str, Any]) -> float:
    """The figure itself, between its ``low`` and ``high``."""
    return float(next(figure[name] for name in _CENTRES if name in figure))


def _mapping(value: Mapping[str, Any], level: int) -> Markup:
    if is_grid(value):
        return _grid(value)
    flat = {name: entry for name, entry in value.items() if not is_nested(entry)}
    pieces = [_pairs(flat)] if flat else []
    for name, entry in value.items():
        if is_nested(entry):
            tag = f"h{min(level, _DEEPEST_HEADING)}"
            pieces.append(Markup("<{0}>{1}</{0}>").format(Markup(tag), name))  # noqa: S704 - h2 to h6
            pieces.append(rendered(entry, level=level + 1))
    return Markup("\n").join(pieces)


def is_nested(value: Any) -> bool:
    """Whether the value needs a table of its own."""
    return (isinstance(value, Mapping) and not is_figure(value)) or is_rows(value)


def is_rows(value: Any) -> bool:
    """Whether the value is a list of mappings."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return is_list and bool(value) and all(isinstance(row, Mapping) for row in value)


def is_grid(value: Mapping[str, Any]) -> bool:
    """Whether every entry is a mapping with the same names and no further depth."""
    entries = list(value.values())
    if not entries or any(not isinstance(entry, Mapping) or is_figure(entry) for entry in entries):
        return False
    return all(e.keys() == entries[0].keys() and not any(is_nested(v) for v in e.values()) for e in entries)


def _pairs(value: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup("<tr><th>{}</th><td>{}</td></tr>").format(name, _cell(entry)) for name, entry in value.items()
    )
    figures = {name: entry for name, entry in value.items() if is_figure(entry)}
    return Markup("<table>{}</table>{}").format(rows, _plot({"": figures} if len(figures) > 1 else {}))


def _grid(value: Mapping[str, Mapping[str, Any]]) -> Markup:
    columns = list(next(iter(value.values())))
    table = _table(["", *columns], [[name, *(row[column] for column in columns)] for name, row in value.items()])
    drawn = {column: {name: row[column] for name, row in value.items() if is_figure(row[column])} for column in columns}
    return table + _plot({column: figures for column, figures in drawn.items() if figures})


def _rows(value: Sequence[Mapping[str, Any]]) -> Markup:
    columns = list(dict.fromkeys(name for row in value for name in row))
    table = _table(columns, [[row.get(column, "") for column in columns] for row in value[:_MOST_ROWS]])
    left_out = len(value) - _MOST_ROWS
    return table + (Markup("<p>and {} more</p>").format(left_out) if left_out > 0 else Markup(""))


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(column) for column in columns)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_cell(v)) for v in row))
        for row in rows
    )
    return Markup("<table><tr>{}</tr>{}</table>").format(head, body)


def _cell(value: Any) -> Markup:
    if is_figure(value):
        written = Markup('<b>{:.3f}</b> <span class="interval">{:.3f} to {:.3f}</span>')
        return written.format(centre(value), value["low"], value["high"])
    if isinstance(value, float):
        return Markup("{:.4g}").format(value)
    if isinstance(value, Mapping):
        return Markup("{}").format("; ".join(f"{name}: {entry}" for name, entry in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Markup("{}").format(", ".join(str(entry) for entry in value))
    return Markup("{}").format(value)


def _plot(figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Markup:
    """One panel a column, one line a row."""
    panels = {
        column: {name: (centre(f), float(f["low"]), float(f["high"])) for name, f in rows.items()}
        for column, rows in figures.items()
    }
    return Markup("<figure>{}</figure>").format(Markup(intervals(panels))) if panels else Markup("")  # noqa: S704
