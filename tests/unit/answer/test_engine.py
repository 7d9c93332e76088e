from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.engine import Engine, Parts
from medqa.answer.evidence.contrary import Contradictions
from medqa.answer.generation.drafting import Care, Deadlines
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import (
    Abstained,
    Answered,
    ClaimsChecked,
    Done,
    HandedOver,
    PassagesFound,
    Reply,
    SafetyScreened,
    Token,
)
from medqa.domain.conversation import Audience, Query, Question, Turn
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.domain.safety import Card, Level, Screening
from medqa.errors import ChatModelError
from medqa.protocols import ChatModel, Guard

HitOf = Callable[..., Hit]
CARD = Card(headline="Call now.", action="Call the emergency number.", phone="112")


@dataclass(frozen=True)
class FixedScreen:
    """Finds what it was told to find."""

    level: Level = "none"

    def screen(self, text: str, turns: Sequence[Turn] = (), *, language: str, jurisdiction: str | None) -> Screening:
        found = self.level in ("emergency", "crisis")
        return Screening(level=self.level, card=CARD if found else None, takeover=found)


class PlainUnderstanding:
    """Takes a question as it stands."""

    def understand(self, question: Question) -> Query:
        text = question.text
        return Query(text=text, standalone=text, language=language_of(text), looked_for=(text,))


@dataclass(frozen=True)
class FixedRetriever:
    """Finds the same hits for everything."""

    hits: Sequence[Hit]

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        return list(self.hits)[:k]


@dataclass
class Scripted:
    """Writes its pieces, waits where a piece is a number, and fails where it is an error."""

    pieces: Sequence[str | float | Exception]
    id: str = "scripted"
    prompt_sha256: str | None = "abc"
    closed: bool = field(default=False)

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                if isinstance(piece, float):
                    await asyncio.sleep(piece)
                else:
                    yield piece
        finally:
            self.closed = True


class NoDoses:
    """A guard that takes out sentences with milligrams."""

    def review(self, question: Question, answer: Answered) -> Answered:
        if "mg" not in answer.text:
            return answer
        return replace(answer, text="", claims=(), citations=())


def engine(
    hits: Sequence[Hit], model: ChatModel | None = None, *, level: Level = "none", guards: Sequence[Guard] = ()
) -> Engine:
    parts = Parts(
        screener=FixedScreen(level),
        understanding=PlainUnderstanding(),
        retriever=FixedRetriever(hits),
        chat_model=model or Extractive(),
        fallback=Extractive() if model else None,
        verifier=Lexical(),
        guards=guards,
        care=Care(deadlines=Deadlines(first_token_s=0.2, between_tokens_s=0.2, first_claim_s=0.4, whole_s=1.0)),
    )
    return Engine(parts, snapshot_id="snapshot")


@pytest.fixture
def asthma(hit_of: HitOf) -> list[Hit]:
    text = "Asthma is not contagious. Asthma cannot be cured. The label states 100 mg for asthma."
    return [hit_of(text, title="Asthma", section="Overview")]


QUESTION = Question(text="Is asthma contagious?")


def answered(reply: Reply) -> Answered:
    assert isinstance(reply.outcome, Answered)
    return reply.outcome


async def test_an_answer_quotes_its_passages_exactly(asthma: list[Hit]) -> None:
    reply = await engine(asthma).ask(QUESTION)
    answer = answered(reply)
    assert answer.text == "Asthma is not contagious. [1]"
    (citation,) = answer.citations
    assert citation.quote == asthma[0].passage.text[citation.start : citation.end] == answer.claims[0].text
    assert answer.claims[0].citations == (citation.n,) == (1,)
    assert reply.notice
    assert reply.provenance.chat_model == "extractive"
    assert not reply.provenance.degraded
    assert {"screen", "retrieve", "generate", "verify", "total"} <= reply.timings_ms.keys()


async def test_the_stream_has_its_events_in_order_and_its_tokens_are_the_text(asthma: list[Hit]) -> None:
    events = [event async for event in engine(asthma).stream(QUESTION)]
    kinds = [type(event) for event in events]
    assert kinds[:2] == [SafetyScreened, PassagesFound]
    assert kinds[-2:] == [ClaimsChecked, Done]
    assert set(kinds[2:-2]) == {Token}
    done = events[-1]
    assert isinstance(done, Done)
    assert "".join(e.text for e in events if isinstance(e, Token)) == answered(done.reply).text


