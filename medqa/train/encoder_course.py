"""``medqa train chinese`` from beginning to end: pairs, tokens, learning, measuring, files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medqa.train import encoder_pairs, encoder_rows, encoder_vocabulary
from medqa.train.card import settings_block, table, write_card
from medqa.train.encoder_chinese import ChineseConfig, Pupil, teach
from medqa.train.encoder_pairs import Article, Concept, Pair
from medqa.train.workshop import Progress

_TAUGHT_AT_ONCE = 64
_WORD_ROWS = "embeddings.word_embeddings.weight"
_SIGNS = dict(zip("，。？！：；、（）“”《》％～", ',.?!:;,()""""%~', strict=True))  # begin as their English likes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """What the product knows of both languages. ``encode`` gives the encoder's vectors of English texts (n, dim);
    ``translate`` the English words that the lexicon finds in a Chinese text; ``cut`` Chinese words."""

    concepts: Sequence[Concept]
    articles: Path
    encode: Callable[[Sequence[str]], np.ndarray]
    translate: Callable[[str], str]
    cut: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChineseRun:
    """What a run did. ``accuracy``: the share of held-out sentences nearest to their twin, by the English words of the
    lexicon, by the encoder before, and after."""

    tokens: int
    pairs: int
    losses: Sequence[float]
    accuracy: tuple[float, float, float]


def run(config: ChineseConfig, folder: Path, known: Bilingual, progress: Progress | None) -> ChineseRun:
    """Teaches the encoder in ``folder``; writes rows, tokens and a card to ``config.output``."""
    articles = list(encoder_pairs.articles(known.articles))
    held = articles[:: config.hold_out]
    pairs, test = _pairs(config, known, [pair for pair in articles if pair not in held]), _sentences(held, known)
    texts = sorted({english for _, english in pairs}, key=len)
    targets = dict(zip(texts, known.encode(texts), strict=True))
    tokens, rows = _beginning(config, folder, known, articles)
    pupil = Pupil(folder, tokens, rows)
    before = _accuracy(pupil, test, known)
    losses = teach(pupil, pairs, targets, config, progress)
    encoder_rows.write(config.output, tokens, pupil.numbers, pupil.rows.detach().numpy())
    by_words = _nearest(known.encode([known.translate(zh) for zh, _ in test]), test, known)
    accuracy = (by_words, before, _accuracy(pupil, test, known))
    done = ChineseRun(tokens=len(tokens), pairs=len(pairs), losses=losses, accuracy=accuracy)
    _write_card(config, done)
    return done


def _pairs(config: ChineseConfig, known: Bilingual, articles: Sequence[tuple[Article, Article]]) -> list[Pair]:
    """Everything to learn from, running text twice, without what is asked in an evaluation."""
    running = _sentences(articles, known, with_windows=True)
    composed = encoder_pairs.composed(known.concepts, config.sentences, seed=config.seed)
    excluded = set(_questions(config.exclude_questions))
    whole = [*running, *running, *encoder_pairs.of_concepts(known.concepts), *composed]
    return [pair for pair in whole if pair[0] not in excluded]


def _sentences(
    articles: Sequence[tuple[Article, Article]], known: Bilingual, *, with_windows: bool = False
) -> list[Pair]:
    def similarity(zh: Sequence[str], en: Sequence[str]) -> np.ndarray:
        chinese = known.encode([known.translate(text) for text in zh])
        alike: np.ndarray = chinese @ known.encode(en).T
        return alike

    found = encoder_pairs.of_articles(articles, similarity)
    return [pair for pair in found if with_windows or "\n" not in pair[0]]


def _beginning(
    config: ChineseConfig, folder: Path, known: Bilingual, articles: Sequence[tuple[Article, Article]]
) -> tuple[list[str], np.ndarray]:
    """Tokens and their first rows: those of ``config.begin``, or new ones."""
    if config.begin is not None:
        return encoder_rows.read(config.begin)
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    matrix: np.ndarray = load_file(folder / "model.safetensors")[_WORD_ROWS]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()

    def english(text: str) -> np.ndarray:
        mean: np.ndarray = matrix[tokenizer.encode(text, add_special_tokens=False).ids].mean(axis=0)
        return mean

    lines = [line for zh, _ in articles for _, section in zh.sections for line in section]
    forms = [form for concept in known.concepts for form in concept.zh]
    seen = Counter(word for line in lines for word in known.cut(line))
    single = encoder_vocabulary.characters([*lines, *forms], encoder_vocabulary.common_characters())
    tokens = list(dict.fromkeys([*single, *encoder_vocabulary.words(known.concepts, seen, least=config.least_seen)]))
    rows = encoder_vocabulary.beginnings(tokens, known.concepts, english, fallback=matrix.mean(axis=0))
    for sign, like in _SIGNS.items():
        rows[tokens.index(sign)] = english(like)
    return tokens, rows


def _accuracy(pupil: Pupil, test: Sequence[Pair], known: Bilingual) -> float:
    import torch

    chinese = [pupil.ids(zh) for zh, _ in test]
    starts = range(0, len(chinese), _TAUGHT_AT_ONCE)
    with torch.no_grad():
        parts = [pupil.encode(chinese[start : start + _TAUGHT_AT_ONCE]).numpy() for start in starts]
    return _nearest(np.concatenate(parts), test, known)


def _nearest(chinese: np.ndarray, test: Sequence[Pair], known: Bilingual) -> float:
    """The share of rows whose own twin is the nearest of all."""
    nearest = (chinese @ known.encode([en for _, en in test]).T).argmax(axis=1)
    return float((nearest == np.arange(len(test))).mean())


def _questions(files: Sequence[Path]) -> list[str]:
    rows = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    return [str(row[name]) for row in rows for name in ("zh", "text", "question") if name in row]


def _write_card(config: ChineseConfig, done: ChineseRun) -> None:
    names = ("by the lexicon's English words", "before", "after")
    facts = [("tokens", done.tokens), ("pairs", done.pairs), ("losses by 100 steps", ", ".join(map(str, done.losses)))]
    write_card(
        config.output,
        "Chinese rows for all-MiniLM-L6-v2",
        front={"language": ["en", "zh"], "base_model": "sentence-transformers/all-MiniLM-L6-v2", "tags": ["medqa"]},
        sections={
            "Held-out sentences nearest to their English twin": table(
                ("by", "share"), list(zip(names, done.accuracy, strict=True))
            ),
            "Training": table(("what", "value"), facts),
            "Settings": settings_block(config.model_dump(mode="json")),
        },
        is_model=False,
    )
