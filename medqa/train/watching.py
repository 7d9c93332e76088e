"""Watching a training run: progress while it goes, its losses as rows and as a plot afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medqa.train.workshop import Progress

_SHOWN = ("loss", "eval_loss", "learning_rate", "grad_norm", "rewards/accuracies", "rewards/margins")


def progress_callback(progress: Progress | None) -> Any:
    """A callback for transformers' trainer that tells how many steps are done."""
    from transformers import TrainerCallback

    class Told(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if progress:
                progress("training steps", state.global_step, state.max_steps)

    return Told()


def write_losses(folder: Path, history: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """``losses.jsonl`` and ``losses.svg``; the rows written: step, and what the trainer logged there."""
    rows = [
        {"step": float(entry["step"]), **{name: float(entry[name]) for name in _SHOWN if name in entry}}
        for entry in history
        if "loss" in entry or "eval_loss" in entry
    ]
    (folder / "losses.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    _plot(folder / "losses.svg", rows)
    return rows


def _plot(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.5))
    axes = figure.add_subplot()
    for name, label in (("loss", "training"), ("eval_loss", "validation")):
        points = [(row["step"], row[name]) for row in rows if name in row]
        if points:
            axes.plot([x for x, _ in points], [y for _, y in points], marker=".", label=label)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.grid(alpha=0.3)
    if rows:
        axes.legend()
    figure.tight_layout()
    with matplotlib.rc_context({"svg.hashsalt": "medqa", "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", metadata={"Date": None})
