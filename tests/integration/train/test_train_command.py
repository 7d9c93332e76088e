"""The steps as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medqa.serve.cli import main

STEPS = ("data", "merge", "prefer", "quantise", "report", "sft")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, out, err


def test_help_lists_every_step_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train", "--help")
    assert status == 0
    for step in STEPS:
        assert f"\n  {step} " in out


@pytest.mark.parametrize("step", STEPS)
def test_every_step_prints_a_file_to_start_from(step: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train", step, "--example")
    assert status == 0
    assert f"medqa train {step}" in out.splitlines()[0]


def test_a_wrong_field_is_one_clear_line(configured, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "train", "data", configured("data", lines=3))
    assert status == 1
    assert "lines: there is no such field" in err
    assert "Traceback" not in err


def test_data_comes_with_a_card_and_a_manifest(data: Path) -> None:
    manifest = json.loads((data / "manifest.json").read_text())
    assert sum(manifest["rows"].values()) == 40
    assert all(manifest["rows"].values())
    assert "CC-BY-4.0" in (data / "README.md").read_text()


def test_quantising_without_an_environment_says_how_to_make_one(configured, tiny: Path, capsys) -> None:
    config = configured("quantise", model=tiny, environment=tiny.parent / "nowhere")
    status, _, err = run(capsys, "train", "quantise", config)
    assert status == 1
    assert "pip install --no-deps -r deploy/quantise/cpu.lock" in err


def test_the_report_judges_two_models_on_the_held_out_rows(
    configured, tiny: Path, short_data: Path, small_home: Path, tmp_path: Path, capsys
) -> None:
    questions = tmp_path / "choices"
    questions.mkdir()
    row = {"id": "1", "question": "Is gout painful?", "options": {"A": "Yes", "B": "No"}, "answer": "A"}
    (questions / "questions.jsonl").write_text(json.dumps(row) + "\n")
    config = configured("report", data=short_data, rows=4, max_new_tokens=6, multiple_choice=questions)
    with config.open("a") as file:
        file.write(f'[before]\nmodel = "{tiny}"\n[after]\nmodel = "{tiny}"\n')
    status, out, _ = run(capsys, "train", "report", config, "--home", small_home)
    assert status == 0
    assert "format kept" in out
    report = json.loads((tmp_path / "report-out" / "report.json").read_text())
    assert report["rows"] == 4
    assert report["figures"]["multiple choice"]["before"] == report["figures"]["multiple choice"]["after"]
    assert report["changed"]["format kept"]["difference"] == 0.0
    assert "<svg" in (tmp_path / "report-out" / "report.html").read_text()
