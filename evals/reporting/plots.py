"""Plots as SVG text, made by matplotlib without a display."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

_PANELS_A_ROW = 3
_PANEL_INCHES, _ROW_INCHES, _FRAME_INCHES = 4.2, 0.28, 0.9
_COLOUR = "#1f6f8b"

Panels = Mapping[str, Mapping[str, tuple[float, float, float]]]


def intervals(panels: Panels) -> str:
    """One panel a name, each row a point (centre, low, high) with its interval; a row that is no number is left out."""
    from matplotlib.figure import Figure

    shown = {title: {n: v for n, v in rows.items() if all(map(math.isfinite, v))} for title, rows in panels.items()}
    across = min(_PANELS_A_ROW, len(shown))
    down = math.ceil(len(shown) / across)
    tallest = max(len(rows) for rows in shown.values())
    figure = Figure(figsize=(_PANEL_INCHES * across, (_ROW_INCHES * tallest + _FRAME_INCHES) * down))
    for place, (title, rows) in enumerate(shown.items(), start=1):
        axes = figure.add_subplot(down, across, place)
        places = range(len(rows), 0, -1)
        for y, (middle, low, high) in zip(places, rows.values(), strict=True):
            axes.plot([low, high], [y, y], color=_COLOUR, linewidth=2)
            axes.plot([middle], [y], "o", color=_COLOUR)
        axes.set_yticks(list(places), list(rows))
        axes.set_ylim(0.4, len(rows) + 0.6)
        axes.set_title(title, fontsize=10)
        axes.grid(axis="x", alpha=0.3)
    return _svg(figure)


def curves(lines: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str) -> str:
    """Lines of points (x, y) by name, such as a loss by step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.5))
    axes = figure.add_subplot()
    for name, points in lines.items():
        axes.plot([p[0] for p in points], [p[1] for p in points], label=name)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    if any(lines):
        axes.legend()
    return _svg(figure)


def _svg(figure: Any) -> str:
    """The figure as an ``<svg>`` element; equal figures give equal text."""
    import matplotlib

    target = io.StringIO()
    figure.tight_layout()
    with matplotlib.rc_context({"svg.hashsalt": "medqa", "svg.fonttype": "none"}):
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    text = target.getvalue()
    return text[text.index("<svg") :]
