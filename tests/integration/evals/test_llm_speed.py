"""The benchmark of a model server's speed, over the real protocol; tests/llm has the real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from protocol_server import ProtocolServer

from evals.overhead.cases import Case
from evals.overhead.shapes import shape_of, write_shape
from evals.tasks.bench_llm_speed import BenchLlmSpeed, measure
from medqa.errors import ChatModelError, UsageError
from medqa.settings import Settings

CASES = [Case("q", "en", [{"role": "system", "content": "rules"}, {"role": "user", "content": "What is asthma?"}])]


def settings(server: ProtocolServer) -> Settings:
    return Settings(llm_base_url=server.base_url, llm_model="m", chat_model="openai")


def test_each_number_of_streams_is_measured_by_the_servers_own_count() -> None:
    with ProtocolServer(lambda body: "Asthma narrows the airways.", counts=True).running() as server:
        table = asyncio.run(measure(settings(server), CASES, {"streams": "1,4", "answers": "3"}))
    assert {n: row.answers for n, row in table.items()} == {1: 3, 4: 12}
    assert {row.prompt_tokens for row in table.values()} == {100.0}
    assert {row.cached_tokens for row in table.values()} == {60.0}
    assert {row.written_tokens for row in table.values()} == {10.0}
    for row in table.values():
        assert row.tokens_per_s == pytest.approx(10 * row.answers_per_s)
        assert row.first_token_s > 0


def test_no_prompt_is_sent_twice_and_the_rules_stay_in_front() -> None:
    with ProtocolServer(lambda body: "x", counts=True).running() as server:
        asyncio.run(measure(settings(server), CASES, {"streams": "4", "answers": "2"}))
    users = [body["messages"][1]["content"] for body in server.requests]
    assert len(set(users)) == len(users) == 9
    assert {body["messages"][0]["content"] for body in server.requests} == {"rules"}


def test_a_server_that_does_not_count_is_refused() -> None:
    with (
        ProtocolServer(lambda body: "x").running() as server,
        pytest.raises(ChatModelError, match="counts no tokens"),
    ):
        asyncio.run(measure(settings(server), CASES, {"streams": "1"}))


@pytest.mark.parametrize(("options", "said"), [({}, "like=FOLDER"), ({"like": "/gone", "shapes": "9b"}, "no shape 9b")])
def test_wrong_options_are_told_before_anything_is_served(options: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        BenchLlmSpeed().run(None, {"home": str(tmp_path), **options})


def test_a_shape_takes_the_tokenizer_of_another_model(tmp_path: Path) -> None:
    like, made = tmp_path / "like", tmp_path / "made"
    like.mkdir()
    made.mkdir()
    (like / "config.json").write_text(json.dumps({"model_type": "qwen3", "vocab_size": 77, "hidden_size": 1}))
    (like / "tokenizer.json").write_text("{}")
    config = write_shape(made, shape_of("8b"), like)
    assert (config["hidden_size"], config["intermediate_size"], config["vocab_size"]) == (4096, 12288, 77)
    assert (made / "tokenizer.json").exists()
    (like / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(UsageError, match="Qwen3"):
        write_shape(made, shape_of("8b"), like)
    with pytest.raises(UsageError, match="no model's folder"):
        write_shape(made, shape_of("8b"), tmp_path / "gone")
