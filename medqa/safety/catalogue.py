"""Reads the data files: shared concepts, and the presentations with their rules.

A presentation is one file of ``presentations/``; adding one is adding a file. Its examples come last, after the
line ``[examples...]``; the engine does not read them, the tests do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from medqa.domain.safety import Tier
from medqa.errors import ConfigError
from medqa.safety.patterns import Pattern

_HERE = Path(__file__).parent
_EXAMPLES = "\n[examples"
_COMPARISON = re.compile(r"(\w+) *(<=|>=|<|>) *([\d.]+)")
_WORDS = re.compile(r"[a-z]{5,}\*?(?![a-z])")

Within = Literal["sentence", "turn", "conversation"]


@dataclass(frozen=True, slots=True)
class Concept:
    """Ways of saying one thing. ``near``: other concepts that say it when they stand close together.

    ``is_background``: a standing fact (pregnant, on warfarin), which is no less true for having begun long ago.
    ``is_grave``: an attempt, or a wish to die: it counts though some weeks old, and where one supposes it of oneself.
    """

    name: str
    patterns: tuple[Pattern, ...]
    near: tuple[tuple[str, ...], ...] = ()
    is_background: bool = False
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quantity that must pass a limit, such as ``temperature_c >= 38``."""

    name: str
    sign: str
    limit: float

    def accepts(self, value: float) -> bool:
        """Whether the value passes."""
        if self.sign.startswith(">"):
            return value > self.limit or (self.sign == ">=" and value == self.limit)
        return value < self.limit or (self.sign == "<=" and value == self.limit)


Term = tuple[str | Comparison, ...]
"""Alternatives: any of them will do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires when every term is met within the reach; a sentence that meets ``unless`` cannot meet the first."""

    name: str
    every: tuple[Term, ...]
    unless: Term
    within: Within
    tier: Tier
    is_soft: bool
    card: str

    @property
    def has_number(self) -> bool:
        """Whether a term holds a number against a limit."""
        return any(isinstance(part, Comparison) for term in self.every for part in term)


@dataclass(frozen=True, slots=True)
class Presentation:
    """One emergency: its source, its rules and the card that it shows."""

    id: str
    number: int
    title: Mapping[str, str]
    tier: Tier
    source: str
    card: str
    rules: tuple[Rule, ...]

    @property
    def is_crisis(self) -> bool:
        """Whether it is of the mind: suicide and self-harm."""
        return self.tier == "M"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that the screen knows.

    ``vocabulary``: English words towards which typos are mended, and stems such as ``droop*`` that are left alone.
    """

    concepts: Mapping[str, Concept]
    presentations: tuple[Presentation, ...]
    vocabulary: frozenset[str]


@cache
def load() -> Catalogue:
    """The catalogue that ships with MedQA. Raises ConfigError that names the file at fault."""
    shared = {name: raw for path in sorted((_HERE / "concepts").glob("*.toml")) for name, raw in _read(path).items()}
    files = {path.stem: _read(path) for path in sorted((_HERE / "presentations").glob("*.toml"))}
    raw = dict(shared)
    for data in files.values():
        raw |= {f"{data['id']}.{name}": concept for name, concept in data.get("concepts", {}).items()}
    macros = {s: {name: _lines(c.get(s, "")) for name, c in shared.items()} for s in ("en", "zh")}
    concepts = {name: _concept(name, data, raw, macros) for name, data in raw.items()}
    presentations = tuple(_presentation(stem, data, concepts) for stem, data in files.items())
    words = {w for name, c in raw.items() if not name.startswith("cue_") for w in _WORDS.findall(c.get("en", ""))}
    return Catalogue(concepts, presentations, frozenset(words))


def examples(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """The examples of a presentation file: ``positive`` and ``negative``, each by language."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))["examples"]
    return {kind: {lang: _lines(text) for lang, text in by.items()} for kind, by in data.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8").partition(_EXAMPLES)[0])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"safety data {path.name}: {err}") from err


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith("#"))


def _concept(name: str, data: Mapping[str, Any], names: Mapping[str, Any], macros: Mapping[str, Any]) -> Concept:
    home = name.rpartition(".")[0]
    patterns = [Pattern(line, "en", macros["en"]) for line in _lines(data.get("en", ""))]
    patterns += [Pattern(line, "zh", macros["zh"]) for line in _lines(data.get("zh", ""))]
    near = tuple(
        tuple(_resolve(part.strip(), home, names) for part in line.split("+")) for line in data.get("near", ())
    )
    return Concept(name, tuple(patterns), near, bool(data.get("background")), bool(data.get("grave")))


def _resolve(name: str, home: str, names: Mapping[str, Any]) -> str:
    """A name as used in a file, looked up there first, then among the shared concepts."""
    local = f"{home}.{name}"
    if local in names:
        return local
    if name in names:
        return name
    raise ConfigError(f"safety data of {home or 'the shared concepts'}: there is no concept {name!r}")


def _presentation(stem: str, data: Mapping[str, Any], concepts: Mapping[str, Concept]) -> Presentation:
    try:
        home, tier, card = data["id"], data["tier"], data["card"]
        rules = tuple(_rule(raw, data, concepts) for raw in data["rules"])
        return Presentation(home, data["number"], data["title"], tier, data["source"], card, rules)
    except KeyError as err:
        raise ConfigError(f"safety presentation {stem}.toml lacks {err}") from err


def _rule(raw: Mapping[str, Any], data: Mapping[str, Any], concepts: Mapping[str, Concept]) -> Rule:
    home = data["id"]
    return Rule(
        raw["name"],
        tuple(_term(item, home, concepts) for item in raw["all"]),
        _term(" | ".join(raw.get("none", ())), home, concepts),
        raw.get("within", "conversation"),
        cast(Tier, raw.get("tier", data["tier"])),
        bool(raw.get("soft", False)),
        raw.get("card", data["card"]),
    )


def _term(item: str, home: str, concepts: Mapping[str, Concept]) -> Term:
    parts = [part.strip() for part in item.split("|") if part.strip()]
    return tuple(_alternative(part, home, concepts) for part in parts)


def _alternative(part: str, home: str, concepts: Mapping[str, Concept]) -> str | Comparison:
    if match := _COMPARISON.fullmatch(part):
        return Comparison(match[1], match[2], float(match[3]))
    return _resolve(part, home, concepts)
