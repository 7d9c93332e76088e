"""300 questions over the articles that ship with MedQA, as a test collection: it runs anywhere, in seconds."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from evals.harness import Sample
from medqa.wiring.upkeep import STARTER, starter_folder

_AUDIENCES = ("", ".clinician")


class StarterQuestions:
    """``evals/data/topics.jsonl``: relevant are the articles of the topic in the question's language."""

    name, split = STARTER, "all"

    def samples(self, group_by: str) -> list[Sample]:
        """The questions in file order, grouped by language whatever is asked."""
        return [Sample(row["id"], row["question"], row["language"]) for row in _rows()]

    def qrels(self) -> dict[str, dict[str, int]]:
        """2 for an article of the right topic, 1 for its summary for clinicians."""
        return {row["id"]: dict(_grades(row)) for row in _rows()}


def _grades(row: dict[str, Any]) -> list[tuple[str, int]]:
    articles = starter_folder() / "files"
    return [
        (f"{STARTER}/{row['language']}/{slug}{audience}", 1 if audience else 2)
        for slug in row["slug"]
        for audience in _AUDIENCES
        if (articles / row["language"] / f"{slug}{audience}.md").is_file()
    ]


def _rows() -> list[dict[str, Any]]:
    text = files("evals").joinpath("data/topics.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
