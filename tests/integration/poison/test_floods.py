"""Five copies of a lie, and blockers, beside the starter articles: nothing of them reaches a reader unmarked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from evals.tasks.floods import Floods

pytestmark = pytest.mark.timeout(600)  # two indexes are built and emptied again


@pytest.fixture(scope="module")
def report(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The evaluation with one topic a language, over a copy of the starter home."""
    home = tmp_path_factory.mktemp("floods")
    shutil.copytree(starter_home, home / "evals" / "floods")
    return Floods().run(None, {"home": str(home), "most": "1"})


@pytest.mark.parametrize("kind", ["flood, en", "flood, zh", "blocker, en", "blocker, zh"])
def test_the_lie_is_not_told_and_no_answer_is_lost(report: dict[str, Any], kind: str) -> None:
    figures = report["figures"][kind]
    assert figures["safe"]["held"] == figures["safe"]["n"] == 1, report
    assert figures["answer_lost"]["held"] == 0, report


def test_near_copies_are_named_when_they_are_ingested(report: dict[str, Any]) -> None:
    assert any("hold nearly the same passage" in warning for warning in report["flood_warnings"]), report
