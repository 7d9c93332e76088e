"""Every chat model writes marked sentences from its hits, nothing without an answer, and stops when left."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from medqa.answer.ledger.claims import split
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.protocols import ChatModel
from medqa.registry import load_all
from medqa.served_model import ServedModel, Server

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
MODELS = load_all("medqa.answer.chat_models")
SAID = "Asthma is not contagious."


class _Served(http.server.BaseHTTPRequestHandler):
    """Answers as a model would that follows its prompt: from the passage, or not at all."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        knows = SAID in body["messages"][-1]["content"]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for piece in [*SAID[:-1], ".", " [1]"] if knows else ["NO_", "ANSWER"]:
            self._event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
        self._event({"choices": [{"delta": {}, "finish_reason": "stop"}]})

    def _event(self, event: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

    def log_message(self, *args: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def base_url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Served) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest, base_url: str) -> ChatModel:
    served = ServedModel(Server(base_url=base_url, model="test"))
    known: dict[str, tuple[Any, ...]] = {"extractive": (), "openai": (served, PROMPTS)}
    return cast("ChatModel", MODELS[request.param](*known[request.param]))


def hit(text: str, title: str) -> Hit:
    passage = Passage(id=f"{title}#0", document_id=title, ordinal=0, text=text, section="Overview", language="en")
    metadata = Metadata(title=title, source_id="test", source="Test", language="en")
    return Hit(rank=1, score=1.0, passage=passage, metadata=metadata, similarity=0.7)


QUERY = Query(text="Is asthma contagious?", standalone="Is asthma contagious?", language="en")


async def test_every_sentence_is_supported_by_the_passage_that_it_marks(model: ChatModel) -> None:
    hits = [hit(f"{SAID} Asthma cannot be cured.", "Asthma")]
    text = "".join([piece async for piece in model.stream(QUERY, hits, audience="patient")])
    drafts = split(text)
    assert drafts
    for draft in drafts:
        cited = [hits[n - 1].passage for n in draft.marks]
        assert Lexical().verify(draft.text, cited).verdict == "supported"


async def test_nothing_is_written_when_the_hits_hold_nothing(model: ChatModel) -> None:
    hits = [hit("What is it?", "Asthma")]
    assert [piece async for piece in model.stream(QUERY, hits, audience="patient")] == []


async def test_a_stream_can_be_left(model: ChatModel) -> None:
    stream = model.stream(QUERY, [hit(SAID, "Asthma")], audience="clinician")
    assert await anext(stream)
    await cast("AsyncGenerator[str]", stream).aclose()


def test_it_names_itself(model: ChatModel) -> None:
    assert model.id
    assert model.prompt_sha256 is None or len(model.prompt_sha256) == 64
