"""What went wrong or is to be told, in the language of whoever reads it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from medqa.errors import UsageError

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.errors import MedQAError

_POSITION = re.compile(r"\[\d+\]")


def message_of(err: MedQAError, language: Language) -> str:
    """What an error says, in ``language``."""
    field = err.field if isinstance(err, UsageError) else None
    return message(err.code, str(err), language=language, field=field, facts=err.facts)


def message(
    code: str, english: str, *, language: Language, field: str | None = None, facts: Mapping[str, object] | None = None
) -> str:
    """The text for a code and field in ``language``; ``english`` is what it says in English."""
    if language == "en":
        return english
    last = _POSITION.sub("", field or "").rpartition(".")[2]  # turns[3].content is a content
    texts = _texts(language)
    template = texts.get(f"{code}.{last}") or texts.get(code) or texts["error"]
    return template.format_map(facts or {})


def warning(english: str, language: Language) -> str:
    """What reading an attached document has to tell, in ``language``."""
    if language == "en":
        return english
    other, rows = _warnings(language)
    for said, shown in rows:
        if match := said.fullmatch(english):
            return shown.format_map(match.groupdict())
    return other.format(said=english)


def language_of_reader(accept_language: str) -> Language | None:
    """The first of MedQA's languages that an ``Accept-Language`` header names; None where it names neither."""
    for entry in accept_language.lower().split(","):
        match entry.strip()[:2]:
            case "zh":
                return "zh"
            case "en":
                return "en"
    return None


@cache
def _texts(language: Language) -> Mapping[str, str]:
    texts: Mapping[str, str] = _table("failures")[language]
    return texts


@cache
def _warnings(language: Language) -> tuple[str, tuple[tuple[re.Pattern[str], str], ...]]:
    """What is said where no row fits, and the rows."""
    told = _table("warnings")[language]
    return told["other"], tuple((re.compile(row["said"], re.DOTALL), row["shown"]) for row in told["rows"])


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("medqa.serve").joinpath(f"data/{name}.toml").read_text("utf-8"))
