"""Training data and preference pairs from a served model, over the real protocol of the server beside this file."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer

from medqa.settings import Settings
from medqa.train.config import DataConfig, PreferConfig, checked
from medqa.train.dataset import build
from medqa.train.rows import read_rows
from medqa.wiring import training, upkeep

STARTER = Path(__file__).resolve().parents[3] / "knowledge_base" / "medqa-starter"
_FIRST = re.compile(r'<passage n="(\d+)">\n[^\n]*\n([^\n]+?[.。])')


@pytest.fixture(scope="module")
def gout_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a handful of English articles."""
    home = tmp_path_factory.mktemp("served") / "home"
    articles = [STARTER / "files" / "en" / f"{slug}.md" for slug in ("gout", "asthma", "eczema", "acne", "migraine")]
    upkeep.ingest(Settings(home=home), articles, source_id="few")
    return home


def settings(home: Path, server: ProtocolServer) -> Settings:
    return Settings(home=home, llm_base_url=server.base_url, llm_model="teacher")


def half_honest(body: dict[str, Any]) -> str:
    """Quotes the first passage where its number is odd, and makes something up where it is even."""
    found = _FIRST.search(body["messages"][-1]["content"])
    if found is None:
        return "NO_ANSWER"
    is_honest = int(found[1]) + len(found[2]) % 2 == 1
    return f"{found[2]} [{found[1]}]" if is_honest else f"Take 900 mg of this every 2 hours. [{found[1]}]"


def rows_config(folder: Path) -> DataConfig:
    given = {"output": str(folder), "rows": 20, "languages": ["en"], "refusals": 0, "follow_ups": 0, "safety": 0}
    return checked({**given, "validation": 0, "test": 0, "writer": "teacher", "passages": 4}, DataConfig)


def test_a_teachers_answers_are_kept_only_where_the_ledger_passes_them(gout_home: Path, tmp_path: Path) -> None:
    with (
        ProtocolServer(half_honest).running() as server,
        training.workshop(settings(gout_home, server), writer="teacher") as workshop,
    ):
        report = asyncio.run(build(rows_config(tmp_path), workshop))
    rows = read_rows(tmp_path, "train")
    assert rows
    assert not any("900 mg" in row.answer for row in rows)
    assert {row.provenance.answer_from for row in rows} == {"teacher"}
    assert report.dropped["the claim ledger did not pass the answer"] > 0
    assert {body["model"] for body in server.requests} == {"teacher"}


def test_a_served_models_own_mistakes_become_what_is_rejected(gout_home: Path, tmp_path: Path) -> None:
    def by_seed(body: dict[str, Any]) -> str:
        found = _FIRST.search(body["messages"][-1]["content"])
        honest = f"{found[2]} [{found[1]}]" if found else "NO_ANSWER"
        return honest if body["seed"] % 2 else "Take 900 mg of this every 2 hours. [1]"

    with training.workshop(Settings(home=gout_home)) as workshop:
        config = rows_config(tmp_path / "data").model_copy(update={"writer": "extractive"})
        asyncio.run(build(config, workshop))
    with ProtocolServer(by_seed).running() as server:
        given = {"output": str(tmp_path / "out"), "model": "m", "data": str(tmp_path / "data"), "pairs": 5}
        config = checked({**given, "candidates": "served", "samples": 2}, PreferConfig)
        pairs = training.pairs(settings(gout_home, server), config)
    assert len(pairs) == 5
    assert all("900 mg" in pair.rejected and "900 mg" not in pair.chosen for pair in pairs)
    assert Counter(body["temperature"] for body in server.requests) == {0.8: 10}
