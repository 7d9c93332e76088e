"""One HTML file for the report of any task: what was measured on what, tables, and intervals as plots.

A report is the mapping of plain values that a task returns. Wherever it holds a figure with an interval
(``{"mean": .., "low": .., "high": .., "n": ..}``, or ``share``, ``ratio``, ``difference`` instead of ``mean``) it is
drawn with it. A report may name its own ``model``, ``prompts`` (hash by name) and ``snapshot``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from evals.reporting.tables import rendered
from medqa.prompting import load_prompt
from medqa.settings import Settings
from medqa.wiring import parts

_HASH = 12  # characters of a hash that are shown
_OWN_LINES = ("model", "prompts", "snapshot")
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
    "<body><h1>{title}</h1>{facts}{body}</body></html>\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a reader must know to trust or repeat the figures. ``prompts`` are hashes by name."""

    task: str
    command: str
    model: str
    prompts: Mapping[str, str]
    snapshot: str
    commit: str
    date: str


def header(task: str, report: Mapping[str, Any], settings: Settings, *, command: str) -> Header:
    """The header of a report that has just been made with these settings."""
    model = settings.llm_model if settings.chat_model != "extractive" and settings.llm_model else settings.chat_model
    return Header(
        task=task,
        command=command,
        model=str(report.get("model") or f"{model}; encoder {settings.encoder_model or settings.encoder}"),
        prompts=report.get("prompts") or prompt_hashes(),
        snapshot=str(report.get("snapshot") or "none"),
        commit=commit(),
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def html(head: Header, report: Mapping[str, Any]) -> str:
    """The page, complete in itself: no script, no font, nothing fetched."""
    facts = {
        "command": head.command,
        "model": head.model,
        "snapshot": head.snapshot,
        "commit": head.commit,
        "date": head.date,
        "prompts": ", ".join(f"{name} {digest[:_HASH]}" for name, digest in head.prompts.items()) or "none",
    }
    body = {name: value for name, value in report.items() if name not in _OWN_LINES}
    style = Markup(files(__package__).joinpath("page.css").read_text("utf-8"))  # noqa: S704 - our own file
    return _PAGE.format(title=f"MedQA: {head.task}", style=style, facts=rendered(facts), body=rendered(body))


def prompt_hashes() -> dict[str, str]:
    """SHA-256 of every shipped prompt by name."""
    folder = parts.shipped("prompts")
    return {path.stem: load_prompt(folder, path.stem).sha256 for path in sorted(folder.glob("*.md"))}


def commit() -> str:
    """The commit of this checkout, with ``+`` when files were changed since; ``not a checkout`` when installed."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists():
        return "not a checkout"
    described = ["git", "-C", str(folder), "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"]
    done = subprocess.run(described, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
