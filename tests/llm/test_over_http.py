"""``medqa serve`` in front of vLLM: streaming, readers that leave, many at once, and a server that dies."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from lessons import PATIENT
from model_server import ModelServer, is_alive, within
from product import product
from small_model import Taught

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.settings import Settings

Event = tuple[str, dict[str, Any]]


def events(response: httpx.Response) -> Iterator[Event]:
    """Server-sent events as they come."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])


def body(lesson: dict[str, str]) -> dict[str, str]:
    return {"question": lesson["question"], "language": lesson["language"]}


def stream(web: httpx.Client, lesson: dict[str, str]) -> Any:
    return web.stream("POST", "/v1/ask", json=body(lesson), headers={"Accept": "text/event-stream"})


@pytest.mark.parametrize("kind", ["answer", "long"])
def test_an_answer_streams_in_order_while_it_is_written(web: httpx.Client, taught: Taught, kind: str) -> None:
    with stream(web, taught.lessons(kind)[0]) as response:
        came = [(time.monotonic(), *event) for event in events(response)]
    names = [name for _, name, _ in came]
    assert names[:2] == ["safety", "passages"]
    assert names[-2:] == ["claims", "done"]
    tokens = [(at, data["text"]) for at, name, data in came if name == "token"]
    assert len(tokens) >= 2
    done = came[-1][2]
    assert "".join(text for _, text in tokens).strip() == done["answer"].strip()
    assert done["provenance"]["chat_model"] == "taught"
    if kind == "long":
        assert came[-1][0] - tokens[0][0] > 0.3, "the first sentence is shown long before the last is written"


def test_readers_that_leave_free_the_model_within_two_seconds(
    web: httpx.Client, taught: Taught, model_server: ModelServer
) -> None:
    lesson, readers = taught.lessons("long")[0], 6

    def leave_at_the_first_sentence(_: int) -> str:
        with stream(web, lesson) as response:
            return next(data["text"] for name, data in events(response) if name == "token")

    def written(read: Callable[[int], object]) -> float:
        before = model_server.figures()["vllm:generation_tokens_total"]
        with ThreadPoolExecutor(readers) as pool:
            list(pool.map(read, range(readers)))
        assert within(2, lambda: model_server.running() == 0)
        return model_server.figures()["vllm:generation_tokens_total"] - before

    left = written(leave_at_the_first_sentence)
    stayed = written(lambda _: web.post("/v1/ask", json=body(lesson)))
    assert 0 < left < 0.8 * stayed


def test_sixteen_readers_at_once_each_get_their_own_answer(web: httpx.Client, taught: Taught) -> None:
    lessons = [lesson for kind in ("answer", "doubted", "believed") for lesson in taught.lessons(kind)]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda lesson: web.post("/v1/ask", json=body(lesson)), lessons))
    assert len(lessons) == 16
    assert [reply.status_code for reply in replies] == [200] * 16
    found = [reply.json() for reply in replies]
    assert sum(not reply["provenance"]["degraded"] for reply in found) >= 14
    assert [reply["question"] for reply in found] == [lesson["question"] for lesson in lessons]


async def test_an_engine_that_hangs_costs_the_reader_ten_seconds_at_most(
    taught: Taught, model_server: ModelServer
) -> None:
    """With the deadlines that MedQA ships; the other tests have more patience than a reader has."""
    shipped = {name: Settings.model_fields[name].default for name in PATIENT}
    lesson = taught.lessons("answer")[1]
    question = Question(text=lesson["question"], language=lesson["language"])  # type: ignore[arg-type]
    engines = model_server.family()[1:]
    with product(taught, model_server, **shipped) as application:
        await application.engine.ask(Question(text=taught.lessons("answer")[0]["question"]))  # loads what is lazy
        for pid in engines:
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            reply = await application.engine.ask(question)
            took = time.monotonic() - began
        finally:
            for pid in engines:
                os.kill(pid, signal.SIGCONT)
    assert took < 10
    assert isinstance(reply.outcome, Answered)
    assert reply.provenance.degraded
    assert within(10, lambda: model_server.running() == 0)


@pytest.mark.last(1)
def test_a_server_killed_in_mid_stream_leaves_a_quoted_answer_and_comes_back(
    web: httpx.Client, taught: Taught, model_server: ModelServer
) -> None:
    engines = model_server.family()
    with stream(web, taught.lessons("long")[1]) as response:
        came = events(response)
        first = next(data for name, data in came if name == "token")
        os.kill(model_server.pid, signal.SIGKILL)
        killed = time.monotonic()
        rest = list(came)
    assert time.monotonic() - killed < 10
    assert rest[-1][0] == "done"
    reply = rest[-1][1]
    assert reply["provenance"]["degraded"]
    assert reply["answer"].startswith(first["text"].strip()[:20])
    assert reply["claims"]
    assert all(claim["citations"] for claim in reply["claims"])

    assert model_server.wait(30) == 1
    assert within(5, lambda: not any(is_alive(pid) for pid in engines))
    assert web.get("/readyz").json()["status"] == "degraded"
    assert web.post("/v1/ask", json=body(taught.lessons("answer")[0])).json()["provenance"]["degraded"]

    model_server.start()
    lesson = taught.lessons("answer")[0]
    assert within(30, lambda: not web.post("/v1/ask", json=body(lesson)).json()["provenance"]["degraded"])
    assert web.get("/readyz").json()["status"] == "ready"
