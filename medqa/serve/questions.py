"""From raw input to a ``Question``: the one gate for the command line, HTTP and the chat page.

Invisible characters are taken out, limits are held, options are resolved. What is wrong raises ``UsageError``
with the offending field; its message never repeats the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, get_args

from medqa.domain.conversation import Audience, Language, Question, Role, Turn
from medqa.domain.language import language_of
from medqa.domain.text import cleaned
from medqa.errors import UsageError
from medqa.serve.countries import ALIASES, COUNTRY_CODES

if TYPE_CHECKING:
    from medqa.settings import Settings

_T = TypeVar("_T")

MAX_K = 1_000
MAX_SCREENED_CHARS = 20_000
MAX_MASKED_CHARS = 1_000_000
_MAX_ASSISTANT_CHARS = 20_000


def read_verbatim(value: object, *, field: str, limit: int) -> str:
    """A text as it stands, of at most ``limit`` characters. Raises UsageError that names the field."""
    if not isinstance(value, str):
        raise UsageError(f"{field} must be a text", field=field)
    if len(value) > limit:
        message = f"{field} has {len(value):,} characters; at most {limit:,} are accepted: shorten it"
        facts = {"size": f"{len(value):,}", "limit": f"{limit:,}"}
        raise UsageError(message, field=field, code="too_long", facts=facts)
    return value


def read_text(value: object, *, field: str, limit: int) -> str:
    """One cleaned text of 1 to ``limit`` characters. Raises UsageError that names the field."""
    text = cleaned(read_verbatim(value, field=field, limit=limit))
    if not text:
        raise UsageError(f"{field} is empty: write some words", field=field, code="empty")
    return text


def read_question(
    text: object,
    *,
    settings: Settings,
    turns: object = (),
    audience: object = "patient",
    language: object = "auto",
    jurisdiction: object = None,
) -> Question:
    """A question ready for the engine. ``turns`` are what came before it, oldest first."""
    row = {
        "question": text,
        "turns": turns,
        "audience": audience,
        "language": language,
        "jurisdiction": jurisdiction,
    }
    return read_row(row, field="question", settings=settings)


def read_row(row: Mapping[str, object], *, field: str, settings: Settings) -> Question:
    """A question whose text stands under ``field`` of a JSON object, with its options beside it."""
    text = read_text(row.get(field), field=field, limit=settings.max_question_chars)
    return _with_options(text, read_turns(row.get("turns"), settings), row, settings)


def read_conversation(row: Mapping[str, object], *, settings: Settings) -> Question:
    """What is to be screened: ``text``, with ``turns`` before it; or ``turns`` alone, the last one being the text."""
    turns = read_turns(row.get("turns"), settings, limit=MAX_SCREENED_CHARS)
    if row.get("text") is not None:
        text = read_text(row["text"], field="text", limit=MAX_SCREENED_CHARS)
        return _with_options(text, turns, row, settings)
    said = [place for place, turn in enumerate(turns) if turn.role == "user"]
    if not said:
        raise UsageError("text is missing: give a text, or turns with at least one of the user's", field="text")
    return _with_options(turns[said[-1]].content, turns[: said[-1]], row, settings)


def read_turns(value: object, settings: Settings, *, limit: int | None = None) -> tuple[Turn, ...]:
    """Turns from texts (the user's) or ``{role, content}`` objects; empty ones are left out."""
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise UsageError("turns must be a list, oldest first", field="turns")
    if len(value) > settings.max_turns:
        message = f"turns has {len(value)} entries; at most {settings.max_turns} are accepted: send the latest"
        facts = {"size": len(value), "limit": settings.max_turns}
        raise UsageError(message, field="turns", code="too_long", facts=facts)
    read = [_turn(turn, f"turns[{n}]", limit or settings.max_question_chars) for n, turn in enumerate(value)]
    return tuple(turn for turn in read if turn.content)


def read_options(row: Mapping[str, object], settings: Settings, *, text: str = "") -> tuple[Language, str | None]:
    """The language to answer ``text`` in and the place whose emergency numbers are told, from a JSON object."""
    language = _language(row.get("language") or row.get("lang") or "auto", text)
    return language, _jurisdiction(row.get("jurisdiction")) or settings.jurisdiction


def read_k(value: object) -> int:
    """How many hits are wanted, 1 to 1,000."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_K:
        raise UsageError(f"k must be a whole number from 1 to {MAX_K:,}", field="k", facts={"most": f"{MAX_K:,}"})
    return value


def read_filters(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Filters from ``{"year": "2015..2024", "language": ["en", "zh"]}`` or ``["key=value", ...]``."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = [value]
    if isinstance(value, Mapping):
        pairs = [(str(key), _values(accepted)) for key, accepted in value.items()]
    elif isinstance(value, Iterable):
        pairs = [_pair(entry) for entry in value]
    else:
        raise UsageError("filters must be an object of fields with accepted values", field="filters")
    joined: dict[str, list[str]] = {}
    for key, accepted in pairs:
        joined.setdefault(key, []).extend(accepted)
    if any(not key or not accepted for key, accepted in joined.items()):
        raise UsageError("each filter needs a field and at least one value", field="filters")
    return tuple((key, tuple(accepted)) for key, accepted in joined.items())


def _turn(value: object, field: str, limit: int) -> Turn:
    if isinstance(value, Turn):
        value = {"role": value.role, "content": value.content}
    if isinstance(value, str):
        value = {"role": "user", "content": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("content"), str):
        raise UsageError(f"{field} must be a text or an object with role and content", field=field)
    role: Role = _one_of(value.get("role"), get_args(Role), f"{field}.role")
    longest = limit if role == "user" else max(limit, _MAX_ASSISTANT_CHARS)
    if not cleaned(value["content"]):
        return Turn(role=role, content="")
    return Turn(role=role, content=read_text(value["content"], field=f"{field}.content", limit=longest))


def _with_options(text: str, turns: tuple[Turn, ...], row: Mapping[str, object], settings: Settings) -> Question:
    audience: Audience = _one_of(row.get("audience") or "patient", get_args(Audience), "audience")
    language, jurisdiction = read_options(row, settings, text=text)
    return Question(text=text, turns=turns, audience=audience, language=language, jurisdiction=jurisdiction)


def _language(value: object, text: str) -> Language:
    primary = value.partition("-")[0].lower() if isinstance(value, str) else value
    chosen: Language | str = _one_of(primary, ("auto", *get_args(Language)), "language")
    if chosen == "auto":
        return language_of(text)
    return "zh" if chosen == "zh" else "en"


def _jurisdiction(value: object) -> str | None:
    if value is None or value == "":
        return None
    code = value.strip().upper() if isinstance(value, str) else ""
    code = ALIASES.get(code, code)
    if code not in COUNTRY_CODES:
        message = "jurisdiction must be a two-letter country code (ISO 3166), for example CN, US, GB, or EU"
        raise UsageError(message, field="jurisdiction")
    return code


def _one_of(value: object, choices: tuple[_T, ...], field: str) -> _T:
    for choice in choices:
        if value == choice:
            return choice
    known = ", ".join(map(str, choices))
    raise UsageError(f"{field} is not known: choose one of {known}", field=field, facts={"known": known})


def _values(accepted: object) -> list[str]:
    several = accepted if isinstance(accepted, list | tuple) else [accepted]
    if any(isinstance(one, bool) or not isinstance(one, str | int) for one in several):
        raise UsageError("filter values must be texts or whole numbers", field="filters")
    return [str(one) for one in several]


def _pair(entry: object) -> tuple[str, list[str]]:
    key, divider, accepted = entry.partition("=") if isinstance(entry, str) else ("", "", "")
    if not divider:
        raise UsageError("write a filter as key=value, for example year=2015..2024", field="filters")
    return key.strip(), [accepted.strip()]