async def test_abstains_and_says_what_was_looked_for(asthma: list[Hit]) -> None:
    reply = await engine(asthma).ask(Question(text="How do I sort a list in Python?"))
    assert isinstance(reply.outcome, Abstained)
    assert "sort a list" in reply.outcome.text


async def test_a_question_in_another_script_is_told_which_languages_are_answered(asthma: list[Hit]) -> None:
    reply = await engine(asthma).ask(Question(text="Заразна ли астма?"))
    assert isinstance(reply.outcome, Abstained)
    assert "English and Chinese" in reply.outcome.text


async def test_an_emergency_shows_the_card_and_still_helps(asthma: list[Hit]) -> None:
    reply = await engine(asthma, level="emergency").ask(QUESTION)
    assert isinstance(reply.outcome, HandedOver)
    assert reply.outcome.card == CARD
    assert isinstance(reply.outcome.below, Answered)


async def test_a_crisis_shows_the_card_and_nothing_else(asthma: list[Hit]) -> None:
    events = [event async for event in engine(asthma, level="crisis").stream(QUESTION)]
    assert [type(e) for e in events] == [SafetyScreened, PassagesFound, ClaimsChecked, Done]
    assert isinstance(events[-1], Done)
    assert isinstance(events[-1].reply.outcome, HandedOver)
    assert events[-1].reply.outcome.below is None


@pytest.mark.parametrize(
    "pieces",
    [[ChatModelError("down")], [5.0, "late"], ["Asthma is caused by witches. [1] "]],
    ids=["fails", "is too slow", "writes nothing that holds"],
)
async def test_the_fallback_answers_openly_when_the_model_cannot(
    pieces: list[str | float | Exception], asthma: list[Hit]
) -> None:
    reply = await engine(asthma, Scripted(pieces)).ask(QUESTION)
    assert answered(reply).text == "Asthma is not contagious. [1]"
    assert reply.provenance.degraded
    assert reply.provenance.chat_model == "extractive"


async def test_a_cut_stream_keeps_what_holds_and_is_completed(asthma: list[Hit]) -> None:
    model = Scripted(["Asthma cannot be cured. [1] Asth", ChatModelError("cut")])
    reply = await engine(asthma, model).ask(QUESTION)
    assert answered(reply).text == "Asthma cannot be cured. [1] Asthma is not contagious. [2]"
    assert reply.provenance.degraded


async def test_a_claim_that_does_not_hold_is_never_shown(asthma: list[Hit]) -> None:
    model = Scripted(["Bananas grow in warm countries. [1] ", "Asthma cannot be cured. [1]"])
    events = [event async for event in engine(asthma, model).stream(QUESTION)]
    assert [e.text for e in events if isinstance(e, Token)] == ["Asthma cannot be cured. [1]"]


async def test_a_claim_that_its_source_contradicts_is_said_in_the_sources_own_words(asthma: list[Hit]) -> None:
    model = Scripted(["Asthma is contagious. [1] ", "Asthma cannot be cured. [1]"])
    shown = answered(await engine(asthma, model).ask(QUESTION))
    assert shown.text == "Asthma is not contagious. [1] Asthma cannot be cured. [2]"
    assert shown.left_out == 0


async def test_it_abstains_when_most_of_what_was_written_is_left_out(asthma: list[Hit]) -> None:
    made_up = [f"{food} grow in warm countries. [1] " for food in ("Bananas", "Onions", "Carrots")]
    whole = engine(asthma, Scripted([*made_up, "Asthma cannot be cured. [1]"]))
    alone = Engine(replace(whole.parts, fallback=None), snapshot_id="snapshot")
    assert isinstance((await alone.ask(QUESTION)).outcome, Abstained)
    assert answered(await whole.ask(QUESTION)).text.startswith("Asthma cannot be cured. [1] Asthma is not contagious.")


async def test_a_model_that_refuses_leads_to_abstaining(asthma: list[Hit]) -> None:
    reply = await engine(asthma, Scripted([])).ask(QUESTION)
    assert isinstance(reply.outcome, Abstained)
    assert not reply.provenance.degraded


async def test_a_mark_of_a_passage_that_does_not_exist_is_replaced(asthma: list[Hit]) -> None:
    reply = await engine(asthma, Scripted(["Asthma cannot be cured. [9]"])).ask(QUESTION)
    assert answered(reply).text == "Asthma cannot be cured. [1]"


