"""Whatever is asked of whatever passages, every sentence of the answer stands word for word in one of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.engine import Engine, Parts
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Answered
from medqa.domain.conversation import Audience, Query, Question, Turn
from medqa.domain.document import Metadata, Source
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage
from medqa.domain.safety import Screening
from medqa.ingest.chunkers.sections import plugin as chunker
from medqa.ingest.parsers.markdown import plugin as parser

ARTICLES = Path(__file__).resolve().parents[3] / "knowledge_base" / "medqa-starter" / "files"
SOURCE = Source(id="medqa-starter", title="MedQA starter articles", publisher="MedQA project")
QUESTIONS = {
    "en": ("What is {}?", "symptoms of {}", "how is {} treated", "is {} contagious", "how long does {} last",
           "can I eat fruit with {}", "{}", "{} dose", "when should I see a doctor about {}", "{} in pregnancy"),
    "zh": ("什么是{}", "{}有什么症状", "{}怎么治疗", "{}会传染吗", "{}能治好吗", "{}能吃水果吗", "{}",
           "{}吃多少", "{}什么时候看医生", "孕妇{}怎么办"),
}  # fmt: skip


@cache
def library() -> tuple[tuple[Passage, Metadata], ...]:
    """The passages of thirty starter articles in each language, cut as ingestion cuts them."""
    paths = [path for language in ("en", "zh") for path in sorted((ARTICLES / language).glob("*.md"))[:30]]
    documents = [document for path in paths for document in parser().parse(path, SOURCE)]
    return tuple((passage, d.metadata) for d in documents for passage in chunker().cut(d))


class Silent:
    def screen(self, text: str, turns: tuple[Turn, ...] = (), **known: object) -> Screening:
        return Screening()


class Plain:
    def understand(self, question: Question) -> Query:
        return Query(text=question.text, standalone=question.text, language=language_of(question.text))


class Fixed:
    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        return self.hits


@st.composite
def asked(draw: st.DrawFn) -> tuple[Question, list[Hit]]:
    """A question about one article, and hits of it among others."""
    entries = library()
    at = draw(st.integers(0, len(entries) - 1))
    passage, metadata = entries[at]
    near = entries[max(0, at - 4) : at + 5]
    far = draw(st.lists(st.sampled_from(entries), max_size=4))
    chosen = list({p.id: (p, m) for p, m in [*near, *far]}.values())
    hits = [Hit(rank=n, score=1 / n, passage=p, metadata=m, similarity=0.7) for n, (p, m) in enumerate(chosen, 1)]
    language = "zh" if passage.language == "zh" else "en"
    text = draw(st.sampled_from(QUESTIONS[language])).format(metadata.title)
    audience: Audience = draw(st.sampled_from(("patient", "clinician")))
    return Question(text=text, language=language, audience=audience), hits


@pytest.mark.asyncio
async def test_the_library_is_not_empty() -> None:
    assert len(library()) > 300


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(asked())
def test_every_sentence_of_every_answer_is_an_exact_quote(sample: tuple[Question, list[Hit]]) -> None:
    import asyncio

    question, hits = sample
    parts = Parts(
        screener=Silent(), understanding=Plain(), retriever=Fixed(hits), chat_model=Extractive(), verifier=Lexical()
    )
    reply = asyncio.run(Engine(parts, snapshot_id="test").ask(question))
    if not isinstance(reply.outcome, Answered):
        return
    stored = {hit.passage.id: hit.passage.text for hit in hits}
    citations = {citation.n: citation for citation in reply.outcome.citations}
    assert list(citations) == list(range(1, len(citations) + 1))
    for citation in citations.values():
        assert stored[citation.passage_id][citation.start : citation.end] == citation.quote
    for claim in reply.outcome.claims:
        assert claim.verdict == "supported"
        assert any(_bare(citations[n].quote) == _bare(claim.text) for n in claim.citations)
        assert claim.text in reply.outcome.text


def _bare(text: str) -> str:
    return "".join(text.replace("\n- ", "\n").split())
