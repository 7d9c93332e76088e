"""The benchmark of what MedQA adds runs against a real model server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from model_server import ModelServer
from small_model import Taught


def test_both_sides_are_measured_in_one_run(taught: Taught, model_server: ModelServer, tmp_path: Path) -> None:
    lines = [json.dumps(lesson, ensure_ascii=False) for lesson in taught.lessons("answer")[:4]]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    report = tmp_path / "report.json"
    arguments = ["--data", str(tmp_path), "--json", str(report), "--home", str(taught.home)]
    sizes = ["-o", "questions=4", "-o", "streams=4", "-o", "rounds=1"]
    variables = {**model_server.variables, **taught.variables(), "MEDQA_LLM_MODEL": "taught"}
    done = subprocess.run(
        [sys.executable, "-m", "medqa", "eval", "bench_llm_overhead", *arguments, *sizes],
        env=variables, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    assert found["questions"] >= 3
    for first in (found["first_token"], found["first_sentence"]):
        assert first["pairs"] >= 2
        assert first["direct_ms"] > 0
        assert 0.3 < first["median_ratio"] < 20
    throughput = found["throughput"]
    assert throughput["direct_tokens_per_s"] > 0
    assert throughput["ratio"] > 0.05
    assert 0 < found["cpu"]["cpu_s_per_answer"] < 2