async def test_a_guard_takes_sentences_out_before_they_are_shown(asthma: list[Hit]) -> None:
    model = Scripted(["The label states 100 mg for asthma. [1] Asthma cannot be cured. [1]"])
    events = [event async for event in engine(asthma, model, guards=[NoDoses()]).stream(QUESTION)]
    assert not any("mg" in e.text for e in events if isinstance(e, Token))


async def test_leaving_the_stream_stops_the_model(asthma: list[Hit]) -> None:
    model = Scripted(["Asthma cannot be cured. [1] Asthma is not", 0.1, " contagious. [1]"])
    stream = engine(asthma, model).stream(QUESTION)
    async for event in stream:
        if isinstance(event, Token):
            break
    await stream.aclose()
    assert model.closed


async def test_evidence_in_the_other_language_is_introduced_by_a_line(hit_of: HitOf) -> None:
    hits = [hit_of("Asthma is not contagious.", title="Asthma", section="Overview")]
    made = engine(hits)

    class Bilingual:
        def understand(self, question: Question) -> Query:
            return Query(text=question.text, standalone=question.text, language="zh",
                         expansions=("asthma contagious",), looked_for=("哮喘", "传染"))  # fmt: skip

    parts = replace(made.parts, understanding=Bilingual())
    reply = await Engine(parts, snapshot_id="s").ask(Question(text="哮喘会传染吗", language="zh"))
    assert answered(reply).text == "只找到英文资料，原文引用如下：\n\nAsthma is not contagious. [1]"
    assert len(answered(reply).claims) == 1


@pytest.mark.parametrize(("audience", "is_told"), [("clinician", True), ("patient", False)])
async def test_a_clinician_is_told_when_a_source_says_otherwise(
    audience: Audience, is_told: bool, asthma: list[Hit], hit_of: HitOf
) -> None:
    otherwise = hit_of("Asthma is contagious.", title="A letter", document="letter")
    made = engine(asthma)
    made.parts = replace(made.parts, contradictions=Contradictions(FixedRetriever([otherwise])))
    reply = await made.ask(replace(QUESTION, audience=audience))
    assert answered(reply).text == "Asthma is not contagious. [1]"
    assert any("“Asthma is contagious.”" in line for line in reply.reminders) is is_told


class SecondOpinionAt:
    """Keeps how far the answer was when its opinion was asked for."""

    def __init__(self, model: Scripted) -> None:
        self.model = model
        self.asked: list[bool] = []

    async def opinion(self, question: Question) -> Screening:
        self.asked.append(self.model.has_begun)
        return Screening(level="advice", card=CARD)


@dataclass
class Beginning(Scripted):
    """A scripted model that tells whether it has written a sentence."""

    has_begun: bool = False

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        async for piece in super().stream(query, hits, audience=audience):
            yield piece
            self.has_begun = True


async def test_a_second_opinion_is_asked_for_once_the_answer_has_begun_and_is_heard(asthma: list[Hit]) -> None:
    model = Beginning(["Asthma is not contagious. [1] ", 0.05, "Asthma cannot be cured. [1]"])
    second = SecondOpinionAt(model)
    made = engine(asthma, model)
    reply = await Engine(replace(made.parts, second_opinion=second), snapshot_id="s").ask(QUESTION)
    assert second.asked == [True]
    assert reply.screening.level == "advice"
    assert 0 < reply.timings_ms["first_token"] <= reply.timings_ms["total"]


async def test_a_model_that_failed_is_not_asked_for_a_second_opinion(asthma: list[Hit]) -> None:
    model = Beginning([ChatModelError("down")])
    second = SecondOpinionAt(model)
    reply = await Engine(replace(engine(asthma, model).parts, second_opinion=second), snapshot_id="s").ask(QUESTION)
    assert reply.provenance.degraded
    assert second.asked == []


async def test_a_second_opinion_is_heard_where_there_is_no_evidence() -> None:
    model = Beginning([])
    second = SecondOpinionAt(model)
    reply = await Engine(replace(engine([], model).parts, second_opinion=second), snapshot_id="s").ask(QUESTION)
    assert isinstance(reply.outcome, Abstained)
    assert reply.screening.level == "advice"
