"""How easy the patient articles are to read.

English: Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, 1975), nothing counted as easy that is not:
``0.39 × words/sentences + 11.8 × syllables/words − 15.59``. A list item counts as a sentence, as it is read; numbers
count as words of one syllable. Syllables are counted by rule: on these articles 98.8% of the words that the CMU
pronouncing dictionary knows come out as it says, and the rest err to both sides alike.

Chinese: mean characters a sentence, and the share of characters outside level 1 of GB 2312-1980, the 3,755 common ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from evals.corpus.article import Article
from evals.corpus.wording import characters, words

_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# "u" after "q" and before a vowel after "g" is no vowel of its own: quit, guide, tongue.
_MUTE_U = re.compile(r"(?<=q)u|(?<=g)u(?=[eiy])")
# A last "e", "es" or "ed" that is written and not spoken: make, makes, baked; but not table, boxes, patches, treated.
_MUTE_E = re.compile(
    r"(?<=[^aeioul])(?<![^aeiou]r)e$|(?<=[aeiou]l)e$|(?<=[aeiouy]l)es$|(?<=[^aeioulszxgch])es$|(?<=ac)hes$"
    r"|(?<=[^aeioutdl])ed$|(?<=[aeioul]l)ed$|(?<=[^aeioul])e(?=(?:ly|ments?|less|ful|where|times?|bleeds?)$)"
)
# Neighbouring vowels that are spoken apart: ra-di-o, di-et, flu-id, va-ri-ous, cre-ate, go-ing, bo-tu-lis-m.
_APART = re.compile(
    r"ia(?!g|l$|ls$|lly|n$|ns$|nt)|[dlrtvnb]ial(?!l?y)|[iu]um?$|io(?!n|us|ur)|(?<![cgtsx])io(?:n|us)|ie(?:t|n(?!ce?[dy]))"
    r"|(?<!p)eo|ua(?!r[dt]|q)|ui(?=d$|ds$|n|c)|u[ou](?=[ns])|yi|oe(?=[ln])|(?<=c)ea(?=te|ti)|(?<=r)ea(?=ct)|iu(?=m)|[aeo]i(?=ng$)|s(?=m$)"
)  # fmt: skip
_BY_EAR = {"people": 2, "acne": 2, "diabetes": 4, "diagnoses": 4, "someone": 2, "nausea": 3, "diarrhoea": 4}
_SPOKEN_AS_WORDS = frozenset({"NICE", "ACE", "GERD", "GORD", "FAST", "FIT", "AIDS", "FRAX", "MASH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle, the 95th percentile and the worst of a score over articles."""

    median: float
    p95: float
    worst: tuple[tuple[str, float], ...]


def syllables(word: str) -> int:
    """Spoken syllables of an English word, at least 1. An acronym in capitals is spelled out; a number counts 1."""
    letters = word.strip("().,;:'")
    if 1 < len(letters) <= 4 and letters.isupper() and letters.isalpha() and letters not in _SPOKEN_AS_WORDS:
        return len(letters) + 2 * letters.count("W")
    counted = 0
    for part in _LETTERS.findall(word.lower()):
        spoken = _MUTE_E.sub("", _MUTE_U.sub("", part))
        counted += _BY_EAR.get(part) or max(1, len(_VOWELS.findall(spoken)) + len(_APART.findall(spoken)))
    return max(1, counted)


def grade(article: Article) -> float:
    """Flesch-Kincaid grade of an English article."""
    by_sentence = [found for said in article.sentences if (found := words(said.text))]
    count = sum(map(len, by_sentence))
    spoken = sum(syllables(word) for sentence in by_sentence for word in sentence)
    return 0.39 * count / len(by_sentence) + 11.8 * spoken / count - 15.59


def mean_characters(article: Article) -> float:
    """Mean characters a sentence of a Chinese article."""
    return mean(characters(said.text) for said in article.sentences)


def uncommon_share(article: Article) -> float:
    """Share of Chinese characters outside GB 2312 level 1, in [0, 1]."""
    found = [c for said in article.sentences for c in _HAN.findall(said.text)]
    return sum(not _is_common(c) for c in found) / len(found)


def spread(scores: Sequence[tuple[str, float]], worst: int = 5) -> Spread:
    """Median, 95th percentile (nearest rank) and the worst of the scores, which are (path, score)."""
    ordered = sorted(scores, key=lambda pair: pair[1])
    values = [value for _, value in ordered]
    rank = max(0, -(-95 * len(values) // 100) - 1)
    return Spread(
        median=round(median(values), 3),
        p95=round(values[rank], 3),
        worst=tuple((path, round(value, 3)) for path, value in reversed(ordered[-worst:])),
    )


def _is_common(character: str) -> bool:
    """Whether GB 2312 has it in rows 16 to 55, its level 1."""
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False
