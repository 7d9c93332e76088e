"""JSON Lines in, JSON Lines out."""

from __future__ import annotations

import json

import click
import pytest

from medqa.errors import UsageError
from medqa.serve.batch import run_batch

Row = dict[str, object]


def results(capsys: pytest.CaptureFixture[str]) -> list[Row]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rows_come_back_in_order_with_their_id_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ['{"id": "b", "x": 1}\n', "\n", '\ufeff{"id": 7, "x": 2}\n']
    run_batch(lines, lambda row: {"doubled": 2 * row["x"], "id": "its own"}, defaults={})
    out = results(capsys)
    assert out == [{"id": "b", "doubled": 2}, {"id": 7, "doubled": 4}]
    assert list(out[0]) == ["id", "doubled"]


def test_a_bad_row_costs_only_itself_and_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(row: Row) -> Row:
        if row.get("question") is None:
            raise UsageError("question must be a text", field="question")
        return {"answer": "yes"}

    lines = [
        '{"id": 1, "question": "a"}',
        "{nonsense",
        "[1]",
        '{"question": "b"}',
        '{"id": 5}',
        '{"id": 6, "question": "c"}',
    ]
    with pytest.raises(click.exceptions.Exit) as caught:
        run_batch(lines, answer, defaults={})
    assert caught.value.exit_code == 1
    out = results(capsys)
    assert [row["id"] for row in out] == [1, None, None, None, 5, 6]
    assert [row.get("error", {}).get("code") for row in out] == [
        None,
        "bad_json",
        "bad_json",
        "bad_input",
        "bad_input",
        None,
    ]
    assert out[4]["error"] == {"code": "bad_input", "message": "question must be a text", "field": "question"}


def test_a_rows_own_options_come_before_those_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ['{"id": 1, "audience": "clinician"}', '{"id": 2}', '{"id": 3, "audience": null}']
    run_batch(lines, lambda row: {"audience": row["audience"]}, defaults={"audience": "patient"})
    assert [row["audience"] for row in results(capsys)] == ["clinician", "patient", "patient"]


def test_a_deep_row_is_an_error_not_a_crash(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        run_batch(["[" * 200_000], lambda row: {}, defaults={})
    assert results(capsys)[0]["error"]["code"] == "bad_json"
