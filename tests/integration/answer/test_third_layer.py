"""The served model's view of safety: it adds a soft card, delays nothing, and its failure changes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from llm_server import CUT, HANG, ScriptedServer

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.engine import Engine, Parts
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Reply
from medqa.domain.conversation import Query, Question
from medqa.domain.passage import Hit
from medqa.retrieve.query import Understanding
from medqa.safety.deidentify import Vault
from medqa.safety.screen import RedFlagScreener
from medqa.safety.third_layer import ThirdLayer
from medqa.served_model import ServedModel, Server

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
QUIET = "How is HbA1c measured? My cousin Anna Smith wants to know."


def verdict(**chances: float) -> list[object]:
    top = [{"token": word, "logprob": math.log(chance)} for word, chance in chances.items()]
    choice = {
        "message": {"role": "assistant", "content": max(chances, key=lambda word: chances[word])},
        "logprobs": {"content": [{"token": top[0]["token"], "top_logprobs": top}]},
        "finish_reason": "stop",
    }
    return [json.dumps({"choices": [choice]})]


class Nothing:
    def retrieve(self, query: Query, k: int) -> list[Hit]:
        return []


async def reply_to(text: str, script: Sequence[object], *, masked: bool = False) -> tuple[Reply, list[str]]:
    server = ScriptedServer(script)
    async with server.running():
        model = ServedModel(Server(base_url=server.base_url, model="m", silence_s=0.5))
        parts = Parts(
            screener=RedFlagScreener(),
            understanding=Understanding(),
            retriever=Nothing(),
            chat_model=Extractive(),
            verifier=Lexical(),
            second_opinion=ThirdLayer(model, PROMPTS, Vault() if masked else None),
        )
        reply = await Engine(parts, snapshot_id="s").ask(Question(text=text, jurisdiction="GB"))
        return reply, [str(request) for request in server.requests]


@pytest.mark.parametrize(("kind", "number"), [("emergency", "999"), ("crisis", "116 123")])
async def test_a_likely_alarm_adds_a_soft_card_of_fixed_words(kind: str, number: str) -> None:
    reply, _ = await reply_to(QUIET, verdict(**{kind: 0.95, "routine": 0.05}))
    assert reply.screening.level == "advice"
    assert not reply.screening.takeover
    assert reply.screening.card is not None
    assert number in f"{reply.screening.card.action} {reply.screening.card.phone}"


async def test_a_doubtful_alarm_adds_nothing() -> None:
    reply, _ = await reply_to(QUIET, verdict(emergency=0.4, routine=0.6))
    assert reply.screening.level == "none"


@pytest.mark.parametrize("script", [[HANG], [CUT], ["{}"], ["no json"]], ids=["hangs", "cut", "empty", "garbage"])
async def test_a_model_that_fails_changes_nothing(script: list[object]) -> None:
    reply, _ = await reply_to(QUIET, script)
    assert reply.screening.level == "none"
    assert reply.screening.card is None


async def test_an_alarm_of_the_rules_is_never_asked_about_and_never_lowered() -> None:
    reply, requests = await reply_to("My father has crushing chest pain and is sweating", verdict(routine=1.0))
    assert reply.screening.takeover
    assert requests == []


async def test_a_model_elsewhere_judges_without_names() -> None:
    _, requests = await reply_to(QUIET, verdict(routine=1.0), masked=True)
    assert requests
    assert "Anna" not in requests[0]
