"""Probing a model server: each way of being wrong has its own words."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from medqa.serve.llm.checks import Report, examine
from medqa.serve.llm.wire import read_metrics
from medqa.serve.model_server import degradations, look_up
from medqa.settings import Settings

METRICS = """# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0"} 1.0
vllm:num_requests_running{engine="1"} 2.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0"} 0.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0"} 0.25
# TYPE vllm:generation_tokens counter
vllm:generation_tokens_total{engine="0"} 8.0
"""


def events(*deltas: dict[str, str]) -> str:
    lines = [json.dumps({"choices": [{"delta": delta}]}) for delta in deltas]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])


@dataclass
class Server:
    """A small server of OpenAI's protocol. Each attribute is one way in which it can be wrong."""

    url: str = ""
    models: object = field(default_factory=lambda: {"data": [{"id": "tiny", "max_model_len": 8192}]})
    stream: str = field(default_factory=lambda: events({"role": "assistant"}, {"content": "Ready"}, {"content": "."}))
    logprobs: object = field(default_factory=lambda: {"content": [{"token": "a", "top_logprobs": [{"token": "a"}]}]})
    form: str = '{"zq": "zq"}'
    metrics: str = METRICS
    statuses: dict[str, int] = field(default_factory=dict)
    keys: set[str | None] = field(default_factory=set)

    def settings(self, **more: object) -> Settings:
        given = {"llm_base_url": self.url, "llm_model": "tiny", "chat_model": "openai", **more}
        return Settings(**given)  # type: ignore[arg-type]

    def answer(self, path: str, asked: dict[str, Any]) -> str:
        if path == "/v1/models":
            return json.dumps(self.models)
        if path == "/metrics":
            return self.metrics
        if path != "/v1/chat/completions":
            return "{}"
        if asked.get("stream"):
            return self.stream
        content = self.form if "response_format" in asked else "Ready"
        return json.dumps({"choices": [{"message": {"content": content}, "logprobs": self.logprobs}]})


