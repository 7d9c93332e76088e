"""The metadata fields that a search may be narrowed by, and how their values are read."""

from __future__ import annotations

from dataclasses import dataclass

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import UsageError
from medqa.protocols import Filters

TEXT_FIELDS = (
    "language",
    "source_id",
    "document_id",
    "publication_type",
    "evidence_level",
    "audience",
    "pmid",
    "doi",
    "licence",
    "retracted",
    "clinically_reviewed",
)
FIELDS = (*TEXT_FIELDS, "year")
_SPAN = ".."


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field has one of the values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """The year lies in one of the closed spans. ``None`` leaves that end open."""

    spans: tuple[tuple[int | None, int | None], ...]


Condition = OneOf | Years


def read(filters: Filters) -> tuple[Condition, ...]:
    """The conditions that must all hold. Raises UsageError on an unknown field or a year that is none."""
    return tuple(_condition(field, tuple(values)) for field, values in filters)


def values_of(passage: Passage, metadata: Metadata) -> dict[str, str]:
    """The text fields of a passage that have a value. Text in no stated language takes its document's."""
    found = {
        "language": passage.language or metadata.language,
        "document_id": passage.document_id,
        "retracted": _truth(metadata.retracted),
        "clinically_reviewed": _truth(metadata.clinically_reviewed),
    }
    for field in TEXT_FIELDS:
        if field not in found:
            found[field] = getattr(metadata, field)
    return {field: value for field, value in found.items() if value is not None}


def _truth(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _condition(field: str, values: tuple[str, ...]) -> Condition:
    if field not in FIELDS:
        raise UsageError(f"no filter named {field!r}: use one of {', '.join(FIELDS)}", field="filters")
    if field == "year":
        return Years(tuple(_span(value) for value in values))
    return OneOf(field, values)


def _span(value: str) -> tuple[int | None, int | None]:
    low, dots, high = value.partition(_SPAN)
    try:
        first = int(low) if low else None
        last = (int(high) if high else None) if dots else first
    except ValueError as err:
        raise UsageError(
            f"year {value!r} is neither a year nor a span: write 2020 or 2015..2024", field="filters"
        ) from err
    if first is None and last is None:
        raise UsageError(f"year {value!r} names no year: write 2020 or 2015..2024", field="filters")
    return first, last
