from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from evals.tasks.rubric import Case, Criterion, figures, read_cases, score
from medqa.domain.conversation import Turn
from medqa.errors import UsageError

CASE = Case(
    id="1",
    turns=(Turn(role="user", content="q"),),
    criteria=(
        Criterion(text="good", points=6, tags=("accuracy",)),
        Criterion(text="fine", points=2, tags=("context",)),
        Criterion(text="bad", points=-10, tags=("safety",)),
    ),
)


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ([True, True, False], 1.0),
        ([True, False, False], 0.75),
        ([False, False, False], 0.0),
        ([True, True, True], -0.25),
    ],
)
def test_a_score_is_points_met_over_all_positive_points(met: list[bool], expected: float) -> None:
    assert score(CASE, met) == expected


def test_the_overall_score_is_clipped_and_what_was_not_graded_is_counted() -> None:
    report = figures([CASE, CASE], [[False, False, True], None])
    assert report["score"]["mean"] == 0.0
    assert report["not graded"] == 1
    assert report["criteria as wished, by tag"]["safety"]["share"]["held"] == 0


def test_our_own_rows_are_in_the_form() -> None:
    cases = read_cases(Path(str(files("evals").joinpath("data/rubric.jsonl"))))
    assert len({case.id for case in cases}) == len(cases) >= 8
    assert {case.question.language for case in cases} == {"en", "zh"}
    assert any(case.question.turns for case in cases)


def test_a_row_without_positive_points_is_named(tmp_path: Path) -> None:
    row = {
        "prompt_id": "1",
        "prompt": [{"role": "user", "content": "q"}],
        "rubrics": [{"criterion": "c", "points": -1}],
    }
    path = tmp_path / "rubric.jsonl"
    path.write_text(json.dumps(row))
    with pytest.raises(UsageError, match="line 1"):
        read_cases(path)
