"""The command line as a person and a program use it, over a real index."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Check = Callable[[str, Any], None]

HEAVY = {
    *("torch", "transformers", "sentence_transformers", "faiss", "gradio", "openvino", "tantivy", "jieba"),
    *("numpy", "fastapi", "langchain", "langchain_core", "pydantic", "httpx", "uvicorn", "pypdf", "lxml"),
}


def rows(path: Path, *values: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")
    return path


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "medqa", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not HEAVY & imported
    for command_name in ("serve", "ask", "search", "screen", "deidentify", "ingest", "index", "eval", "llm", "doctor"):
        assert f"\n  {command_name} " in done.stdout


def test_ask_answers_with_sources_for_a_person(medqa_here: Run, built_home: Path) -> None:
    done = medqa_here("ask", "What is high blood pressure?", "--home", built_home)
    assert done.returncode == 0, done.stderr
    assert "[1]" in done.stdout
    assert "Sources" in done.stdout
    assert "“" in done.stdout
    assert "AI" in done.stdout


def test_ask_answers_with_json_for_a_program(medqa: Run, built_home: Path, fits: Check) -> None:
    done = medqa("ask", "高血压有什么症状？", "--json", "--jurisdiction", "CN", "--home", built_home)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    fits("ask", reply)
    assert (reply["language"], reply["status"]) == ("zh", "answered")


def test_a_batch_keeps_order_ids_and_options_and_survives_a_bad_row(
    medqa: Run, built_home: Path, tmp_path: Path, fits: Check
) -> None:
    batch = rows(
        tmp_path / "questions.jsonl",
        {"id": "b", "question": "What is high blood pressure?", "audience": "clinician"},
        {"id": "a", "question": ""},
        {"id": 3, "question": "And for children?", "turns": ["How is fever treated?"], "language": "en"},
        {"id": "crisis", "question": "crushing chest pain going into my left arm", "jurisdiction": "GB"},
    )
    done = medqa("ask", "--batch", batch, "--home", built_home)
    assert done.returncode == 1
    assert "1 of 4 rows failed" in done.stderr
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in out] == ["b", "a", 3, "crisis"]
    assert out[1]["error"] == {"code": "empty", "message": "question is empty: write some words", "field": "question"}
    assert out[0]["audience"] == "clinician"
    assert out[3]["status"] == "emergency"
    assert "999" in out[3]["answer"]
    for row in (out[0], out[2], out[3]):
        fits("ask", row)
        assert next(iter(row)) == "id"


def test_search_ranks_and_filters(medqa_here: Run, built_home: Path, fits: Check) -> None:
    done = medqa_here("search", "fever in a child", "-k", 3, "--filter", "language=zh", "--json", "--home", built_home)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    fits("search", found)
    assert 0 < len(found["hits"]) <= 3
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, len(found["hits"]) + 1))
    assert {hit["language"] for hit in found["hits"]} == {"zh"}


def test_search_prints_places_for_a_person_and_a_batch_for_a_program(
    medqa_here: Run, built_home: Path, tmp_path: Path, fits: Check
) -> None:
    shown = medqa_here("search", "paracetamol dose", "-k", 2, "--home", built_home)
    assert "medqa-starter/" in shown.stdout
    batch = rows(
        tmp_path / "queries.jsonl",
        {"id": 1, "query": "fever", "k": 1},
        {"id": 2, "query": "发热", "filters": {"language": "zh"}},
        {"id": 3, "query": "fever", "k": 0},
    )
    done = medqa_here("search", "--batch", batch, "--home", built_home)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    fits("search", out[0])
    assert len(out[0]["hits"]) == 1
    assert {hit["language"] for hit in out[1]["hits"]} == {"zh"}
    assert out[2]["error"]["field"] == "k"
    assert done.returncode == 1


def test_screen_needs_no_index(medqa_here: Run, home: Path, fits: Check) -> None:
    said = "crushing chest pain going into my left arm"
    done = medqa_here("screen", said, "--jurisdiction", "US", "--json", "--home", home)
    screening = json.loads(done.stdout)
    fits("screen", screening)
    assert (screening["level"], screening["takeover"]) == ("emergency", True)
    assert "911" in json.dumps(screening["card"])
    assert not home.exists()


def test_screen_reads_whole_conversations_in_a_batch(medqa_here: Run, tmp_path: Path, home: Path, fits: Check) -> None:
    batch = rows(
        tmp_path / "messages.jsonl",
        {
            "id": "t",
            "turns": ["I have crushing chest pain", {"role": "assistant", "content": "Since when?"}, "an hour"],
        },
        {"id": "n", "text": "What is a healthy diet?"},
        {"id": "e"},
    )
    done = medqa_here("screen", "--batch", batch, "--home", home)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in out] == ["t", "n", "e"]
    assert out[0]["takeover"]
    assert out[1]["level"] == "none"
    assert out[2]["error"]["field"] == "text"
    fits("screen", out[0])


def test_ingest_reports_and_publishes(medqa_here: Run, own_home: Path) -> None:
    notes = own_home.parent / "notes"
    notes.mkdir()
    (notes / "gout.md").write_text("# Gout\n\nGout is a painful kind of arthritis caused by uric acid crystals.\n")
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    dry = medqa_here("ingest", notes, "--dry-run", "--json", "--home", own_home)
    assert dry.returncode == 0, dry.stderr
    assert (json.loads(dry.stdout)["added"], json.loads(dry.stdout)["snapshot"]) == (1, None)
    done = medqa_here("ingest", notes, "--source-id", "mine", "--strict", "--home", own_home)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "broken.pdf" in done.stdout
    assert "published: " in done.stdout
    found = medqa_here("search", "gout uric acid", "-k", 1, "--json", "--home", own_home)
    assert json.loads(found.stdout)["hits"][0]["document_id"] == "mine/gout"
    back = medqa_here("index", "rollback", "--json", "--home", own_home)
    assert back.returncode == 0, back.stderr
    info = medqa_here("index", "info", "--json", "--home", own_home)
    assert json.loads(back.stdout)["snapshot"] in json.dumps(json.loads(info.stdout))


def test_doctor_finds_a_built_home_healthy(medqa_here: Run, built_home: Path) -> None:
    done = medqa_here("doctor", "--json", "--home", built_home)
    report = json.loads(done.stdout)
    wrong = [check for check in report["checks"] if not check["ok"] and check["name"] != "starter articles"]
    assert not wrong


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["ask"], 2, "QUESTION"),
        (["ask", ""], 2, "empty"),
        (["ask", "x" * 100_000], 2, "100,000 characters"),
        (["ask", "flu", "--audience", "nurse"], 2, "audience"),
        (["ask", "flu", "--lang", "fr"], 2, "language"),
        (["ask", "flu", "--jurisdiction", "Mars"], 2, "jurisdiction"),
        (["ask", "--batch", "/nowhere/questions.jsonl"], 2, "/nowhere/questions.jsonl"),
        (["search", "flu", "-k", "0"], 2, "k must be"),
        (["search", "flu", "-k", "1000000"], 2, "k must be"),
        (["search", "flu", "-k", "many"], 2, "integer"),
        (["search", "flu", "--filter", "year"], 2, "key=value"),
        (["ingest", "/nowhere"], 2, "/nowhere"),
        (["eval", "nothing"], 2, "no task"),
        (["serve", "--port", "0"], 2, "0"),
        (["index", "info"], 1, "medqa index build"),
        (["index", "rollback"], 1, "medqa index build"),
        (["nonsense"], 2, "nonsense"),
        (["--nonsense"], 2, "nonsense"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_input_gets_a_clear_line_and_the_right_status(
    medqa_here: Run, home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, said: str
) -> None:
    monkeypatch.setenv("MEDQA_HOME", str(home))
    done = medqa_here(*arguments)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_damaged_snapshot_is_refused_with_the_fix(medqa_here: Run, own_home: Path) -> None:
    for vectors in (own_home / "snapshots").glob("*/*"):
        if vectors.name != "manifest.json" and vectors.is_file():
            vectors.write_bytes(vectors.read_bytes()[:-1] + b"\x00")
    done = medqa_here("ask", "What is high blood pressure?", "--json", "--home", own_home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "medqa index" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_refused(medqa_here: Run, tmp_path: Path) -> None:
    place = tmp_path / "home"
    place.write_text("not a folder")
    done = medqa_here("ask", "What is flu?", "--home", place)
    assert done.returncode == 1, done.stderr
    assert f"{place} is a file" in done.stderr
    assert "--home" in done.stderr
    assert "is a file" in medqa_here("ask", "What is flu?", "--home", place / "below").stderr


def test_a_home_that_got_no_document_is_still_new(medqa_here: Run, tmp_path: Path, home: Path) -> None:
    (tmp_path / "tool.exe").write_bytes(b"MZ")
    done = medqa_here("ingest", tmp_path / "tool.exe", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "skipped tool.exe" in done.stdout
    assert "still empty" in done.stdout
    assert not list((home / "snapshots").glob("*/manifest.json"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_home_that_cannot_be_written_is_refused(medqa: Run, tmp_path: Path) -> None:
    place = tmp_path / "locked"
    place.mkdir(mode=0o500)
    done = medqa("ask", "What is flu?", "--home", place / "home")
    assert done.returncode == 1
    assert "rights" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the limit that stands in for a full disk is POSIX's")
def test_a_full_disk_is_named(medqa: Run, home: Path, articles: Path) -> None:
    def nearly_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))

    done = medqa("ingest", articles, "--home", home, preexec_fn=nearly_full)
    assert done.returncode == 1
    assert "free space" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_in_a_batch_ends_in_one_line(built_home: Path) -> None:
    command = [sys.executable, "-m", "medqa", "ask", "--batch", "-", "--home", str(built_home)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"id": 1, "question": "What is high blood pressure?"}\n')
    process.stdin.flush()
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert json.loads(first)["id"] == 1
    assert (process.returncode, out, err.decode().strip()) == (130, b"", "Interrupted.")


def test_a_reader_that_goes_away_is_no_failure(built_home: Path, tmp_path: Path) -> None:
    batch = rows(tmp_path / "q.jsonl", *({"id": n, "query": "fever"} for n in range(50)))
    command = [sys.executable, "-m", "medqa", "search", "--batch", str(batch), "--home", str(built_home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    began = time.monotonic()
    assert process.wait(30) == 0
    assert time.monotonic() - began < 20
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


def test_evals_are_listed(medqa_here: Run) -> None:
    done = medqa_here("eval", "--list")
    assert done.returncode == 0, done.stderr
    assert "retrieval" in done.stdout
