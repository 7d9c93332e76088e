"""The way of a question: screen, understand, retrieve, weigh, generate, verify, guard. One path for ask and stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from medqa.answer.evidence.attached import own_evidence
from medqa.answer.evidence.contrary import Contradictions
from medqa.answer.evidence.sifting import Sifted, sift
from medqa.answer.evidence.weigh import ENOUGH, Evidence, is_other_language, weigh
from medqa.answer.generation.assistance import FollowUps, Relevance
from medqa.answer.generation.drafting import Care, Writer
from medqa.answer.ledger.claims import Draft
from medqa.answer.notice import abstention, notice, other_language, own_document, quoted_instead, wrong_language
from medqa.answer.showing import Shown
from medqa.domain.answer import (
    Abstained,
    Answered,
    ClaimsChecked,
    Declined,
    Done,
    Event,
    HandedOver,
    Outcome,
    PassagesFound,
    Provenance,
    Reply,
    SafetyScreened,
    Token,
)
from medqa.domain.conversation import Query, Question
from medqa.domain.language import is_in_other_language
from medqa.domain.safety import Screening
from medqa.errors import ChatModelError
from medqa.protocols import (
    ChatModel,
    Counsel,
    Guard,
    QueryUnderstanding,
    Recorder,
    Recording,
    Retriever,
    Screener,
    SecondOpinion,
    Verifier,
)
from medqa.telemetry import Stopwatch, new_id

_log = logging.getLogger(__name__)
_DEEPER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an engine answers. ``evidence_k`` passages are searched; ``enough`` is the strength that answers need."""

    evidence_k: int = 22
    enough: float = ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an engine is made of. ``fallback`` answers, openly labelled, when ``chat_model`` cannot.

    ``care`` is how a chat model that may fail is treated. ``contradictions`` finds what says the opposite of a
    statement; without it clinicians are not told. ``follow_ups``, ``relevance`` and ``second_opinion`` are a
    served model's aids; without them rules make follow-ups stand alone, no passage is judged, and the screener alone
    decides on safety. ``recorder`` keeps the audit log, where one is wanted.
    """

    screener: Screener
    understanding: QueryUnderstanding
    retriever: Retriever
    chat_model: ChatModel
    verifier: Verifier
    fallback: ChatModel | None = None
    guards: Sequence[Guard] = ()
    counsel: Counsel | None = None
    care: Care = field(default_factory=Care)
    follow_ups: FollowUps | None = None
    relevance: Relevance | None = None
    second_opinion: SecondOpinion | None = None
    contradictions: Contradictions | None = None
    recorder: Recorder | None = None


class Engine:
    """Answers questions from one snapshot. Holds no state of a conversation: one engine serves everybody."""

    def __init__(self, parts: Parts, *, snapshot_id: str, options: Options | None = None) -> None:
        self.parts = parts
        self.snapshot_id = snapshot_id
        self.options = options or Options()
        self.writer = Writer(parts.chat_model, parts.care)
        self.fallback = Writer(parts.fallback) if parts.fallback else None

    async def ask(self, question: Question) -> Reply:
        """The whole reply: the stream, read to its end."""
        async with contextlib.aclosing(self.stream(question)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.reply
        raise AssertionError("a stream ends with Done")

    async def stream(self, question: Question) -> AsyncGenerator[Event]:
        """SafetyScreened, PassagesFound, Token (many), ClaimsChecked, Done. Closing it stops the work.

        Raises SnapshotError when the index cannot be read.
        """
        events = _Run(self, question).events()
        if self.parts.recorder is not None:
            events = _recorded(events, self.parts.recorder.begin(question))
        async with contextlib.aclosing(events) as told:
            async for event in told:
                yield event


async def _recorded(events: AsyncGenerator[Event], recording: Recording) -> AsyncGenerator[Event]:
    """The events, their end put on record; also when the reader leaves before it."""
    screening, is_whole = Screening(), False
    try:
        async with contextlib.aclosing(events) as told:
            async for event in told:
                if isinstance(event, SafetyScreened):
                    screening = event.screening
                elif isinstance(event, Done):
                    is_whole = True
                    recording.answered(event.reply)  # before it is handed out: many readers close the stream on it
                yield event
    finally:
        if not is_whole:
            recording.broken_off(screening)


class _Run:
    """One question on its way through the engine."""

    def __init__(self, engine: Engine, question: Question) -> None:
        self.parts = engine.parts
        self.options = engine.options
        self.snapshot_id = engine.snapshot_id
        self.question = question
        self.watch = Stopwatch()
        self.writer = engine.writer
        self.fallback = engine.fallback
        self.degraded = False
        self.instead = ""
        self.has_begun = asyncio.Event()
        self.sifted = Sifted()
        self.otherwise: tuple[str, ...] = ()

    async def events(self) -> AsyncGenerator[Event]:
        with self.watch.stage("screen"):
            screening = await asyncio.to_thread(self._screen)
        yield SafetyScreened(screening)
        if screening.takeover and screening.level == "crisis":
            yield PassagesFound(())
            yield ClaimsChecked((), ())
            yield Done(self._reply(screening, None))
            return
        async with (
            self._second_opinion(screening) as opinion,
            contextlib.aclosing(self._answer(screening, opinion)) as events,
        ):
            async for event in events:
                yield event

    async def _answer(self, screening: Screening, opinion: asyncio.Task[Screening] | None) -> AsyncGenerator[Event]:
        """What follows a message that is not a crisis; ``opinion`` is heard at the end and delays nothing before it."""
        query, evidence = await self._evidence()
        yield PassagesFound(evidence.hits)
        shown = Shown(evidence.hits, self.question, self.parts.verifier, self.parts.guards, self.watch)
        async with contextlib.aclosing(self._tokens(query, evidence, shown)) as tokens:
            async for token in tokens:
                yield token
        self.has_begun.set()
        answered = shown.answered()
        outcome: Answered | Abstained = answered or self._abstained(query)
        if answered and self.parts.contradictions and self.question.audience == "clinician":
            self.otherwise = await asyncio.to_thread(self._otherwise, answered, self.parts.contradictions)
        if answered is None and not screening.takeover:
            yield Token(outcome.text)
        yield ClaimsChecked(*((answered.claims, answered.citations) if answered else ((), ())))
        yield Done(self._reply(await opinion if opinion else screening, outcome))

    @contextlib.asynccontextmanager
    async def _second_opinion(self, screening: Screening) -> AsyncGenerator[asyncio.Task[Screening] | None]:
        """The served model's opinion on a message that raised no alarm, being formed while the answer goes on."""
        if self.parts.second_opinion is None or screening.level != "none":
            yield None
            return
        task = asyncio.create_task(self._heard(self.parts.second_opinion))
        try:
            yield task
        finally:
            task.cancel()

    async def _heard(self, second: SecondOpinion) -> Screening:
        """The opinion, asked for once the answer has begun: the prompt that the reader waits for is read first.

        None of a model that has just failed: its reader has waited long enough.
        """
        await self.has_begun.wait()
        return Screening() if self.degraded else await second.opinion(self.question)

    def _screen(self) -> Screening:
        asked = self.question
        return self.parts.screener.screen(
            asked.text, asked.turns, language=asked.language, jurisdiction=asked.jurisdiction
        )

    async def _evidence(self) -> tuple[Query, Evidence]:
        """The query and the evidence for it; no hits when they are too weak to answer from."""
        question, follow_ups, relevance = self.question, self.parts.follow_ups, self.parts.relevance
        if follow_ups and question.turns and self._may_assist():
            with self.watch.stage("retrieve"), self.watch.stage("assist"):
                question = await follow_ups.standalone(question, within_s=self._assistance_s())
        query, evidence = await asyncio.to_thread(self._find, question)
        if relevance and evidence.hits and not evidence.is_own and self._may_assist():
            with self.watch.stage("retrieve"), self.watch.stage("assist"):
                helping = await relevance.relevant(query, evidence.hits, within_s=self._assistance_s())
                evidence = replace(evidence, hits=helping)
        return query, evidence

    def _may_assist(self) -> bool:
        """Whether the model may be asked for help: its server is not being left alone, and some time is left for it."""
        return not self.parts.care.breaker.is_open and self._assistance_s() > 0.0

    def _assistance_s(self) -> float:
        return self.parts.care.deadlines.assistance_s - self.watch.spent_s("assist")

    def _find(self, question: Question) -> tuple[Query, Evidence]:
        with self.watch.stage("retrieve"):
            query = replace(self.parts.understanding.understand(question), text=self.question.text)
            if is_other_language(self.question.text):
                return query, Evidence((), 0.0, query.language)
            self.sifted = self._sifted(query)
        with self.watch.stage("generate"):
            own = own_evidence(query, self.sifted.sound, self.options.evidence_k)
            if own is not None:
                return query, own
            evidence = weigh(query, self.sifted.sound, self.options.evidence_k)
            if evidence.strength < self.options.enough and self.sifted.has_echoes:
                evidence = weigh(query, self.sifted.hits, self.options.evidence_k)
        return query, evidence if evidence.strength >= self.options.enough else replace(evidence, hits=())

    def _sifted(self, query: Query) -> Sifted:
        """Hits that may be evidence; where unfit ones flood the list, it is searched further down."""
        wanted = 2 * self.options.evidence_k  # about half may be in the language that was not asked in
        hits = self.parts.retriever.retrieve(query, wanted)
        fit = sift(query, hits)
        if len(hits) == wanted and len(fit.sound) < wanted // 2:
            fit = sift(query, self.parts.retriever.retrieve(query, _DEEPER * wanted), wanted)
        return fit

    async def _tokens(self, query: Query, evidence: Evidence, shown: Shown) -> AsyncGenerator[Token]:
        if not evidence.hits:
            return
        if evidence.is_own:
            shown.preface(own_document(self.question.language, evidence.titles))
        elif evidence.language != self.question.language:
            shown.preface(other_language(self.question.language))
        async with contextlib.aclosing(self._drafts(query, evidence, shown)) as written:
            async for draft in written:
                self.has_begun.set()
                text = await asyncio.to_thread(shown.show, draft)
                if text:
                    yield Token(text)

    async def _drafts(self, query: Query, evidence: Evidence, shown: Shown) -> AsyncGenerator[Draft]:
        """What the chat model writes; the fallback's words where it fails or nothing that it wrote holds."""
        wrote = False
        try:
            async with contextlib.aclosing(self._written(self.writer, query, evidence, shown)) as written:
                async for draft in written:
                    wrote = True
                    if not is_in_other_language(draft.text, (self.question.language, evidence.language)):
                        yield draft
        except ChatModelError as err:
            if self.fallback is None:
                raise
            _log.warning("chat model failed, answering with %s: %s", self.fallback.model.id, err)
        else:
            if shown.stands or not wrote or self.fallback is None:
                return
        self.writer, self.degraded = self.fallback, True
        self.instead = quoted_instead(self.question.language, is_rest=shown.has_own_words)
        shown.start_over()
        async with contextlib.aclosing(self._written(self.writer, query, evidence, shown)) as written:
            async for draft in written:
                if not shown.holds(draft):
                    yield draft

    def _written(self, writer: Writer, query: Query, evidence: Evidence, shown: Shown) -> AsyncGenerator[Draft]:
        return writer.drafts(
            query,
            evidence.hits,
            self.question.audience,
            watch=self.watch,
            has_shown=lambda: bool(shown.claims),
        )

    def _otherwise(self, answered: Answered, contradictions: Contradictions) -> tuple[str, ...]:
        with self.watch.stage("verify"):
            return contradictions.notes(answered, self.question.language)

    def _abstained(self, query: Query) -> Abstained:
        language = self.question.language
        if is_other_language(self.question.text):
            return Abstained(text=wrong_language(language))
        return Abstained(text=abstention(language, query.looked_for), looked_for=query.looked_for)

    def _reply(self, screening: Screening, below: Answered | Abstained | None) -> Reply:
        outcome = _outcome(screening, below)
        questions, reminders = self._counsel(screening, outcome)
        timings = {"screen": 0.0, "retrieve": 0.0, "generate": 0.0, "verify": 0.0, **self.watch.timings_ms()}
        return Reply(
            id=new_id(),
            question=self.question.text,
            language=self.question.language,
            audience=self.question.audience,
            outcome=outcome,
            screening=screening,
            notice=notice(self.question.language),
            provenance=Provenance(
                chat_model=self.writer.model.id,
                index_snapshot=self.snapshot_id,
                degraded=self.degraded,
                prompt_sha256=self.writer.model.prompt_sha256,
            ),
            timings_ms=timings,
            questions=questions,
            reminders=reminders,
        )

    def _counsel(self, screening: Screening, outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Questions asked back and reminders; neither beside a card that takes over, which says all that counts."""
        warnings = self.sifted.warnings(outcome, self.question.language) if isinstance(outcome, Answered) else ()
        instead = (self.instead,) if self.instead and _answer_in(outcome) else ()
        warnings = (*instead, *warnings, *self.otherwise)
        counsel = self.parts.counsel
        if counsel is None or screening.takeover or isinstance(outcome, Declined):
            return (), warnings
        reminders = counsel.reminders(self.question) if isinstance(outcome, Answered) else ()
        return counsel.questions(self.question), (*warnings, *reminders)


def _outcome(screening: Screening, below: Answered | Abstained | None) -> Outcome:
    """The card first when it takes over, with an answer below it where there is one.

    What is urgent (an emergency department today) is handed over as an emergency: the card stands for itself.
    """
    if screening.takeover and screening.card is not None:
        level: Literal["emergency", "crisis"] = "crisis" if screening.level == "crisis" else "emergency"
        return HandedOver(card=screening.card, level=level, below=below if isinstance(below, Answered) else None)
    assert below is not None, "only a takeover has no outcome of its own"
    return below


def _answer_in(outcome: Outcome) -> Answered | None:
    """The answer, below a card too."""
    found = outcome.below if isinstance(outcome, HandedOver) else outcome
    return found if isinstance(found, Answered) else None
