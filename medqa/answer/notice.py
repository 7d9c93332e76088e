"""What MedQA says in its own name: the AI notice, and the words around missing or foreign evidence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from medqa.domain.conversation import Language

_TERMS_SHOWN = 8


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads(
        files("medqa.answer").joinpath("data/texts.toml").read_text("utf-8")
    )
    return table


def notice(language: Language) -> str:
    """The AI notice that goes with every reply."""
    return _texts()[language]["notice"]


def abstention(language: Language, looked_for: Sequence[str]) -> str:
    """Says that there is no good evidence, what was looked for, and whom to ask."""
    own = _texts()[language]
    shown = ("、" if language == "zh" else ", ").join(looked_for[:_TERMS_SHOWN])
    searched = own["looked_for"].format(terms=shown) if shown else ""
    parts = [part for part in (own["abstained"], searched, own["whom_to_ask"]) if part]
    return ("" if language == "zh" else " ").join(parts)


def wrong_language(language: Language) -> str:
    """Says which languages are answered."""
    return _texts()[language]["wrong_language"]


def other_language(language: Language) -> str:
    """The line above evidence that stands in the language that was not asked in."""
    return _texts()[language]["other_language"]


def own_document(language: Language, titles: Sequence[str]) -> str:
    """The line above what the reader's own document says."""
    shown = ("、" if language == "zh" else ", ").join(titles)
    return _texts()[language]["own_document"].format(titles=shown)


def quoted_instead(language: Language, *, is_rest: bool) -> str:
    """The line under an answer that was to be written by a language model and quotes instead, in whole or its rest."""
    return _texts()[language]["quoted_rest" if is_rest else "quoted_instead"]


def echoed(language: Language, count: int, source: str) -> str:
    """The line under an answer that rests on one text told by many documents."""
    return _texts()[language]["echoed"].format(count=count, source=source)


def disputed(language: Language, source: str) -> str:
    """The line under an answer from which a source's contrary statement was left out."""
    return _texts()[language]["disputed"].format(source=source)


def says_otherwise(language: Language, quote: str, title: str, source: str, year: int | None) -> str:
    """The line under an answer to whose leading statement a known source says the opposite."""
    origin = source if year is None else f"{source}, {year}"
    return _texts()[language]["says_otherwise"].format(quote=quote, title=title, source=origin)
