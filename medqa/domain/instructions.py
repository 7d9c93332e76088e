"""Sentences that speak to a machine instead of a reader: planted instructions, hidden commands, blockers.

Documents are data. A text that says "ignore previous instructions" is flagged when it is ingested and never quoted.
Patterns (``data/instructions.toml``) work on folded text: one case, look-alike letters and full-width forms mapped to
plain ones, nothing invisible. One strong sign is enough; weak ones must be two. Written from the OWASP LLM Top 10
(2026, entries 01, 05 and 10) and the text attacks of BIPIA (arXiv 2312.14197).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from medqa.domain.sentences import sentences

SUSPICIOUS = "suspicious"
"""Key in ``Metadata.extra`` of a document that is held back from answers; its value says what was found."""

Ploy = Literal["command", "harm"]
"""``command``: addresses the answering machine. ``harm``: tells everybody to stop treatment or to shun help."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans("авекмнорстухіјѕԁһԝԛαβεηικνορτυχω", "abekmhopctyxijsdhwqabenikvoptuxw")
_LEET = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"[a-z@$][0-9@$]+[a-z]|[a-z][0-9@$]{2,}|\b[013457][a-z]{2,}")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff])[\s·・*_|/-]{1,3}(?=[\u3400-\u9fff])")
_SPELT_OUT = re.compile(r"(?<![a-z])(?:[a-z][ ._*-]){9,}[a-z](?![a-z])")
_GAPS = re.compile(r"[ ._*-]")
_ORDER = re.compile(r"ignore|disregard|instruction|previous|assistant|prompt")  # equations are spelt out as well
_STOP = re.compile(r"[.!?]+\s+|[。！？]+")
_CHOPPED = 16  # characters
_STRETCH, _OVERLAP = 2000, 300
_FRAGMENT = re.compile("«(\\w+)»")


@dataclass(frozen=True, slots=True)
class _Signs:
    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    harm: tuple[re.Pattern[str], ...]
    careful: re.Pattern[str]
    cues: tuple[str, ...]


@cache
def _signs() -> _Signs:
    table = tomllib.loads(files("medqa.domain").joinpath("data/instructions.toml").read_text("utf-8"))
    fragments: dict[str, str] = table["fragments"]

    def compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_FRAGMENT.sub(lambda m: fragments[m[1]], pattern)) for pattern in patterns)

    return _Signs(
        strong=compiled(pattern for group in table["strong"].values() for pattern in group),
        weak=compiled(table["weak"]),
        harm=compiled(table["harm"]),
        careful=compiled([table["careful"]])[0],
        cues=tuple(table["cues"]),
    )


def is_instruction_like(sentence: str) -> bool:
    """Whether a sentence is a planted instruction, or tells everybody to do themselves harm."""
    return ploy_of(sentence) is not None


@lru_cache(maxsize=8192)
def ploy_of(sentence: str) -> Ploy | None:
    """What a sentence is up to; ``None`` for honest text. Endless ones are read in stretches that overlap."""
    starts = range(0, max(1, len(sentence) - _OVERLAP), _STRETCH - _OVERLAP)
    return next((found for at in starts if (found := _ploy(sentence[at : at + _STRETCH]))), None)


def _ploy(sentence: str) -> Ploy | None:
    folded = _folded(sentence)
    if len(_STOP.findall(folded)) > 1:
        folded = f"{folded} {_HAN_GAP.sub('', _STOP.sub(' ', folded))}"
    if any(_ORDER.search(_GAPS.sub("", run)) for run in _SPELT_OUT.findall(folded)):
        return "command"
    variants = [folded, folded.translate(_LEET)] if _MIXED.search(folded) else [folded]
    return next((found for text in variants if _has_cue(text) and (found := _judged(text))), None)


def ploys(text: str) -> list[tuple[int, int, Ploy]]:
    """The instruction-like sentences of a text as ``(start, end, ploy)``, in order. Quick where there is none."""
    folded = _folded(text)
    if not (_has_cue(folded) or _has_cue(folded.translate(_LEET)) or _SPELT_OUT.search(folded)):
        return []
    found = ((start, end, ploy_of(text[start:end])) for start, end in _without_chopping(text, sentences(text)))
    return [(start, end, ploy) for start, end, ploy in found if ploy is not None]


def _without_chopping(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, with a run of very short ones made one: an order is not hidden by chopping it into pieces."""
    out: list[tuple[int, int]] = []
    run = 0
    for start, end in spans:
        run = run + 1 if end - start <= _CHOPPED else 0
        if run > 1 and start - out[-1][1] <= 1:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _has_cue(folded: str) -> bool:
    return any(cue in folded for cue in _signs().cues)


def _judged(folded: str) -> Ploy | None:
    signs = _signs()
    if any(pattern.search(folded) for pattern in signs.strong):
        return "command"
    if sum(pattern.search(folded) is not None for pattern in signs.weak) > 1:
        return "command"
    is_harm = any(pattern.search(folded) for pattern in signs.harm)
    return "harm" if is_harm and not signs.careful.search(folded) else None


def _folded(text: str) -> str:
    """The text as the patterns know it."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower().translate(_LOOKALIKES)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return _HAN_GAP.sub("", bare)