@pytest.fixture
def server() -> Iterator[Server]:
    plan = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            plan.keys.add(self.headers.get("Authorization"))
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
            self.send_response(plan.statuses.get(self.path, 200))
            self.end_headers()
            self.wfile.write(plan.answer(self.path, asked).encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        plan.url = f"http://127.0.0.1:{listening.server_port}/v1"
        yield plan
        listening.shutdown()
        thread.join()


def failed(report: Report) -> dict[str, str]:
    return {check.name: f"{check.detail} | {check.fix}" for check in report.checks if not check.ok}


async def test_a_working_server_passes_every_check_with_its_key(server: Server) -> None:
    report = await examine(server.settings(llm_api_key="k"))
    assert report.ok, failed(report)
    assert [check.name for check in report.checks] == [
        "server", "model", "context", "writes", "probabilities", "forms", "metrics",
    ]  # fmt: skip
    assert server.keys == {"Bearer k"}
    assert report.first_token_s is not None
    assert report.wrote_after_s is not None
    assert 0 < report.first_token_s <= report.wrote_after_s


async def test_the_only_model_needs_no_name(server: Server) -> None:
    assert (await examine(server.settings(llm_model=None))).model == "tiny"


async def test_a_model_that_is_not_there_is_named_with_those_that_are(server: Server) -> None:
    assert "set MEDQA_LLM_MODEL to one of tiny" in failed(await examine(server.settings(llm_model="huge")))["model"]
    assert await degradations(server.settings(llm_model="huge"))
    assert await degradations(server.settings()) == []


async def test_an_adapter_that_is_missing_is_named_with_those_that_are_there(server: Server) -> None:
    server.models = {"data": [{"id": "tiny", "max_model_len": 8192}, {"id": "kind", "parent": "tiny"}]}
    assert (await examine(server.settings(), ["kind"])).ok
    assert (await examine(server.settings(llm_model="kind"))).ok
    said = failed(await examine(server.settings(), ["kind", "gone"]))["adapters"]
    assert "not there: gone; there: kind" in said
    assert "--lora" in said


async def test_a_context_too_short_for_passages_is_said_to_be_so(server: Server) -> None:
    server.models = {"data": [{"id": "tiny", "max_model_len": 1024}]}
    assert "--context" in failed(await examine(server.settings()))["context"]


@pytest.mark.parametrize(
    ("status", "models", "said"),
    [
        (401, {}, "MEDQA_LLM_API_KEY"),
        (200, [], "must end in /v1"),
        (200, {"data": 3}, "must end in /v1"),
        (500, {}, "server's log"),
    ],
)
async def test_a_server_that_lists_nothing_is_said_to_be_so(
    server: Server, status: int, models: object, said: str
) -> None:
    server.models = models
    server.statuses["/v1/models"] = status
    assert said in failed(await examine(server.settings()))["server"]
    assert said in (await degradations(server.settings()))[0]


@pytest.mark.parametrize("stream", ["data: {\n\n", 'data: {"error": {"message": "x"}}\n\n', "data: 3\n\n"])
async def test_an_engine_that_is_dead_behind_a_healthy_server_is_found(server: Server, stream: str) -> None:
    server.stream = stream
    report = await examine(server.settings())
    assert "calls itself healthy, but does not write" in failed(report)["writes"]
    assert report.checks[-1].name == "writes"


async def test_a_server_that_fails_to_write_and_is_not_healthy_says_its_status(server: Server) -> None:
    server.statuses = {"/v1/chat/completions": 500, "/health": 503}
    assert "answered 500" in failed(await examine(server.settings()))["writes"]


async def test_an_empty_answer_is_none(server: Server) -> None:
    server.stream = events({"role": "assistant"})
    assert "empty" in failed(await examine(server.settings()))["writes"]


async def test_thoughts_in_the_answer_are_found_and_thoughts_apart_are_fine(server: Server) -> None:
    server.stream = events({"content": "<think>"}, {"content": "hm</think>"})
    assert "--reasoning-parser" in failed(await examine(server.settings()))["writes"]
    server.stream = events({"reasoning": "hm"}, {"content": "Ready"})
    report = await examine(server.settings())
    assert report.ok
    assert "after thinking" in next(check.detail for check in report.checks if check.name == "writes")


async def test_missing_probabilities_are_found(server: Server) -> None:
    server.logprobs = None
    assert failed(await examine(server.settings())).keys() == {"probabilities"}


async def test_a_form_that_is_ignored_is_found(server: Server) -> None:
    server.form = "Ready"
    assert failed(await examine(server.settings())).keys() == {"forms"}


async def test_a_queue_and_an_engine_that_counts_nothing_show_in_the_metrics(server: Server) -> None:
    server.metrics = METRICS.replace('waiting{engine="0"} 0.0', 'waiting{engine="0"} 7.0')
    assert "7 waiting" in failed(await examine(server.settings()))["metrics"]
    server.metrics = METRICS.replace("} 8.0", "} 0.0")
    assert "no token counted" in failed(await examine(server.settings()))["metrics"]


async def test_a_server_without_metrics_is_no_fault(server: Server) -> None:
    server.statuses["/metrics"] = 404
    assert (await examine(server.settings())).ok


def test_metrics_are_summed_over_engines() -> None:
    assert read_metrics(METRICS)["vllm:num_requests_running"] == 3.0
    assert read_metrics("x NaN\n") == {}


async def test_nothing_there_says_how_to_start_it() -> None:
    nowhere = Settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="tiny", chat_model="openai")
    assert "medqa llm serve" in failed(await examine(nowhere))["server"]
    assert "medqa llm serve" in (await degradations(nowhere))[0]


async def test_no_model_configured_is_no_degradation() -> None:
    assert await degradations(Settings()) == []
    assert await look_up(Settings()) == []


async def test_a_model_that_nothing_asks_is_no_degradation() -> None:
    assert await degradations(Settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="tiny")) == []


async def test_a_model_without_a_name_is_looked_for_all_the_same(server: Server) -> None:
    assert await degradations(server.settings(llm_model=None)) == []
    server.models = {"data": []}
    assert "offers no model" in (await degradations(server.settings(llm_model=None)))[0]


async def test_a_verifier_that_asks_the_model_needs_its_server_too() -> None:
    nowhere = Settings(llm_base_url="http://127.0.0.1:9/v1", verifier="served")
    assert await degradations(nowhere)


async def test_the_doctor_says_whether_the_model_server_is_there(server: Server) -> None:
    (there,) = await look_up(server.settings())
    assert there.ok
    (other,) = await look_up(server.settings(llm_model="huge"))
    assert not other.ok
    assert other.fix == "set MEDQA_LLM_MODEL to one of tiny"
    (gone,) = await look_up(Settings(llm_base_url="http://127.0.0.1:9/v1", chat_model="openai"))
    assert not gone.ok
    assert "medqa llm serve" in gone.fix


async def test_an_address_without_its_end_is_told_to_need_it(server: Server) -> None:
    server.statuses = {"/models": 404}
    report = await examine(server.settings(llm_base_url=server.url.removesuffix("/v1")))
    assert "must end in /v1" in failed(report)["server"]
