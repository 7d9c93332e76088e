"""What tasks share: BEIR folders, samples, and figures with their intervals.

A task is a file of ``tasks/`` whose ``plugin`` has ``run(data, options)`` and a docstring; it returns a report of
plain values. ``data`` is a folder of the caller's; nothing is downloaded.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from medqa.errors import UsageError

Options = Mapping[str, str]
Report = dict[str, Any]

_RESAMPLES = 2000


class Task(Protocol):
    """One evaluation."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by name, with what is needed to read them."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """A query of a BEIR folder. ``group`` is its ``metadata.style`` or ``type`` where the set has several."""

    id: str
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """``corpus.jsonl[.gz]``, ``queries.jsonl`` and ``qrels/<split>.tsv`` of one test collection."""

    path: Path
    split: str = "dev"

    @property
    def name(self) -> str:
        """The folder's name, under which its corpus is kept."""
        return self.path.name

    @property
    def corpus(self) -> Path:
        """The corpus file. Raises UsageError when there is none."""
        for name in ("corpus.jsonl.gz", "corpus.jsonl"):
            if (self.path / name).is_file():
                return self.path / name
        raise UsageError(f"{self.path} holds no corpus.jsonl[.gz]: name a BEIR folder with --data", field="data")

    def samples(self, group_by: str) -> list[Sample]:
        """Queries in file order."""
        rows = _rows(self.path / "queries.jsonl")
        return [Sample(row["_id"], row["text"], str(row.get("metadata", {}).get(group_by, "all"))) for row in rows]

    def qrels(self) -> dict[str, dict[str, int]]:
        """Grades by query and document."""
        found: dict[str, dict[str, int]] = {}
        lines = (self.path / "qrels" / f"{self.split}.tsv").read_text("utf-8").splitlines()
        for line in lines[1:]:
            query_id, document_id, grade = line.split("\t")
            found.setdefault(query_id, {})[document_id] = int(grade)
        return found


def bootstrap(values: Sequence[float], *, seed: int = 0) -> dict[str, float]:
    """The mean with its 95% interval over resampled samples (percentile bootstrap)."""
    if not values:
        return {"mean": float("nan"), "low": float("nan"), "high": float("nan"), "n": 0}
    dice = random.Random(seed)
    size = len(values)
    means = sorted(sum(dice.choices(values, k=size)) / size for _ in range(_RESAMPLES))
    low, high = means[int(_RESAMPLES * 0.025)], means[int(_RESAMPLES * 0.975)]
    return {"mean": round(sum(values) / size, 4), "low": round(low, 4), "high": round(high, 4), "n": size}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise UsageError(f"{path} is missing: name a BEIR folder with --data", field="data")
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
