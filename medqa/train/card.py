"""The card of every folder that training writes: what is in it, how it was made, what it must not be used for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from medqa import __version__

_CAUTION = (
    "Made with MedQA {version}. Not reviewed by clinicians, and no medical device. It is meant to write "
    "behind MedQA's claim check, which drops what the passages do not support; alone, it may say what is wrong."
)


def write_card(
    folder: Path, title: str, *, front: Mapping[str, object], sections: Mapping[str, str], is_model: bool = True
) -> Path:
    """``README.md`` with its front matter, in Hugging Face's form."""
    head = yaml.safe_dump({k: v for k, v in front.items() if v}, allow_unicode=True, sort_keys=False).strip()
    caution = _CAUTION.format(version=__version__) if is_model else f"Made with MedQA {__version__}."
    body = "\n\n".join(f"## {name}\n\n{text.strip()}" for name, text in sections.items() if text.strip())
    path = folder / "README.md"
    path.write_text(f"---\n{head}\n---\n\n# {title}\n\n{caution}\n\n{body}\n", "utf-8")
    return path


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def settings_block(values: Mapping[str, object]) -> str:
    """Settings as they were, for the card."""
    return f"```json\n{json.dumps(values, ensure_ascii=False, indent=2, default=str)}\n```"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
