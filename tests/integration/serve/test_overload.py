"""Too much at once: the rest is turned away with a time to come back, an emergency never."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import httpx
import pytest
from local_servers import client_of, running, written_by

from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.serve.admission import Gate
from medqa.serve.api import create_app
from medqa.settings import Settings
from medqa.wiring import Application

Check = Callable[[str, Any], None]

QUESTION = {"question": "What is high blood pressure?"}
EMERGENCY = {"question": "crushing chest pain going into my left arm", "jurisdiction": "US"}


class SlowModel:
    """Writes one supported sentence, then thinks until it is stopped."""

    id = "slow"
    prompt_sha256 = None

    def __init__(self) -> None:
        self.writing = asyncio.Event()
        self.is_stopped = False

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        yield f"{hits[0].passage.text.split('. ')[0].rstrip('.')}. [1]\n"
        self.writing.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.is_stopped = True


class FailingModel:
    """Fails in a way that nobody foresaw, after a first sentence."""

    id = "failing"
    prompt_sha256 = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        yield f"{hits[0].passage.text.split('. ')[0].rstrip('.')}. [1]\n"
        raise RuntimeError("a bug that names What is high blood pressure")


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited happens in another thread's loop
            await asyncio.sleep(0.02)


async def test_a_full_house_turns_questions_away_but_never_an_emergency(application: Application, fits: Check) -> None:
    settings = Settings(home=application.settings.home, max_concurrent=1)
    model = SlowModel()
    app = create_app(settings, written_by(application, model))
    app.state.server.admission.gate = Gate(1, patience_s=0.05)
    async with client_of(app) as client:
        first = asyncio.create_task(client.post("/v1/ask", json=QUESTION))
        await asyncio.wait_for(model.writing.wait(), 10)
        refused = await client.post("/v1/ask", json=QUESTION)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        fits("error", refused.json())
        emergency = await client.post("/v1/ask", json=EMERGENCY)
        assert (emergency.status_code, emergency.json()["status"]) == (200, "emergency")
        fits("ask", emergency.json())
        screening = await client.post("/v1/screen", json={"text": EMERGENCY["question"]})
        assert screening.json()["takeover"]
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_an_address_that_asks_too_often_is_told_when_to_return(application: Application, fits: Check) -> None:
    settings = Settings(home=application.settings.home, rate_limit_per_minute=2)
    async with client_of(create_app(settings, application)) as client:
        answers = [await client.post("/v1/ask", json=QUESTION) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 30
        fits("error", answers[-1].json())
        assert (await client.post("/v1/ask", json=EMERGENCY)).json()["status"] == "emergency"
        openai = await client.post(
            "/v1/chat/completions", json={"model": "medqa", "messages": [{"role": "user", "content": "What is flu?"}]}
        )
        assert openai.status_code == 429
        fits("openai_error", openai.json())


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
async def test_a_client_that_vanishes_stops_the_work_and_frees_its_place(application: Application, accept: str) -> None:
    settings = Settings(home=application.settings.home, max_concurrent=1)
    model = SlowModel()
    app = create_app(settings, written_by(application, model))
    gate = app.state.server.admission.gate
    with running(app) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            asking = client.stream("POST", "/v1/ask", json=QUESTION, headers={"Accept": accept})
            if accept == "text/event-stream":
                async with asking as response:
                    async for line in response.aiter_lines():
                        if line == "event: token":
                            break
            else:
                with pytest.raises(httpx.ReadTimeout):
                    await client.post("/v1/ask", json=QUESTION, timeout=1.5)
        await until(lambda: model.is_stopped and not gate.is_full)


async def test_a_stream_that_fails_ends_with_an_error_event(
    application: Application, client: httpx.AsyncClient
) -> None:
    async with client_of(create_app(application.settings, written_by(application, FailingModel()))) as failing:
        response = await failing.post("/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"})
        assert response.status_code == 200
        last = response.text.strip().split("\n\n")[-1]
        assert last.startswith("event: error")
        assert "blood pressure" not in last
        whole = await failing.post("/v1/ask", json=QUESTION)
        assert whole.status_code == 500
        assert whole.json()["error"]["code"] == "internal"
        chat = {"model": "medqa", "stream": True, "messages": [{"role": "user", "content": QUESTION["question"]}]}
        openai = await failing.post("/v1/chat/completions", json=chat)
        assert '"error"' in openai.text.strip().split("\n\n")[-1]
        assert "[DONE]" not in openai.text
