"""Rows of instruction data and the folder that holds them: ``train``, ``validation`` and ``test`` as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from medqa.domain.conversation import Audience, Language
from medqa.errors import ConfigError

Split = Literal["train", "validation", "test"]
Kind = Literal["answer", "refusal", "follow_up", "rewrite", "safety"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a row comes from. ``gold`` are the ids of the passages that answer.

    ``question_from`` names the template, heading or title; ``answer_from`` the writer. ``prompt_sha256`` is of the
    prompts that rendered the row.
    """

    document_id: str
    source_id: str
    licence: str | None
    gold: tuple[str, ...]
    question_from: str
    answer_from: str
    snapshot: str
    prompt_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A passage of the prompt under its number; numbers may have gaps, as in the product."""

    n: int
    id: str
    title: str
    section: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exchange to learn from: the messages as the served model gets them, and what it should write.

    ``turns`` is what was said before ``question``; as in the product, the prompt holds a question that stands alone.
    """

    id: str
    kind: Kind
    language: Language
    audience: Audience
    question: str
    turns: tuple[Message, ...]
    passages: tuple[Numbered, ...]
    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    provenance: Provenance

    @property
    def answer(self) -> str:
        """What the model should write."""
        return self.completion[0]["content"]


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Writes the rows, one JSON object a line; how many they were."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_rows(folder: Path, split: Split) -> list[Row]:
    """The rows of one split, in file order. Raises ConfigError that names file and line."""
    return list(_read(folder / f"{split}.jsonl"))


def _read(path: Path) -> Iterator[Row]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as err:
        raise ConfigError(f"{path}: cannot be read: make it with `medqa train data`") from err
    for number, line in enumerate(lines, start=1):
        try:
            yield _row(json.loads(line))
        except (ValueError, KeyError, TypeError) as err:
            raise ConfigError(f"{path}, line {number}: is no row of training data ({err})") from err


def _row(table: dict[str, object]) -> Row:
    known = {field.name for field in fields(Row)}
    if missing := known - table.keys():
        raise KeyError(f"missing: {', '.join(sorted(missing))}")
    made: dict[str, Any] = dict(table)
    made["turns"] = tuple(made["turns"])
    made["passages"] = tuple(Numbered(**passage) for passage in made["passages"])
    for name in ("prompt", "completion"):
        made[name] = tuple(_messages(made[name]))
    made["provenance"] = Provenance(**{**made["provenance"], "gold": tuple(made["provenance"]["gold"])})
    return Row(**made)


def _messages(value: object) -> Sequence[Message]:
    if not isinstance(value, list) or not value or not all({"role", "content"} <= m.keys() for m in value):
        raise TypeError("prompt and completion are lists of messages with role and content")
    return value
