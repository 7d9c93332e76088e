"""The options of an evaluation as a task reads them, and which of them it never asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class TaskOptions(Mapping[str, str]):
    """Options by name. A task declares none, so what it never looks up is likely a slip of the pen."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._read: set[str] = set()

    @property
    def unread(self) -> list[str]:
        """The options that nothing has looked up."""
        return sorted(self._given.keys() - self._read)

    def __getitem__(self, name: str) -> str:
        self._read.add(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        self._read.update(self._given)
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)
