"""What has been fetched, file by file: one JSON line for each change, so that an interruption loses none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from medqa.errors import HomeError
from medqa.ingest.saving import disk, write_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a file came from. ``version`` is what the publisher calls this edition; ``fetched`` is an ISO date.

    ``sent_sha256`` is that of what the publisher sent, where we have changed the file since.
    """

    url: str
    sha256: str
    size: int
    etag: str = ""
    last_modified: str = ""
    version: str = ""
    fetched: str = ""
    sent_sha256: str = ""


_FIELDS = frozenset(field.name for field in fields(Entry))


class Journal:
    """Entries by name, and marks: small texts that a recipe wants to find again on its next run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: dict[str, Entry] = {}
        self.marks: dict[str, str] = {}
        self._gap = ""  # what separates the next line from one that was cut off
        for line in self._lines():
            self._apply(line)

    def record(self, name: str, entry: Entry) -> None:
        """Keeps the entry. Raises HomeError."""
        self._append({"file": name, **asdict(entry)})

    def forget(self, name: str) -> None:
        """Removes the entry. Raises HomeError."""
        self._append({"gone": name})

    def mark(self, name: str, value: str) -> None:
        """Keeps the mark. Raises HomeError."""
        if self.marks.get(name) != value:
            self._append({"mark": name, "value": value})

    def tidy(self) -> None:
        """Writes the journal anew, with one line for each thing that still holds. Raises HomeError."""
        lines: list[dict[str, Any]] = [{"mark": name, "value": value} for name, value in sorted(self.marks.items())]
        lines += [{"file": name, **asdict(entry)} for name, entry in sorted(self.entries.items())]
        write_file(self._path, "".join(json.dumps(line) + "\n" for line in lines).encode())

    def _append(self, line: dict[str, Any]) -> None:
        with disk(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="ascii") as file:
                file.write(self._gap + json.dumps(line) + "\n")
        self._gap = ""
        self._apply(line)

    def _apply(self, line: dict[str, Any]) -> None:
        if "gone" in line:
            self.entries.pop(line["gone"], None)
        elif "mark" in line:
            self.marks[line["mark"]] = line["value"]
        elif "file" in line:
            self.entries[line["file"]] = Entry(**{name: value for name, value in line.items() if name in _FIELDS})

    def _lines(self) -> Iterator[dict[str, Any]]:
        """The lines that are whole; one that was cut off in the middle of writing is passed over."""
        if not self._path.exists():
            return
        try:
            text = self._path.read_text("utf-8", errors="replace")
        except OSError as err:
            raise HomeError(f"cannot read {self._path} ({err.strerror}): check its rights") from err
        self._gap = "" if text.endswith("\n") or not text else "\n"
        for line in text.splitlines():
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value
