"""What one run of ingestion did, counted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from medqa.domain.ingestion import Skipped


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """Counts of documents, and what could not be taken. Times are wall-clock seconds.

    ``seconds_reading`` is time spent waiting for parsed documents, ``seconds_embedding`` time spent encoding;
    the two overlap. ``passages`` are those of added and changed documents.
    """

    added: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    files_read: int = 0
    files_unchanged: int = 0
    passages: int = 0
    embedded: int = 0
    failures: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds_reading: float = 0.0
    seconds_embedding: float = 0.0
    seconds_total: float = 0.0
    dry_run: bool = False

    @property
    def skipped(self) -> int:
        """Files and records that could not be taken, duplicates included."""
        return len(self.failures)

    @property
    def duplicates(self) -> int:
        """Documents left out because another has the same content."""
        return sum(failure.reason == "duplicate" for failure in self.failures)

    @property
    def has_changes(self) -> bool:
        """Whether the library differs from before the run."""
        return bool(self.added or self.changed or self.deleted)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, with its derived counts."""
        return {**asdict(self), "skipped": self.skipped, "duplicates": self.duplicates}
