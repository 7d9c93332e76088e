"""Chinese sentences beside English ones that mean the same: what the Chinese side of the encoder learns from.

Three kinds: forms of one concept, sentences composed from concepts, and parallel articles aligned sentence by
sentence. Nothing here comes from a question that MedQA is measured on.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

Pair = tuple[str, str]
"""Chinese, English."""

_SLOT = re.compile(r"\{([a-z]+)(2?)\}")
_MARK = re.compile(r"\s*\[\^[^\]]+\]")
_SKIPPED = 0.25  # similarity that a sentence without a partner is worth
_WINDOW = 3  # aligned neighbours joined to one text, as passages are


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning with its forms in both languages, the standard one first."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    category: str


@dataclass(frozen=True, slots=True)
class Article:
    """Title and lines by section, in order."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def of_concepts(concepts: Sequence[Concept]) -> Iterator[Pair]:
    """Every Chinese form with the standard English one, and the standard Chinese one with the others."""
    for concept in concepts:
        yield from ((form, concept.en[0]) for form in concept.zh)
        yield from ((concept.zh[0], form) for form in concept.en[1:3])


def composed(concepts: Sequence[Concept], count: int, *, seed: int = 0) -> Iterator[Pair]:
    """Sentences from ``encoder_sentences.tsv`` with concepts in their slots; ``{drug2}`` is another drug."""
    dice = random.Random(seed)
    lines = files(__package__).joinpath("encoder_sentences.tsv").read_text("utf-8").splitlines()
    templates = [tuple(line.split("\t")) for line in lines]
    by_category: dict[str, list[Concept]] = defaultdict(list)
    for concept in concepts:
        by_category[concept.category].append(concept)
    for _ in range(count):
        zh, en = dice.choice(templates)
        filled: dict[str, Pair] = {}
        for category, number in _SLOT.findall(zh + en):
            concept = dice.choice(by_category[category])
            filled.setdefault(category + number, (_form(concept.zh, dice), concept.en[0]))
        yield _filled(zh, filled, 0), _filled(en, filled, 1)


def _form(forms: Sequence[str], dice: random.Random) -> str:
    """The standard form most often."""
    return forms[0] if dice.random() < 0.6 else dice.choice(forms)


def _filled(template: str, values: Mapping[str, Pair], side: int) -> str:
    return _SLOT.sub(lambda slot: values[slot[1] + slot[2]][side], template)


def articles(folder: Path) -> Iterator[tuple[Article, Article]]:
    """Articles that stand under the same name in ``folder/zh`` and ``folder/en``."""
    for path in sorted((folder / "zh").glob("*.md")):
        twin = folder / "en" / path.name
        if twin.is_file():
            yield _article(path), _article(twin)


def _article(path: Path) -> Article:
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    title = re.search(r"^title: *(.+)$", head, re.MULTILINE)
    sections = [part.splitlines() for part in re.split(r"^## ", body, flags=re.MULTILINE)[1:]]
    kept = tuple((lines[0].strip(), tuple(_text(line) for line in lines[1:] if _text(line))) for lines in sections)
    return Article(title[1].strip("\"' ") if title else "", kept)


def _text(line: str) -> str:
    """A line without list signs and reference marks; ``""`` for a reference's own line."""
    return "" if line.startswith("[^") else _MARK.sub("", line).strip().lstrip("-* ").strip()


def of_articles(
    pairs: Sequence[tuple[Article, Article]], similarity: Callable[[Sequence[str], Sequence[str]], np.ndarray]
) -> Iterator[Pair]:
    """Titles, aligned sentences, and up to three neighbours joined under title and section.

    ``similarity(chinese, english)`` is (n, m): how alike two sentences are, before anything is learnt.
    """
    for zh, en in pairs:
        yield zh.title, en.title
        for (zh_name, zh_lines), (en_name, en_lines) in zip(zh.sections, en.sections, strict=False):
            if not zh_lines or not en_lines:
                continue
            beads = aligned(zh_lines, en_lines, similarity(zh_lines, en_lines))
            yield from beads
            zh_head, en_head = f"{zh.title}\n{zh_name}\n", f"{en.title}\n{en_name}\n"
            for start in range(len(beads)):
                window = beads[start : start + _WINDOW]
                yield zh_head + "".join(p[0] for p in window), en_head + " ".join(p[1] for p in window)


def aligned(zh: Sequence[str], en: Sequence[str], similarity: np.ndarray) -> list[Pair]:
    """Sentences that belong together, in order: one to one, or two to one either way (Gale and Church, 1993)."""
    n, m = similarity.shape
    best = np.full((n + 1, m + 1), -np.inf)
    came: dict[tuple[int, int], tuple[int, int]] = {}
    best[0, 0] = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            for a, b in ((1, 1), (1, 2), (2, 1), (1, 0), (0, 1)):
                if i >= a and j >= b:
                    worth = _worth(similarity[i - a : i, j - b : j])
                    if best[i - a, j - b] + worth > best[i, j]:
                        best[i, j], came[i, j] = best[i - a, j - b] + worth, (a, b)
    beads: list[Pair] = []
    i, j = n, m
    while i or j:
        a, b = came[i, j]
        if a and b:
            beads.append(("".join(zh[i - a : i]), " ".join(en[j - b : j])))
        i, j = i - a, j - b
    return beads[::-1]


def _worth(block: np.ndarray) -> float:
    """What a bead adds: every sentence is worth its best partner, or a little when it has none."""
    a, b = block.shape
    return _SKIPPED / 2 if not a or not b else float(block.mean()) * (a + b) / 2
