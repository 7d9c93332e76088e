"""Multiple-choice questions in MIRAGE's form, and PubMedQA's made alike."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medqa.domain.conversation import Language
from medqa.domain.language import language_of
from medqa.errors import UsageError

_FILES = ("questions.jsonl.gz", "questions.jsonl", "dev/questions.jsonl.gz", "dev/questions.jsonl")
_VERDICTS = {"A": "yes", "B": "no", "C": "maybe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One question with its options by letter; ``answer`` is the right letter."""

    id: str
    task: str
    question: str
    language: Language
    options: Mapping[str, str]
    answer: str


def read_choices(folder: Path, limit: int | None = None, *, seed: int = 0) -> list[Choice]:
    """The questions of a folder, at most ``limit`` of each set, drawn by the seed.

    Raises UsageError that names the file and line where a row is none.
    """
    path = next((folder / name for name in _FILES if (folder / name).is_file()), None)
    if path is None:
        raise UsageError(f"{folder} holds no questions.jsonl[.gz]", field="data")
    by_task: defaultdict[str, list[Choice]] = defaultdict(list)
    for number, line in enumerate(_lines(path), start=1):
        try:
            choice = _choice(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise UsageError(
                f"{path}, line {number}: needs question, options and answer, or label", field="data"
            ) from err
        by_task[choice.task].append(choice)
    dice = random.Random(seed)
    drawn = (dice.sample(rows, min(limit or len(rows), len(rows))) for _, rows in sorted(by_task.items()))
    return [choice for rows in drawn for choice in rows]


def _choice(row: Mapping[str, Any]) -> Choice:
    options = row.get("options") or _VERDICTS
    answer = row["answer"] if "answer" in row else next(k for k, v in _VERDICTS.items() if v == row["label"])
    if answer not in options:
        raise ValueError(answer)
    return Choice(
        id=str(row.get("id") or row["qid"]),
        task=str(row.get("task") or "pubmedqa"),
        question=str(row["question"]),
        language=language_of(str(row["question"])),
        options=dict(options),
        answer=answer,
    )


def _lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from file
