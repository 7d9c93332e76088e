"""The real command over a batch, and the evaluation over its own set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from evals.tasks.screen import Screen

ROWS = [
    {"id": "a", "text": "crushing chest pain going into my left arm", "jurisdiction": "GB"},
    {"id": "b", "text": "What is hay fever?"},
    {"id": "c", "turns": ["我在化疗", "今天38.5度"], "jurisdiction": "CN"},
    {
        "id": "d",
        "turns": [{"role": "user", "content": "我不想活了"}, {"role": "assistant", "content": "..."}, "家里人说没事"],
    },
]


def test_the_command_screens_a_batch(tmp_path: Path) -> None:
    batch = tmp_path / "rows.jsonl"
    batch.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    command = [sys.executable, "-m", "medqa", "screen", "--batch", str(batch), "--home", str(tmp_path / "home")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    a, b, c, d = map(json.loads, done.stdout.splitlines())
    assert (a["id"], a["level"], a["takeover"], a["card"]["phone"]) == ("a", "emergency", True, "999")
    assert (b["level"], b["findings"], b["card"]) == ("none", [], None)
    assert (c["level"], c["takeover"], c["card"]["phone"]) == ("urgent", True, "120")
    assert (d["level"], d["takeover"]) == ("crisis", True)


def test_the_screen_reaches_its_goals_on_the_shipped_set() -> None:
    report = Screen().run(None, {"anchors": "no"})
    for language in ("en", "zh"):
        assert report["sensitivity"][language]["share"] >= 0.98, report["misses"]
        assert report["takeovers_without_alarm"][f"ordinary {language}"]["share"] <= 0.03, report["false_takeovers"]
        assert report["soft_cards_without_alarm"][f"hard_negative {language}"]["share"] <= 0.12
    worst = min(figure["share"] for figure in report["sensitivity_by_presentation"].values())
    assert worst >= 0.9


def test_an_evaluation_of_a_folder_of_ones_own_shows_every_miss(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "message": "he is not breathing", "label": "emergency", "lang": "en"},
        {"id": "2", "message": "my toe itches", "label": "emergency", "lang": "en"},
    ]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = Screen().run(tmp_path, {})
    assert report["sensitivity"]["en"]["held"] == 1
    assert [miss["id"] for miss in report["misses"]] == ["2"]
