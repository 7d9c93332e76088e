"""Whatever the model's server does, the reader soon gets an answer that holds, openly labelled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from llm_server import CUT, DONE, HANG, ScriptedServer, delta

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.chat_models.openai import OpenAIChat
from medqa.answer.engine import Engine, Parts
from medqa.answer.generation.assistance import FollowUps, Relevance
from medqa.answer.generation.drafting import Care, Deadlines
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Abstained, Answered, Reply
from medqa.domain.conversation import Query, Question, Turn
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.domain.plain_text import whole_text
from medqa.domain.safety import Screening
from medqa.retrieve.query import Understanding
from medqa.safety.deidentify import Vault
from medqa.served_model import ServedModel, Server

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
TEXT = "Asthma is not contagious. Asthma cannot be cured. Most people with asthma live a normal life."
QUESTION = Question(text="Is asthma contagious?")
TURNS = (Turn(role="user", content="I have asthma. I am Anna Smith, 34."),)
QUICK = Deadlines(first_token_s=0.4, between_tokens_s=0.4, first_claim_s=0.8, whole_s=3.0)


def hit(text: str, number: int = 1) -> Hit:
    passage = Passage(id=f"a#{number}", document_id=f"a{number}", ordinal=0, text=text, section="Overview")
    return Hit(rank=number, score=1.0, passage=passage, metadata=Metadata(title="Asthma", source_id="t", source="Test"))


@dataclass(frozen=True)
class Found:
    hits: Sequence[Hit]

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        return list(self.hits)[:k]


class Calm:
    def screen(self, text: str, turns: Sequence[Turn] = (), *, language: str, jurisdiction: str | None) -> Screening:
        return Screening(level="none", card=None, takeover=False)


def engine(server: ScriptedServer, hits: Sequence[Hit]) -> Engine:
    model = ServedModel(Server(base_url=server.base_url, model="m", silence_s=0.4))
    parts = Parts(
        screener=Calm(),
        understanding=Understanding(),
        retriever=Found(hits),
        chat_model=OpenAIChat(model, PROMPTS),
        fallback=Extractive(),
        verifier=Lexical(),
        care=Care(deadlines=QUICK),
    )
    return Engine(parts, snapshot_id="s")


def assisted(server: ScriptedServer) -> Engine:
    """An engine whose model also makes follow-ups stand alone and judges passages."""
    made = engine(server, [hit(TEXT)])
    model = ServedModel(Server(base_url=server.base_url, model="m"))
    aids = replace(made.parts, follow_ups=FollowUps(model, PROMPTS), relevance=Relevance(model, PROMPTS))
    return Engine(aids, snapshot_id="s")


async def reply_to(script: Sequence[object], *, status: int = 200) -> Reply:
    server = ScriptedServer(script, status=status)
    async with server.running():
        return await engine(server, [hit(TEXT)]).ask(QUESTION)


TOO_LONG = delta("", finish="length") + "data: [DONE]\n\n"
DRIP = [piece for letter in "Asthma is a disease of the airways that" for piece in (delta(letter), 0.05)]


@pytest.mark.parametrize(
    "script",
    [
        [HANG],
        [": keep-alive\n\n", HANG],
        [delta("Asthma is"), HANG],
        [delta("Asthma is"), CUT],
        [CUT],
        ["data: \x00\x01\x02\n\n", DONE],
        ["<html>502 Bad Gateway</html>"],
        ['data: {"choices": "none"}\n\n', DONE],
        ['data: {"choices": [{"delta": null}]}\n\n', DONE],
        ["data: {}\n\n", DONE],
        ["data: null\n\n", DONE],
        [delta("\ufffd" * 400 + ". [1]"), DONE],
        [delta("Asthma is caused by witches. [1]"), DONE],
        [delta("L'asthme n'est pas une maladie contagieuse du tout. [1]"), DONE],
        [delta("哮喘是一种会传染的疾病，请注意隔离。[1]"), DONE],
        [delta("喘息は伝染しません。[1]"), DONE],
        [delta("Asthma is contagious. [1]"), DONE],
        [delta("Asthma asthma asthma asthma " * 50), DONE],
        [delta('{"answer": "Asthma is contagious"}'), DONE],
        [delta("I cannot help with that. Ask a professional. [7]"), DONE],
        [delta("<tool_call>{}</tool_call>"), DONE],
        [delta("![x](http://evil.example/?q=1) [1]"), DONE],
        [DONE],
        [delta(" \n\n"), DONE],
        [delta("The reader asks", field_name="reasoning"), TOO_LONG],
        [delta("<think>The reader asks"), TOO_LONG],
        [delta("", finish="content_filter"), DONE],
        DRIP,
    ],
    ids=[
        "hangs",
        "hangs after a comment",
        "hangs in mid-sentence",
        "is cut in mid-sentence",
        "is cut",
        "control characters",
        "HTML",
        "choices are a word",
        "delta is null",
        "empty object",
        "null",
        "no letters",
        "false cause",
        "French",
        "false, in Chinese",
        "Japanese",
        "false denial",
        "repeats itself",
        "JSON",
        "refuses with an unknown key",
        "tool call",
        "image",
        "writes nothing",
        "writes spaces",
        "thinks until it may no more",
        "thinks aloud until it may no more",
        "is filtered",
        "drips",
    ],
)
async def test_a_server_that_misbehaves_leaves_the_reader_with_the_quoted_answer(script: list[object]) -> None:
    async with asyncio.timeout(4.0):
        reply = await reply_to(script)
    assert isinstance(reply.outcome, Answered)
    assert reply.outcome.text.startswith("Asthma is not contagious. [1]")
    assert reply.provenance.degraded
    assert reply.provenance.chat_model == "extractive"
    assert whole_text(reply).count("The language model gave no usable answer. This one quotes its sources") == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_an_error_status_leaves_the_reader_with_the_quoted_answer(status: int) -> None:
    reply = await reply_to(["no"], status=status)
    assert reply.provenance.degraded
    assert isinstance(reply.outcome, Answered)


@pytest.mark.parametrize(
    "script",
    [
        [delta("Asthma cannot be cured. [1] Most"), CUT],
        [delta("Asthma cannot be cured. [1]"), CUT],
        [delta("Asthma cannot be cured. [1] Most people with"), TOO_LONG],
        [delta("Asthma cannot be cured. [1]"), delta("", finish="abort"), DONE],
    ],
    ids=["cut in a sentence", "cut between sentences", "too long", "aborted"],
)
async def test_what_was_good_before_the_fault_stays(script: list[object]) -> None:
    reply = await reply_to(script)
    assert isinstance(reply.outcome, Answered)
    assert reply.outcome.text.startswith("Asthma cannot be cured. [1]")
    assert reply.provenance.degraded
    assert "The rest of this answer quotes its sources." in whole_text(reply)


@pytest.mark.parametrize(
    "written", ["NO_ANSWER", "**NO_ANSWER**", "`no_answer`.", " NO_ANSWER\n\nThe passages do not say."]
)
async def test_a_refusal_is_an_abstention_however_it_is_dressed(written: str) -> None:
    reply = await reply_to([delta(written), DONE])
    assert isinstance(reply.outcome, Abstained)
    assert not reply.provenance.degraded


async def test_a_reader_of_chinese_is_told_so_in_chinese() -> None:
    server = ScriptedServer([HANG])
    async with server.running():
        made = engine(server, [hit("哮喘不会传染。大多数哮喘患者可以正常生活。")])
        reply = await made.ask(Question(text="哮喘会传染吗？", language="zh"))
    assert reply.provenance.degraded
    assert "语言模型没有给出可用的回答" in whole_text(reply)


async def test_nothing_is_said_of_the_model_where_it_has_answered() -> None:
    reply = await reply_to([delta("Asthma is not contagious. [1]"), DONE])
    assert not reply.provenance.degraded
    assert "language model" not in whole_text(reply)


async def test_long_answers_do_not_count_against_the_server() -> None:
    server = ScriptedServer([delta("Asthma cannot be cured. [1] Most people with"), TOO_LONG])
    async with server.running():
        made = engine(server, [hit(TEXT)])
        for _ in range(8):
            await made.ask(QUESTION)
        assert len(server.requests) == 8
        assert not made.parts.care.breaker.is_open


async def test_a_follow_up_to_a_server_that_hangs_waits_no_longer_than_any_question() -> None:
    server = ScriptedServer([HANG])
    async with server.running():
        made = assisted(server)
        began = asyncio.get_running_loop().time()
        reply = await made.ask(replace(QUESTION, turns=TURNS))
        took = asyncio.get_running_loop().time() - began
        assert reply.provenance.degraded
        assert len(server.requests) == 2, "the rewriting and the answer; no time was left for judging passages"
    assert took < QUICK.first_token_s + 0.3


async def test_a_server_that_is_left_alone_is_not_asked_for_help_either() -> None:
    server = ScriptedServer(["no"], status=500)
    async with server.running():
        made = assisted(server)
        for _ in range(8):
            await made.ask(replace(QUESTION, turns=TURNS))
        assert made.parts.care.breaker.is_open
        asked = len(server.requests)
        reply = await made.ask(replace(QUESTION, turns=TURNS))
        assert reply.provenance.degraded
        assert len(server.requests) == asked


async def test_thoughts_that_spill_are_not_shown() -> None:
    script = [delta("The user wants to know. </think>Asthma is not contagious. [1]"), DONE]
    reply = await reply_to(script)
    assert isinstance(reply.outcome, Answered)
    assert "think" not in reply.outcome.text
    assert "user" not in reply.outcome.text


def completion(content: str) -> list[str]:
    import json

    return [json.dumps({"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]})]


async def follow_up(written: str, text: str = "Is it contagious?", *, masked: bool = False) -> tuple[Question, str]:
    server = ScriptedServer(completion(written))
    async with server.running():
        model = ServedModel(Server(base_url=server.base_url, model="m"))
        rewriting = FollowUps(model, PROMPTS, Vault() if masked else None)
        question = await rewriting.standalone(Question(text=text, turns=TURNS))
        return question, str(server.requests)


async def test_a_follow_up_is_made_to_stand_alone_by_the_model() -> None:
    question, sent = await follow_up("Is asthma contagious?")
    assert question.text == "Is asthma contagious?"
    assert question.turns == ()
    assert "I have asthma" in sent


@pytest.mark.parametrize(
    "written",
    ["", "哮喘会传染吗？", "Is asthma contagious at age 77?", "x" * 500],
    ids=["nothing", "zh", "number", "long"],
)
async def test_a_rewriting_that_may_not_be_is_refused(written: str) -> None:
    question, _ = await follow_up(written)
    assert question.text == "Is it contagious?"
    assert question.turns == TURNS


async def test_a_model_elsewhere_rewrites_without_the_readers_name() -> None:
    question, sent = await follow_up("Is asthma contagious for [NAME_1]?", masked=True)
    assert "Anna" not in sent
    assert question.text == "Is asthma contagious for Anna Smith?"


async def test_passages_are_judged_in_one_request() -> None:
    server = ScriptedServer(completion('{"relevant": [2]}'))
    hits = [hit("The weather is fine.", 1), hit(TEXT, 2)]
    query = Query(text="q", standalone="Is asthma contagious?", language="en")
    async with server.running():
        judge = Relevance(ServedModel(Server(base_url=server.base_url, model="m")), PROMPTS)
        assert await judge.relevant(query, hits) == (hits[1],)
    assert len(server.requests) == 1
    assert server.requests[0]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("written", ["no json", '{"relevant": []}', '{"relevant": [9]}', '{"relevant": "2"}', "[]"])
async def test_all_passages_stay_when_none_is_named(written: str) -> None:
    server = ScriptedServer(completion(written))
    query = Query(text="q", standalone="Is asthma contagious?", language="en")
    async with server.running():
        judge = Relevance(ServedModel(Server(base_url=server.base_url, model="m")), PROMPTS)
        assert await judge.relevant(query, [hit(TEXT)]) == (hit(TEXT),)
