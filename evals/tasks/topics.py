"""Asks 300 plain questions over all starter topics: is the right article cited, is the key fact said?

``evals/data/topics.jsonl``: ``slug`` names the right articles, the first being the one asked for and the others those
that say the same; ``key_fact`` holds regular expressions, any of which must match the answer. Both were written from
the question alone, before the system's answer was seen. ``--data DIR`` names a folder with another ``topics.jsonl``.
Options: ``language`` (en or zh, both).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from medqa.domain.answer import Citation, HandedOver
from medqa.domain.conversation import Question
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
        text = " ".join(self.answer.split())
        return self.answered and any(re.search(fact, text, re.IGNORECASE) for fact in self.sample["key_fact"])

    @property
    def right(self) -> bool:
        """The key fact, from the right article."""
        return self.right_article and self.key_fact


_MEASURES = ("right", "right_article", "right_article_first", "key_fact", "answered", "handed_over")


class Topics:
    """Plain questions over all starter topics: right article, key fact, exact quotes, with 95% intervals."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares by language, and every miss."""
        wanted = options.get("language")
        samples = [each for each in _samples(data) if wanted in (None, each["language"])]
        with open_application(load_settings(home=options.get("home"))) as application:
            asked = asyncio.run(_ask_all(application, samples))
        languages = ["all", *sorted({each.sample["language"] for each in asked})]
        return {
            "task": "topics",
            "snapshot": application.snapshot.id,
            "figures": {language: _figures(asked, language) for language in languages},
            "misses": [_miss(each) for each in asked if not each.right],
        }


plugin = Topics


def _samples(data: Path | None) -> Iterator[dict[str, Any]]:
    folder = data if data is not None else files("evals").joinpath("data")
    for line in folder.joinpath("topics.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


async def _ask_all(application: Application, samples: Sequence[dict[str, Any]]) -> list[Asked]:
    return [await _ask(application, sample) for sample in samples]


async def _ask(application: Application, sample: dict[str, Any]) -> Asked:
    reply = await application.engine.ask(Question(text=sample["question"], language=sample["language"]))
    _, citations = evidence_of(reply.outcome)
    return Asked(
        sample=sample,
        answer=answer_text(reply.outcome),
        cited=tuple(citation.document_id for citation in citations),
        quotes_exact=all(_is_exact(application, citation) for citation in citations),
        handed_over=isinstance(reply.outcome, HandedOver),
    )


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
    return {**asked.sample, "failed": failed, "cited": asked.cited, "answer": asked.answer}
