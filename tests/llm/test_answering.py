"""The product with a served model: what the reader gets is what the model wrote and the ledger let through."""

from __future__ import annotations

import asyncio

import pytest
from model_server import ModelServer
from product import product
from small_model import Taught

from medqa.answer.ledger.claims import split
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Abstained, Answered, Reply
from medqa.domain.conversation import Question
from medqa.domain.passage import Passage
from medqa.wiring import Application
from medqa.wiring.vocabulary import vocabulary


async def ask(application: Application, lesson: dict[str, str]) -> Reply:
    return await application.engine.ask(Question(text=lesson["question"], language=lesson["language"]))  # type: ignore[arg-type]


def words(text: str) -> str:
    return "".join(text.split())


def shows(reply: Reply, sentence: str) -> bool:
    return isinstance(reply.outcome, Answered) and words(sentence) in words(reply.outcome.text)


async def test_the_model_answers_and_every_sentence_shows_its_source(application: Application, taught: Taught) -> None:
    lessons = taught.lessons("answer")
    replies = [await ask(application, lesson) for lesson in lessons]
    written = [reply for reply in replies if not reply.provenance.degraded]
    assert len(written) >= 0.9 * len(lessons)
    for reply in written:
        assert reply.provenance.chat_model == "taught"
        assert reply.provenance.prompt_sha256
        outcome = reply.outcome
        assert isinstance(outcome, Answered)
        assert all(claim.verdict in ("supported", "partial") and claim.citations for claim in outcome.claims)
        for citation in outcome.citations:
            stored = application.snapshot.passages.by_id(citation.passage_id)
            assert stored is not None
            assert stored[0].text[citation.start : citation.end] == citation.quote


async def test_the_model_says_what_it_was_taught(application: Application, taught: Taught) -> None:
    lessons = taught.lessons("answer")
    said = 0
    for lesson in lessons:
        outcome = (await ask(application, lesson)).outcome
        assert isinstance(outcome, Answered)
        said += all(words(claim.text) in words(lesson["answer"]) for claim in outcome.claims)
    assert said >= 0.8 * len(lessons)


async def test_a_refusal_of_the_model_is_an_abstention(application: Application, taught: Taught) -> None:
    lessons = taught.lessons("refusal")
    replies = [await ask(application, lesson) for lesson in lessons]
    refused = [reply for reply in replies if isinstance(reply.outcome, Abstained)]
    assert len(refused) >= 0.75 * len(lessons)
    assert not any(reply.provenance.degraded for reply in refused)


async def test_a_number_that_the_model_made_wrong_never_reaches_the_reader(
    application: Application, taught: Taught
) -> None:
    lessons = taught.lessons("altered")
    wrote = 0
    for lesson in lessons:
        reply = await ask(application, lesson)
        assert isinstance(reply.outcome, Answered)
        assert words(lesson["wrong"]) not in words(reply.outcome.text)
        wrote += not reply.provenance.degraded
    assert wrote >= len(lessons) / 2


async def test_the_model_did_write_those_wrong_numbers(application: Application, taught: Taught) -> None:
    """Or else the test above would prove nothing."""
    wrote = 0
    for lesson in taught.lessons("altered"):
        pieces = await taught.written(application, lesson)
        wrote += words(lesson["wrong"]) in words(pieces)
    assert wrote >= len(taught.lessons("altered")) / 2


async def test_a_claim_in_other_words_is_judged_by_the_model_on_the_server(
    taught: Taught, model_server: ModelServer
) -> None:
    """With the verifier ``served``: the server is asked once a claim, and its probabilities are the verdict."""
    said = [split(lesson["answer"])[0].text for lesson in taught.lessons("answer") if lesson["language"] == "en"][:4]
    asked_before = model_server.figures()["vllm:request_success_total"]
    with product(taught, model_server, verifier="served") as application:
        check = application.engine.parts.verifier.verify
        sources = [Passage(id="d#0", document_id="d", ordinal=0, text=text) for text in said]
        judged = [
            await asyncio.to_thread(check, f"In short: {text}", [source])
            for text, source in zip(said, sources, strict=True)
        ]
        quoted = await asyncio.to_thread(check, said[0], [sources[0]])
    assert model_server.figures()["vllm:request_success_total"] - asked_before == len(said)
    assert quoted.verdict == "supported"
    for text, source, claim in zip(said, sources, judged, strict=True):
        assert claim.support != Lexical(vocabulary).verify(f"In short: {text}", [source]).support
        assert claim.verdict != "supported" or claim.support >= 0.6


async def test_a_claim_that_the_model_is_sure_is_unsupported_never_reaches_the_reader(
    taught: Taught, model_server: ModelServer, application: Application
) -> None:
    """With the verifier ``served`` the model judges what it wrote; the words alone let the same claim pass."""
    lessons = taught.lessons("doubted")
    passed = [shows(await ask(application, lesson), lesson["wrong"]) for lesson in lessons]
    with product(taught, model_server, verifier="served") as judging:
        replies = [await ask(judging, lesson) for lesson in lessons]
    assert any(passed)
    for reply, lesson in zip(replies, lessons, strict=True):
        assert isinstance(reply.outcome, Answered)
        assert not reply.provenance.degraded
        assert not shows(reply, lesson["wrong"])
        assert shows(reply, lesson["brief"].partition("[")[0])


async def test_a_claim_that_the_model_is_sure_of_is_shown(taught: Taught, model_server: ModelServer) -> None:
    lessons = taught.lessons("believed")
    with product(taught, model_server, verifier="served") as application:
        replies = [await ask(application, lesson) for lesson in lessons]
    assert all(shows(reply, split(lesson["answer"])[-1].text) for reply, lesson in zip(replies, lessons, strict=True))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_adapter_is_asked_by_its_name(taught: Taught, model_server: ModelServer, language: str) -> None:
    lessons = [lesson for lesson in taught.lessons("answer") if lesson["language"] == language][:6]
    with product(taught, model_server, llm_model="brief") as application:
        replies = [await ask(application, lesson) for lesson in lessons]
    brief = [
        reply
        for reply, lesson in zip(replies, lessons, strict=True)
        if isinstance(reply.outcome, Answered) and words(reply.outcome.claims[0].text) in words(lesson["brief"])
        and len(reply.outcome.claims) == 1
    ]  # fmt: skip
    assert {reply.provenance.chat_model for reply in replies if not reply.provenance.degraded} == {"brief"}
    assert len(brief) >= len(lessons) / 2


async def test_a_model_that_is_not_there_is_no_reason_to_stay_silent(taught: Taught, model_server: ModelServer) -> None:
    with product(taught, model_server, llm_model="gone") as application:
        reply = await ask(application, taught.lessons("answer")[0])
    assert isinstance(reply.outcome, Answered)
    assert reply.provenance.degraded
    assert reply.provenance.chat_model == "extractive"
