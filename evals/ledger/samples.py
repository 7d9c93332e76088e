"""The samples of the claims task: true claims as written and reworded, and what altering them makes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from evals.ledger.alterations import alterations
from evals.ledger.shelf import Article, holding
from medqa.answer.ledger.quantities import quantities, same
from medqa.domain.passage import Hit

TRUE_KINDS = ("verbatim", "reworded", "shortened", "merged", "cross")
_PER_ARTICLE = 3
_OTHERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A claim as a model could write it: ``marks`` count ``hits`` from 1, and may name none of them.

    ``kind`` is one of ``TRUE_KINDS`` or the alteration; ``split`` goes by document.
    """

    claim: str
    language: str
    kind: str
    hits: tuple[Hit, ...]
    marks: tuple[int, ...]
    split: str

    @property
    def is_true(self) -> bool:
        """Whether the cited passages say it."""
        return self.kind in TRUE_KINDS


def split_of(group: str) -> str:
    """``dev`` or ``test``, half of the documents each; the languages of one article lie in the same."""
    return "dev" if hashlib.sha256(group.encode()).digest()[0] % 2 else "test"


def samples(articles: Sequence[Article], *, own: bool, seed: int = 0) -> list[Sample]:
    """All samples of a corpus; with ``own`` those that were reworded by hand over the starter articles too."""
    found = [each for article in articles for each in _from_article(article, articles, seed)]
    return [*found, *_by_hand(articles, seed), *_translated(articles, seed)] if own else found


def _from_article(article: Article, articles: Sequence[Article], seed: int) -> Iterator[Sample]:
    dice = random.Random(f"{seed}/{article.id}")
    stated = list(article.statements())
    for at, claim in dice.sample(stated, min(_PER_ARTICLE, len(stated))):
        yield _sample(article, at, claim, "verbatim")
        yield from _altered(article, at, claim, articles, dice)
    yield from _merged(article, stated, dice)


def _merged(article: Article, stated: list[tuple[int, str]], dice: random.Random) -> Iterator[Sample]:
    """Two sentences as one claim: of one passage, or of two that are both cited."""
    if len(stated) < 2:
        return
    (first, one), (second, other) = dice.sample(stated, 2)
    joint = ("; ", "；")[article.language == "zh"]
    text = one[:-1] + joint + other
    marks = (1,) if first == second else (1, 2)
    hits = tuple(article.hits[at] for at in dict.fromkeys((first, second)))
    yield Sample(
        claim=text, language=article.language, kind="merged", hits=hits, marks=marks, split=split_of(article.group)
    )


def _by_hand(articles: Sequence[Article], seed: int) -> Iterator[Sample]:
    for row in rows_by_hand():
        article, at = holding(articles, row["article"], row["quote"])
        dice = random.Random(f"{seed}/{row['id']}")
        yield _sample(article, at, row["claim"], row["kind"], row["language"])
        for altered in row["altered"]:
            kind = "medicine" if altered["kind"] == "drug" else altered["kind"]
            yield _sample(article, at, altered["claim"], kind, row["language"])
        if row["language"] == article.language:
            yield from _altered(article, at, row["claim"], articles, dice, row["quote"])


def _translated(articles: Sequence[Article], seed: int) -> Iterator[Sample]:
    """Sentences that cite their translation: the one of the other language's article with the same amounts."""
    for article in articles:
        twins = [each for each in articles if each.id[3:] == article.id[3:] and each.language != article.language]
        theirs = [(twin, at, words, _amounts(words)) for twin in twins for at, words in twin.statements()]
        mine = [(words, _amounts(words)) for _, words in article.statements()]
        for words, amounts in mine:
            equal = [(twin, at, other) for twin, at, other, held in theirs if held == amounts]
            if len(amounts) > 1 and len(equal) == 1 == sum(held == amounts for _, held in mine):
                (twin, at, other) = equal[0]
                dice = random.Random(f"{seed}/{words}")
                yield _sample(twin, at, words, "cross", article.language)
                for altered in alterations(words, other, twin.hits[at].passage.text, dice):
                    yield _sample(twin, at, altered.text, f"{altered.kind} across", article.language)
                others = [each for each in articles if each.language == twin.language and each.group != twin.group]
                strangers = tuple(dice.choice(each.hits) for each in dice.sample(others, _OTHERS))
                yield _citing(article, words, "other passage across", strangers, (1,))


def _amounts(text: str) -> frozenset[tuple[float, str]]:
    return frozenset((round(q.value, 4), q.unit) for q in quantities(text) if q.unit)


def rows_by_hand() -> list[dict[str, Any]]:
    """The rows of ``evals/data/claims/reworded.jsonl``."""
    lines = files("evals").joinpath("data/claims/reworded.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _altered(
    article: Article, at: int, claim: str, articles: Sequence[Article], dice: random.Random, source: str = ""
) -> Iterator[Sample]:
    passage = article.hits[at].passage.text
    for altered in alterations(claim, source or claim, passage, dice):
        yield _sample(article, at, altered.text, altered.kind)
    others = [each for each in articles if each.language == article.language and each.group != article.group]
    strangers = tuple(
        hit
        for each in dice.sample(others, min(_OTHERS, len(others)))
        if not _may_say(claim, hit := dice.choice(each.hits))
    )
    if strangers:
        yield _citing(article, claim, "other passage", strangers, (1,))
        yield _citing(article, claim, "invented citation", strangers, (len(strangers) + 7,))


def _may_say(claim: str, hit: Hit) -> bool:
    """Whether the passage holds the claim, or all of its amounts, and so may state the same fact."""
    if claim in hit.passage.text:
        return True
    amounts = [q for q in quantities(claim) if q.unit]
    held = quantities(hit.passage.text)
    return bool(amounts) and all(any(same(q, p) for p in held) for q in amounts)


def _sample(article: Article, at: int, claim: str, kind: str, language: str | None = None) -> Sample:
    return Sample(
        claim=claim,
        language=language or article.language,
        kind=kind,
        hits=(article.hits[at],),
        marks=(1,),
        split=split_of(article.group),
    )


def _citing(article: Article, claim: str, kind: str, hits: tuple[Hit, ...], marks: tuple[int, ...]) -> Sample:
    return Sample(
        claim=claim, language=article.language, kind=kind, hits=hits, marks=marks, split=split_of(article.group)
    )
