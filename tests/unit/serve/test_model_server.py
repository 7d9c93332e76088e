"""Looking at a model server: each way of being wrong has its own words."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from medqa.errors import ChatModelError, ConfigError
from medqa.serve.model_server import degradations, probe
from medqa.settings import Settings


@dataclass
class Script:
    """What a small OpenAI-like server says, by path."""

    url: str = ""
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    keys: list[str | None] = field(default_factory=list)

    def settings(self, **more: object) -> Settings:
        return Settings(llm_base_url=self.url, **more)  # type: ignore[arg-type]


@pytest.fixture
def script() -> Iterator[Script]:
    plan = Script()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            plan.keys.append(self.headers.get("Authorization"))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, text = plan.answers.get(self.path, (404, "{}"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        plan.url = f"http://127.0.0.1:{server.server_port}/v1"
        plan.answers = {
            "/v1/models": (200, json.dumps({"data": [{"id": "tiny"}]})),
            "/v1/chat/completions": (200, json.dumps({"choices": [{"message": {"content": "Ready."}}]})),
        }
        yield plan
        server.shutdown()
        thread.join()


async def test_a_working_server_is_found_and_given_its_key(script: Script) -> None:
    found = await probe(script.settings(llm_model="tiny", llm_api_key="k"))
    assert (found.model, found.models) == ("tiny", ("tiny",))
    assert set(script.keys) == {"Bearer k"}


async def test_the_only_model_needs_no_name(script: Script) -> None:
    assert (await probe(script.settings())).model == "tiny"


async def test_a_model_that_is_not_there_is_named_with_those_that_are(script: Script) -> None:
    with pytest.raises(ConfigError, match="MEDQA_LLM_MODEL to one of tiny"):
        await probe(script.settings(llm_model="huge"))
    assert await degradations(script.settings(llm_model="huge"))


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/v1/models", (401, "{}"), "MEDQA_LLM_API_KEY"),
        ("/v1/models", (200, "<html>"), "must end in /v1"),
        ("/v1/models", (200, "[]"), "must end in /v1"),
        ("/v1/chat/completions", (500, "{}"), "500"),
        ("/v1/chat/completions", (200, "{}"), "no choices"),
    ],
)
async def test_a_server_that_does_not_work_is_said_to_be_so(
    script: Script, path: str, answer: tuple[int, str], said: str
) -> None:
    script.answers[path] = answer
    with pytest.raises(ChatModelError, match=said):
        await probe(script.settings(llm_model="tiny"))


async def test_nothing_there_says_how_to_start_it() -> None:
    with pytest.raises(ChatModelError, match="medqa llm serve"):
        await probe(Settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="tiny"))


async def test_no_model_configured_is_no_degradation() -> None:
    assert await degradations(Settings()) == []
