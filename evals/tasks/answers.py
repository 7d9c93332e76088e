"""Whether answers are grounded, to the point, and left out where there is no evidence.

Without ``--data``: our own questions over the starter articles (``evals/data/answers.jsonl``). With a BEIR folder:
its queries as they are, and again with their relevant documents taken out of the hits.

Options: ``home`` (where the index is kept), ``split`` (dev), ``limit`` (queries of a BEIR folder, 0 for all);
``set=answers_silent`` for 40 questions each on something that the right article does not say (the cure, cost or
inheritance of its subject). What counts as saying it was settled on these 40, so that they flatter it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.corpora import application
from evals.harness import BeirFolder, Options, Report
from evals.scorers.proportions import share
from medqa.answer.engine import Engine
from medqa.domain.answer import Answered, HandedOver, Reply
from medqa.domain.conversation import Query, Question
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.protocols import Retriever
from medqa.settings import load_settings
from medqa.wiring import Application, open_application

_OWN = Path(__file__).parent.parent / "data"
_GRADED = 3


class Answers:
    """Answered and abstained shares, relevance of what is cited, exactness of quotes, time against the search."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures with 95% intervals; ``misses`` lists what went the wrong way, for reading."""
        if data is not None:
            return _beir(BeirFolder(data, options.get("split", "dev")), options)
        home = options.get("home")
        with open_application(load_settings(home=Path(home) if home else None)) as app:
            return asyncio.run(_own(app, str(options.get("set", "answers"))))


plugin = Answers


async def _own(app: Application, name: str) -> Report:
    rows = [json.loads(line) for line in (_OWN / f"{name}.jsonl").read_text("utf-8").splitlines()]
    replies = {row["id"]: await app.engine.ask(_question(row["question"], row["language"])) for row in rows}
    report: Report = {"questions": len(rows), "snapshot": app.snapshot.id}
    for language in ("en", "zh"):
        mine = [row for row in rows if row["language"] == language]
        answerable = [row for row in mine if row["kind"] == "answerable"]
        report[language] = {
            "answered_when_answerable": share(_answered(replies[r["id"]]) is not None for r in answerable),
            "cites_the_topic": share(
                any(row["topic"] in cited for cited in _documents(replies[row["id"]]))
                for row in answerable
                if _answered(replies[row["id"]])
            ),
            "abstained": {
                kind: share(_answered(replies[r["id"]]) is None for r in mine if r["kind"] == kind)
                for kind in sorted({row["kind"] for row in mine} - {"answerable"})
            },
        }
    wrong = [r for r in rows if (_answered(replies[r["id"]]) is None) == (r["kind"] == "answerable")]
    return {**report, **_grounding(app, replies.values()), "misses": [row["question"] for row in wrong]}


def _beir(folder: BeirFolder, options: Options) -> Report:
    app = application(folder, options)
    qrels = folder.qrels()
    relevant = 2 if max(g for grades in qrels.values() for g in grades.values()) >= _GRADED else 1
    gold = {q: frozenset(d for d, g in grades.items() if g >= relevant) for q, grades in qrels.items()}
    samples = [s for s in folder.samples("style") if gold.get(s.id)][: int(options.get("limit", "0")) or None]
    asked = {s.id: _question(s.text, language_of(s.text)) for s in samples}
    replies = asyncio.run(_ask_all(app.engine, asked))
    without = Engine(
        replace(app.engine.parts, retriever=_Without(app.retriever, asked, gold)), snapshot_id=app.snapshot.id
    )
    bereft = asyncio.run(_ask_all(without, asked))
    answered = {i: r for i, r in replies.items() if _answered(r)}
    return {
        "data": folder.path.name,
        "answered": share(i in answered for i in replies),
        "abstained_without_relevant_documents": share(_answered(r) is None for r in bereft.values()),
        "cites_a_relevant_document": share(bool(set(_documents(r)) & gold[i]) for i, r in answered.items()),
        **_grounding(app, replies.values()),
    }


async def _ask_all(engine: Engine, questions: Mapping[str, Question]) -> dict[str, Reply]:
    return {sample_id: await engine.ask(question) for sample_id, question in questions.items()}


@dataclass(frozen=True, slots=True)
class _Without:
    """A retriever over a corpus from which each question's relevant documents are missing."""

    retriever: Retriever
    questions: Mapping[str, Question]
    gold: Mapping[str, frozenset[str]]

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """The hits that are left."""
        ids = [i for i, question in self.questions.items() if question.text == query.text]
        gone = frozenset[str]().union(*(self.gold[i] for i in ids))
        hits = self.retriever.retrieve(query, k + 2 * len(gone))
        return [hit for hit in hits if hit.passage.document_id not in gone][:k]


def _grounding(app: Application, replies: Iterable[Reply]) -> dict[str, Any]:
    """Quotes against the stored passages, claims against their quotes, and time against the search inside."""
    exact, verbatim, ratios = [], [], []
    for reply in replies:
        search, total = reply.timings_ms["retrieve"], reply.timings_ms["total"]
        ratios += [total / search] if search else []
        answered = _answered(reply)
        if answered is None:
            continue
        quotes = {c.n: c.quote for c in answered.citations}
        for citation in answered.citations:
            stored = app.snapshot.passages.by_id(citation.passage_id)
            exact.append(stored is not None and stored[0].text[citation.start : citation.end] == citation.quote)
        for claim in answered.claims:
            verbatim.append(any(_bare(claim.text) == _bare(quotes[n]) for n in claim.citations))
    return {
        "quotes_are_exact": share(exact),
        "claims_are_verbatim": share(verbatim),
        "ask_over_search_median": round(sorted(ratios)[len(ratios) // 2], 2) if ratios else None,
    }


def _bare(text: str) -> str:
    """The words without white space and list marks."""
    return "".join(text.replace("\n- ", "\n").split()).replace("•", "")


def _answered(reply: Reply) -> Answered | None:
    outcome = reply.outcome.below if isinstance(reply.outcome, HandedOver) else reply.outcome
    return outcome if isinstance(outcome, Answered) else None


def _documents(reply: Reply) -> Sequence[str]:
    answered = _answered(reply)
    return [citation.document_id for citation in answered.citations] if answered else []


def _question(text: str, language: str) -> Question:
    return Question(text=text, language="zh" if language == "zh" else "en")
