"""``medqa calculate`` as a person and a program use it: no index, no model, no network."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
QUIET = ("0",) * 9


def test_a_sheet_is_counted_for_a_person(medqa_here: Run, home: Path) -> None:
    done = medqa_here("calculate", "phq_9", *"012010010", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "Sum: 5 of 27 · Mild (5 to 9)" in done.stdout
    for said in ("not a diagnosis", "2001", "AI"):
        assert said in done.stdout
    assert not home.exists()


@pytest.mark.parametrize(("language", "place", "number"), [("en", "US", "988"), ("zh", "CN", "12356")])
def test_a_marked_item_9_shows_the_card_before_the_sum(medqa_here: Run, language: str, place: str, number: str) -> None:
    arguments = ("calculate", "phq_9", *"00000000", "1", "--lang", language, "--jurisdiction", place)
    shown = medqa_here(*arguments).stdout
    assert shown.index(number) < shown.index("PHQ-9")
    made = json.loads(medqa_here(*arguments, "--json").stdout)
    assert (made["status"], made["total"], made["safety"]["level"]) == ("crisis", 1, "crisis")


def test_it_needs_no_network_and_loads_no_model(network_cut: list[str], home: Path) -> None:
    arguments = ["calculate", "phq_9", *"000000003", "--json", "--home", str(home)]
    command = [*network_cut, sys.executable, "-X", "importtime", "-m", "medqa", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout)["status"] == "crisis"
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not {"torch", "openvino", "faiss", "tantivy", "gradio", "fastapi", "numpy", "jieba"} & imported


def test_a_dash_is_an_answer_that_is_missing(medqa_here: Run) -> None:
    made = json.loads(medqa_here("calculate", "phq_9", "-", *"0000000", "2", "--json").stdout)
    assert (made["status"], made["total"], made["missing"]) == ("crisis", None, ["1"])


def test_the_calculators_are_listed(medqa_here: Run) -> None:
    assert "phq_9" in medqa_here("calculate", "--list").stdout
    assert json.loads(medqa_here("calculate", "--list", "--json").stdout)["items"][8]["is_crisis_item"]


def test_a_batch_keeps_order_and_ids_and_survives_a_bad_row(medqa_here: Run, tmp_path: Path) -> None:
    sheets = [
        {"id": "a", "answers": [3] * 8 + [0]},
        {"id": "b", "answers": [0] * 8},
        {"id": "c", "answers": {"9": 1}, "language": "zh", "jurisdiction": "CN"},
    ]
    path = tmp_path / "sheets.jsonl"
    path.write_text("".join(json.dumps(sheet) + "\n" for sheet in sheets), "utf-8")
    done = medqa_here("calculate", "phq_9", "--batch", path)
    first, bad, crisis = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert next(iter(first)) == "id"
    assert (first["id"], first["total"], first["band"]["name"]) == ("a", 24, "Severe")
    assert (bad["id"], bad["error"]["field"]) == ("b", "answers")
    assert (crisis["id"], crisis["status"], crisis["safety"]["card"]["phone"]) == ("c", "crisis", "12356")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--list"),
        (["nonsense"], "phq_9"),
        (["phq_9", "0"], "9 items"),
        (["phq_9", *QUIET[:8], "4"], "item 9"),
        (["phq_9", *QUIET[:8], "no"], "item 9"),
        (["phq_9", *QUIET, "--lang", "fr"], "language"),
        (["phq_9", *QUIET, "--jurisdiction", "Mars"], "jurisdiction"),
        (["phq_9", *QUIET, "--batch", "-"], "--batch"),
    ],
)
def test_bad_input_gets_a_clear_line_and_status_2(medqa_here: Run, arguments: list[str], said: str) -> None:
    done = medqa_here("calculate", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_a_terminal_nobody_is_asked(medqa: Run) -> None:
    done = medqa("calculate", "phq_9", stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "an answer for each item" in done.stderr


def at_a_terminal(*arguments: str, typed: bytes | None, home: Path) -> tuple[int, str, str]:
    """Status, stdout and stderr of the command, with a person at the keyboard who types, or presses Ctrl-C."""
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "medqa", "calculate", "phq_9", "--home", str(home), *arguments]
    process = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    asked = ""
    try:
        assert process.stderr is not None
        while "leave it out" not in asked:
            asked += process.stderr.read(1)
        if typed is None:
            time.sleep(0.5)  # a signal that comes just before the read begins is not noticed until a key is pressed
            process.send_signal(signal.SIGINT)
        else:
            os.write(keyboard, typed)
        out, err = process.communicate(timeout=60)
    finally:
        os.close(keyboard)
        os.close(terminal)
    return process.returncode, out, asked + err


def test_a_person_is_asked_one_by_one_and_may_leave_one_out(home: Path) -> None:
    status, out, err = at_a_terminal("--json", typed=b"1\n\n0\n0\n7\n0\n0\n0\n0\n2\n", home=home)
    assert status == 0, err
    made = json.loads(out)
    assert (made["status"], made["missing"], made["crisis_items"]) == ("crisis", ["2"], ["9"])
    assert "Please type one of 0, 1, 2, 3." in err
    assert "9 of 9. Thoughts that you would be better off dead" in err


def test_ctrl_c_ends_in_one_line(home: Path) -> None:
    status, out, err = at_a_terminal(typed=None, home=home)
    assert (status, out) == (130, "")
    assert err.endswith("Interrupted.\n")
    assert "Traceback" not in err
