"""What the classifier sees of a sentence: its words with medicines and amounts made one, and the groups they belong to.

"Two of the white ones" and "three of the pink ones" are the same words here, and so are warfarin and digoxin: what a
sentence does to its reader is in the rest. The groups stand in ``marks.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from medqa.safety.classifier.features import rows
from medqa.safety.guards._medicines import medicine

_CITED = re.compile(r"\[\d+\]")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_NUMBER = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|(?:twen|thir|for|fif|six|seven|"
    r"eigh|nine)ty(?:-\w+)?|hundred|thousand|dozen|couple|pair)\b|\d+(?:[.,]\d+)*"
)
_ZH_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|[一二两三四五六七八九十百千半几]+(?=个?(?:单位|毫克|微克|克|毫升|片|粒|颗|丸|勺|包|袋|支|针|滴|下|张|板|盒|"
    r"口|回|次|份|倍|小时|钟头|天|周|遍|瓶))"
)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'"})


def seen(sentence: str) -> list[int]:
    """The rows of a sentence; sorted, each once. Empty where it holds no word."""
    said = _CITED.sub("", sentence).strip().casefold().translate(_APOSTROPHES)
    is_chinese = _HANZI.search(said) is not None
    named = medicine().sub("药" if is_chinese else " medicine ", said)
    counted = _ZH_NUMBER.sub("数", named) if is_chinese else _NUMBER.sub("0", named)
    marks = set(_marks(counted, "zh" if is_chinese else "en"))
    marks |= {name for name, is_so in (("named", named != said), ("counted", counted != named)) if is_so}
    if said.endswith(("?", "？")):
        marks.add("cue_asked")
    return rows(counted if is_chinese else f"opening {counted}", marks)


def _marks(said: str, language: str) -> Iterator[str]:
    return (name for name, pattern in _groups()[language] if pattern.search(said))


@cache
def _groups() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    held = tomllib.loads((Path(__file__).parent / "marks.toml").read_text(encoding="utf-8"))
    return {
        language: tuple((name, _pattern(words.split(), language)) for name, words in groups.items())
        for language, groups in held.items()
    }


def _pattern(words: list[str], language: str) -> re.Pattern[str]:
    escaped = [re.escape(word).replace(r"\*", r"\w*").replace("_", " ") for word in words]
    joined = "|".join(sorted(escaped, key=len, reverse=True))
    return re.compile(joined if language == "zh" else rf"(?<![a-z'])(?:{joined})(?![a-z'])")
