"""Asks a running application many questions, and keeps what its chat model wrote beside what the reader was shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace

from evals.scorers.citations import Statement
from medqa.answer.engine import Engine
from medqa.answer.ledger.claims import split
from medqa.domain.answer import Answered, HandedOver, Reply
from medqa.domain.conversation import Audience, Query, Question
from medqa.domain.passage import Hit
from medqa.protocols import ChatModel, Retriever
from medqa.wiring import Application

IsGold = Callable[[str], bool]
"""Whether a document, by id, is one that answers the question."""

_DEEPER = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's reply, and what the configured chat model wrote on the way, from which hits."""

    reply: Reply
    written: str
    hits: tuple[Hit, ...]

    @property
    def answered(self) -> Answered | None:
        """The answer that was shown, below a card too."""
        outcome = self.reply.outcome.below if isinstance(self.reply.outcome, HandedOver) else self.reply.outcome
        return outcome if isinstance(outcome, Answered) else None

    def written_statements(self) -> list[Statement]:
        """The sentences as the model wrote them; marks of passages that do not exist cite nothing."""
        return [
            Statement(d.text, tuple(self.hits[n - 1].passage for n in d.marks if 1 <= n <= len(self.hits)))
            for d in split(self.written)
        ]

    def shown_statements(self) -> list[Statement]:
        """The claims that the reader was shown."""
        if self.answered is None:
            return []
        held = {hit.passage.id: hit.passage for hit in self.hits}
        cited = {c.n: held[c.passage_id] for c in self.answered.citations if c.passage_id in held}
        return [
            Statement(claim.text, tuple(cited[n] for n in claim.citations if n in cited))
            for claim in self.answered.claims
        ]


async def ask_all(
    application: Application, questions: Sequence[Question], without: Sequence[IsGold] = (), *, at_once: int = 4
) -> list[Asked]:
    """Every question's reply, in order; ``without`` takes each question's gold documents out of what is found."""
    gate = asyncio.Semaphore(at_once)

    async def ask(place: int) -> Asked:
        async with gate:
            return await _ask(application, questions[place], without[place] if without else None)

    return list(await asyncio.gather(*(ask(place) for place in range(len(questions)))))


async def _ask(application: Application, question: Question, is_gold: IsGold | None) -> Asked:
    engine = application.engine
    recorder = _Recorder(engine.parts.chat_model)
    retriever: Retriever = _Without(engine.parts.retriever, is_gold) if is_gold else engine.parts.retriever
    parts = replace(engine.parts, chat_model=recorder, retriever=retriever)
    reply = await Engine(parts, snapshot_id=engine.snapshot_id, options=engine.options).ask(question)
    return Asked(reply, "".join(recorder.written), recorder.hits)


class _Recorder:
    """A chat model that keeps what it writes. A retry begins anew."""

    def __init__(self, model: ChatModel) -> None:
        self.id = model.id
        self.prompt_sha256 = model.prompt_sha256
        self._model = model
        self.written: list[str] = []
        self.hits: tuple[Hit, ...] = ()

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncGenerator[str]:
        self.written, self.hits = [], tuple(hits)
        async for piece in self._model.stream(query, hits, audience=audience):
            self.written.append(piece)
            yield piece


@dataclass(frozen=True, slots=True)
class _Without:
    """A retriever over a corpus from which the gold documents are missing."""

    retriever: Retriever
    is_gold: IsGold

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """The hits that are left, at most ``k``."""
        hits = self.retriever.retrieve(query, _DEEPER * k)
        left = [hit for hit in hits if not self.is_gold(hit.passage.document_id)][:k]
        return [replace(hit, rank=rank) for rank, hit in enumerate(left, start=1)]
