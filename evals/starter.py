"""300 questions over the articles that ship with MedQA, as a test collection: it runs anywhere, in seconds."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from evals.harness import Sample
from medqa.wiring.upkeep import STARTER, starter_folder

_AUDIENCES = ("", ".clinician")


class StarterQuestions:
    """``evals/data/topics.jsonl``: relevant are the articles of the topic, in the question's language and the other."""

    name, split = STARTER, "all"

    def samples(self, group_by: str) -> list[Sample]:
        """The questions in file order, grouped by language whatever is asked."""
        return [Sample(row["id"], row["question"], row["language"]) for row in _rows()]

    def qrels(self) -> dict[str, dict[str, int]]:
        """1 for an article of the right topic in the other language or for clinicians, 2 for the one asked for."""
        return {row["id"]: dict(_grades(row)) for row in _rows()}


def _grades(row: dict[str, Any]) -> list[tuple[str, int]]:
    articles = starter_folder() / "files"
    return [
        (f"{STARTER}/{language}/{slug}{audience}", 2 if language == row["language"] and not audience else 1)
        for slug in row["slug"]
        for language in ("en", "zh")
        for audience in _AUDIENCES
        if (articles / language / f"{slug}{audience}.md").is_file()
    ]


def _rows() -> list[dict[str, Any]]:
    text = files("evals").joinpath("data/topics.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
