"""Whole answers over a small fixed library: a change of wording here is a change that readers see."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.engine import Engine, Parts
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Answered
from medqa.domain.conversation import Query, Question
from medqa.domain.document import Metadata
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage
from medqa.domain.safety import Screening

FOLDER = Path(__file__).parent / "answers"


def _hits() -> list[Hit]:
    """Every passage of the library, English and Chinese."""
    rows = json.loads((FOLDER / "passages.json").read_text("utf-8"))
    hits = []
    for rank, row in enumerate(rows, 1):
        metadata = Metadata(
            title=row["title"],
            source_id="golden",
            source="Test",
            language=row["language"],
            aliases=tuple(row["aliases"]),
            audience=row["audience"],
        )
        known = {name: row[name] for name in ("id", "document_id", "ordinal", "text", "section", "language")}
        similarity = 0.6 if row["language"] == "en" else None
        hits.append(Hit(rank=rank, score=1 / rank, passage=Passage(**known), metadata=metadata, similarity=similarity))
    return hits


class _Fixed:
    """Screens nothing, understands a question as it stands, finds the whole library."""

    def screen(self, text: str, turns: object = (), **known: object) -> Screening:
        return Screening()

    def understand(self, question: Question) -> Query:
        return Query(text=question.text, standalone=question.text, language=language_of(question.text))

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        return _hits()


def answer(question: str, language: str, audience: str) -> str | None:
    """The text of the answer, or ``None`` when MedQA abstains."""
    fixed = _Fixed()
    parts = Parts(screener=fixed, understanding=fixed, retriever=fixed, chat_model=Extractive(), verifier=Lexical())
    asked = Question(text=question, language=language, audience=audience)  # type: ignore[arg-type]
    reply = asyncio.run(Engine(parts, snapshot_id="golden").ask(asked))
    return reply.outcome.text if isinstance(reply.outcome, Answered) else None


def _rows() -> list[dict[str, str]]:
    file = FOLDER / "answers.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["question"])
def test_the_answer_reads_as_before(row: dict[str, str]) -> None:
    assert answer(row["question"], row["language"], row["audience"]) == row["answer"]
