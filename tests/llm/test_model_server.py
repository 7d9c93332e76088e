"""``medqa llm serve`` and ``medqa llm check`` with a real vLLM."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
from model_server import KEY, ModelServer, is_alive, within

from medqa.served_model import ServedModel, Server


def check(server: ModelServer, *arguments: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit status of ``medqa llm check`` and its findings by name."""
    command = [sys.executable, "-m", "medqa", "llm", "check", "--json", *arguments]
    done = subprocess.run(command, env=server.variables, capture_output=True, text=True, check=False, timeout=200)
    assert done.stdout, done.stderr
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_everything_is_right_with_a_server_that_medqa_started(model_server: ModelServer) -> None:
    status, found = check(model_server, "--model", "taught", "--lora", "brief")
    assert status == 0, found
    assert set(found) == {"server", "model", "adapters", "context", "writes", "probabilities", "forms", "metrics"}


def test_the_adapter_is_a_model_of_its_own(model_server: ModelServer) -> None:
    status, found = check(model_server, "--model", "brief")
    assert status == 0, found


@pytest.mark.parametrize(
    ("arguments", "wrong", "said"),
    [
        (["--model", "another"], "model", "taught"),
        (["--model", "taught", "--lora", "gone"], "adapters", "there: brief"),
    ],
)
def test_what_the_server_lacks_is_named(model_server: ModelServer, arguments: list[str], wrong: str, said: str) -> None:
    status, found = check(model_server, *arguments)
    assert status == 1
    assert not found[wrong]["ok"]
    assert said in f"{found[wrong]['detail']} {found[wrong]['fix']}"


def test_a_wrong_key_is_said_to_be_wrong(model_server: ModelServer) -> None:
    command = [sys.executable, "-m", "medqa", "llm", "check", "--model", "taught"]
    variables = {**model_server.variables, "MEDQA_LLM_API_KEY": "another"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "check MEDQA_LLM_API_KEY" in done.stdout


@pytest.mark.parametrize("path", ["/invocations", "/tokenize", "/v1/load_lora_adapter", "/v1/responses", "/pause"])
def test_routes_that_nobody_needs_are_closed(model_server: ModelServer, path: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    url = f"http://127.0.0.1:{model_server.port}{path}"
    assert httpx.post(url, json={}, headers=headers, trust_env=False).status_code == 404


def test_figures_and_models_need_the_key_and_health_does_not(model_server: ModelServer) -> None:
    root = f"http://127.0.0.1:{model_server.port}"
    statuses = {path: httpx.get(f"{root}{path}", trust_env=False).status_code for path in ("/metrics", "/v1/models")}
    assert statuses == {"/metrics": 401, "/v1/models": 401}
    assert httpx.get(f"{root}/health", trust_env=False).status_code == 200


def test_a_choice_comes_with_probabilities(model_server: ModelServer) -> None:
    model = ServedModel(Server(base_url=model_server.url, model="taught", api_key=KEY))
    messages = [{"role": "user", "content": "Is fever a symptom of flu?"}]
    found = asyncio.run(model.choose(messages, ["yes", "no"], timeout_s=30))
    assert set(found) == {"yes", "no"}
    assert sum(found.values()) == pytest.approx(1)


def test_an_answer_can_be_held_to_a_form(model_server: ModelServer) -> None:
    model = ServedModel(Server(base_url=model_server.url, model="taught", api_key=KEY))
    schema = {"type": "object", "properties": {"relevant": {"type": "boolean"}}, "required": ["relevant"]}
    messages = [{"role": "user", "content": "Is this relevant?"}]
    text = asyncio.run(model.complete(messages, max_tokens=64, timeout_s=30, schema=schema))
    assert isinstance(json.loads(text)["relevant"], bool)


def test_an_engine_that_hangs_behind_a_healthy_server_is_found(model_server: ModelServer) -> None:
    engines = model_server.family()[1:]
    for pid in engines:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert model_server.get("/health").status_code == 200
        status, found = check(model_server, "--model", "taught")
    finally:
        for pid in engines:
            os.kill(pid, signal.SIGCONT)
    assert status == 1
    assert "calls itself healthy, but does not write" in str(found["writes"]["detail"])
    assert within(30, lambda: model_server.running() == 0)


@pytest.mark.last(2)
def test_ctrl_c_ends_vllm_and_everything_that_it_started(model_server: ModelServer) -> None:
    family = model_server.family()
    assert len(family) > 1
    assert model_server.ctrl_c() == 0
    assert within(5, lambda: not any(is_alive(pid) for pid in family))
