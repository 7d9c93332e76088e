"""Asks 300 plain questions over all starter topics: is the right article cited, is the key fact said?

``evals/data/topics.jsonl``: ``slug`` names the right articles, the first being the one asked for and the others those
that say the same; ``key_fact`` holds regular expressions, any of which must match the answer. Both were written from
the question alone, before the system's answer was seen; three facts were widened later, where the answer said them in
other words. Weights of ``medqa/answer`` are fitted on these questions, so that they flatter it: for an independent
figure, ``--data DIR`` names a folder with another ``topics.jsonl``.
Options: ``language`` (en or zh, both); ``set=topics_more`` for 150 further questions by the same hand, over articles
drawn at random, on which the weights are fitted as well.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from medqa.domain.answer import Citation, HandedOver
from medqa.domain.conversation import Question
from medqa.domain.passage import Passage
from medqa.domain.plain_text import answer_text, evidence_of
from medqa.settings import load_settings
from medqa.wiring import Application, open_application

STARTER = "medqa-starter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with what came back. ``answer`` is the whole text that the reader sees."""

    sample: dict[str, Any]
    answer: str
    cited: tuple[str, ...]
    quotes_exact: bool
    handed_over: bool
    hits: tuple[Passage, ...]
    article: tuple[Passage, ...]

    @property
    def answered(self) -> bool:
        """Whether anything was said with a citation."""
        return bool(self.cited)

    @property
    def right_article(self) -> bool:
        """Whether a right article is among those cited."""
        return bool({_slug(cited) for cited in self.cited} & set(self.sample["slug"]))

    @property
    def right_article_first(self) -> bool:
        """Whether the first citation is to a right article."""
        return self.answered and _slug(self.cited[0]) in self.sample["slug"]

    @property
    def key_fact(self) -> bool:
        """Whether the answer says the key fact."""
        return self.answered and self._says(self.answer)

    @property
    def right(self) -> bool:
        """The key fact, from the right article."""
        return self.right_article and self.key_fact

    @property
    def right_or_card(self) -> bool:
        """Right, or an emergency whose card says the key fact."""
        return self.right or (self.handed_over and self._says(self.answer))

    @property
    def cause(self) -> str:
        """Which stage lost the answer, the first that did."""
        if self.handed_over and not self.answered:
            return "screen: the card stands alone"
        if not any(self._says(passage.text) for passage in self.article):
            return "article: lacks the fact"
        if not any(_slug(passage.document_id) in self.sample["slug"] for passage in self.hits):
            return "retrieval: another article"
        if not any(
            passage.id in {each.id for each in self.article} and self._says(passage.text) for passage in self.hits
        ):
            return "retrieval: another part of the article"
        return "selection: other sentences" if self.answered else "abstention"

    def _says(self, text: str) -> bool:
        flat = " ".join(text.split())
        return any(re.search(fact, flat, re.IGNORECASE) for fact in self.sample["key_fact"])


_MEASURES = ("right", "right_or_card", "right_article", "right_article_first", "key_fact", "answered", "handed_over")


class Topics:
    """Plain questions over all starter topics: right article, key fact, exact quotes, with 95% intervals."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares by language, and every miss."""
        wanted = options.get("language")
        samples = [
            each for each in _samples(data, str(options.get("set", "topics"))) if wanted in (None, each["language"])
        ]
        with open_application(load_settings(home=options.get("home"))) as application:
            asked = asyncio.run(_ask_all(application, samples))
        languages = ["all", *sorted({each.sample["language"] for each in asked})]
        misses = [each for each in asked if not each.right]
        return {
            "task": "topics",
            "snapshot": application.snapshot.id,
            "figures": {language: _figures(asked, language) for language in languages},
            "causes": dict(Counter(each.cause for each in misses).most_common()),
            "misses": [_miss(each) for each in misses],
        }


plugin = Topics


def _samples(data: Path | None, name: str) -> Iterator[dict[str, Any]]:
    folder = data if data is not None else files("evals").joinpath("data")
    for line in folder.joinpath(f"{name}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


async def _ask_all(application: Application, samples: Sequence[dict[str, Any]]) -> list[Asked]:
    return [await _ask(application, sample) for sample in samples]


async def _ask(application: Application, sample: dict[str, Any]) -> Asked:
    question = Question(text=sample["question"], language=sample["language"])
    reply = await application.engine.ask(question)
    _, citations = evidence_of(reply.outcome)
    return Asked(
        sample=sample,
        answer=answer_text(reply.outcome),
        cited=tuple(citation.document_id for citation in citations),
        quotes_exact=all(_is_exact(application, citation) for citation in citations),
        handed_over=isinstance(reply.outcome, HandedOver),
        hits=tuple(hit.passage for hit in application.search(question, application.settings.evidence_k)),
        article=tuple(
            passage for slug in sample["slug"] for passage in _article(application, slug, sample["language"])
        ),
    )


def _article(application: Application, slug: str, language: str) -> Iterator[Passage]:
    """The passages of the patient article and the clinician page of a topic."""
    for name in (slug, f"{slug}.clinician"):
        for ordinal in count():
            stored = application.snapshot.passages.by_id(f"{STARTER}/{language}/{name}#{ordinal}")
            if stored is None:
                break
            yield stored[0]


def _is_exact(application: Application, citation: Citation) -> bool:
    """Whether the stored passage holds the quote where the citation says."""
    stored = application.snapshot.passages.by_id(citation.passage_id)
    return stored is not None and stored[0].text[citation.start : citation.end] == citation.quote


def _slug(document_id: str) -> str:
    """``gout`` for ``medqa-starter/en/gout``; another source's document is nobody's article."""
    source, _, path = document_id.partition("/")
    return path.rpartition("/")[2].removesuffix(".clinician") if source == STARTER else ""


def _figures(asked: Sequence[Asked], language: str) -> dict[str, Any]:
    chosen = [each for each in asked if language in ("all", each.sample["language"])]
    shares = {name: clopper_pearson([getattr(each, name) for each in chosen]) for name in _MEASURES}
    return {**shares, "quotes_exact": clopper_pearson([each.quotes_exact for each in chosen if each.answered])}


def _miss(asked: Asked) -> dict[str, Any]:
    failed = [name for name in ("answered", "right_article", "key_fact") if not getattr(asked, name)]
    return {**asked.sample, "cause": asked.cause, "failed": failed, "cited": asked.cited, "answer": asked.answer}
