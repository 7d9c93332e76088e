"""Whatever a served model writes, nothing of it that harms comes through any door of the API.

A plain falsehood ("high blood pressure is harmless") has no form that gives it away; it is not held here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from evil_model import HARMFUL, evil_model, marks
from local_servers import client_of

from medqa.serve.api import create_app
from medqa.settings import Settings
from medqa.wiring import Application, open_application

QUESTIONS = ("What is high blood pressure?", "高血压有什么症状？", "How much paracetamol may adults take?")


@pytest.fixture(scope="module", params=["lexical", "served"])
def evil(built_home: Path, request: pytest.FixtureRequest) -> Iterator[Application]:
    """The application with that model behind it, which is also asked to check its own claims."""
    with evil_model() as address:
        settings = Settings(
            home=built_home, chat_model="openai", llm_base_url=address, llm_model="evil", verifier=request.param
        )
        with open_application(settings, build_starter=False) as opened:
            yield opened


@pytest.fixture
async def door(evil: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(evil.settings, evil)) as made:
        made.timeout = httpx.Timeout(60)
        yield made


def assert_clean(body: str) -> None:
    """Nothing that the model said stands in the body, whether as it is or escaped."""
    shown = body + json.dumps(body)
    reached = [mark for sentence in HARMFUL for mark in marks(sentence) if mark.casefold() in shown.casefold()]
    assert reached == []


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nothing_evil_stands_in_a_reply(door: httpx.AsyncClient, question: str) -> None:
    response = await door.post("/v1/ask", json={"question": question})
    assert response.json()["status"] == "answered"
    assert_clean(json.dumps(response.json(), ensure_ascii=False))


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nothing_evil_is_streamed(door: httpx.AsyncClient, question: str) -> None:
    response = await door.post("/v1/ask", json={"question": question}, headers={"Accept": "text/event-stream"})
    events = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]
    assert_clean(json.dumps(events, ensure_ascii=False))
    assert_clean("".join(event["text"] for event in events if set(event) == {"text"}))


@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_evil_stands_in_a_chat_completion(door: httpx.AsyncClient, stream: bool) -> None:
    for question in QUESTIONS:
        asked = {"model": "medqa", "stream": stream, "messages": [{"role": "user", "content": question}]}
        response = await door.post("/v1/chat/completions", json=asked)
        assert response.status_code == 200
        lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
        told = [json.loads(line) for line in lines if line.startswith("{")]
        assert told
        assert_clean(json.dumps(told, ensure_ascii=False))
