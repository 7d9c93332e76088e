"""Sources, documents' metadata and passages as JSON text and database rows, and back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from medqa.domain.document import Metadata, Source
from medqa.domain.passage import Passage

PASSAGE_COLUMNS = ("id", "document_id", "ordinal", "text", "section", "page", "language", "refs")


def metadata_to_json(metadata: Metadata) -> str:
    """Compact JSON of the fields that have a value; equal metadata give equal text."""
    known = {f.name: getattr(metadata, f.name) for f in fields(metadata)}
    filled = {name: _plain(value) for name, value in known.items() if value not in (None, (), "")}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def metadata_from_json(text: str) -> Metadata:
    """The inverse of ``metadata_to_json``."""
    values = json.loads(text)
    values["aliases"] = tuple(values.get("aliases", ()))
    for name in ("title", "source_id", "source"):
        values.setdefault(name, "")
    return Metadata(**values)


def source_to_json(source: Source) -> str:
    """Compact JSON of all fields."""
    return json.dumps(asdict(source), ensure_ascii=False, separators=(",", ":"))


def source_from_json(text: str) -> Source:
    """The inverse of ``source_to_json``."""
    return Source(**json.loads(text))


def passage_to_row(passage: Passage) -> tuple[Any, ...]:
    """Values in the order of ``PASSAGE_COLUMNS``."""
    refs = json.dumps(dict(passage.references), ensure_ascii=False) if passage.references else None
    head = (passage.id, passage.document_id, passage.ordinal, passage.text)
    return (*head, passage.section, passage.page, passage.language, refs)


def passage_from_row(row: tuple[Any, ...]) -> Passage:
    """The inverse of ``passage_to_row``."""
    return Passage(
        id=row[0],
        document_id=row[1],
        ordinal=row[2],
        text=row[3],
        section=row[4],
        page=row[5],
        language=row[6],
        references=json.loads(row[7]) if row[7] else {},
    )


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else value
