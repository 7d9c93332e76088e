from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.choices import read_choices
from medqa.errors import UsageError

ROWS = [
    {"id": f"m/{n}", "task": "m", "question": "Which?", "options": {"A": "x", "B": "y"}, "answer": "B"}
    for n in range(9)
]


def test_mirage_and_pubmedqa_are_read_alike(tmp_path: Path) -> None:
    pubmedqa = {"qid": "p/1", "question": "Does it help?", "label": "maybe"}
    with gzip.open(tmp_path / "questions.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, [*ROWS[:1], pubmedqa])))
    one, other = read_choices(tmp_path)
    assert (one.task, one.answer, one.language) == ("m", "B", "en")
    assert (other.task, other.answer, other.options["C"]) == ("pubmedqa", "C", "maybe")


def test_a_limit_draws_from_each_set_the_same_way_each_time(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    rows = [*ROWS, *({**row, "task": "n", "question": "哪个？"} for row in ROWS)]
    (tmp_path / "dev" / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    drawn = read_choices(tmp_path, 3)
    assert [choice.task for choice in drawn] == ["m"] * 3 + ["n"] * 3
    assert drawn[-1].language == "zh"
    assert drawn == read_choices(tmp_path, 3)


@pytest.mark.parametrize(
    "broken", ['{"question": "q"}', '{"question": "q", "options": {"A": "x"}, "answer": "B"}', "no"]
)
def test_a_broken_row_is_named_by_file_and_line(broken: str, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps(ROWS[0]) + "\n" + broken)
    with pytest.raises(UsageError, match=r"questions.jsonl, line 2"):
        read_choices(tmp_path)


def test_a_folder_without_questions_is_said_to_hold_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no questions"):
        read_choices(tmp_path)
