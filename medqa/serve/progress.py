"""How far a long piece of work is, on stderr: one line that grows on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from medqa.wiring import open_application

if TYPE_CHECKING:
    from medqa.settings import Settings
    from medqa.wiring import Application

_EVERY_S = 0.2
_PLAIN_EVERY_S = 15.0
_BAR = 24


@contextlib.contextmanager
def opened(settings: Settings, *, once: bool = False) -> Iterator[Application]:
    """The application, for one question alone with ``once``; while its first index is built, progress shows."""
    with (
        contextlib.closing(ProgressLine()) as progress,
        open_application(settings, progress=progress, once=once) as application,
    ):
        progress.close()
        yield application


class ProgressLine:
    """Called as ``line(stage, done, total)``; ``total`` is ``None`` where it is not known. Close it at the end."""

    def __init__(self) -> None:
        self._on_terminal = sys.stderr.isatty()
        self._stage = ""
        self._shown_at = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        pause = _EVERY_S if self._on_terminal else _PLAIN_EVERY_S
        is_last = total is not None and done >= total
        if stage == self._stage and not is_last and now - self._shown_at < pause:
            return
        if self._on_terminal and self._stage and stage != self._stage:
            sys.stderr.write("\n")
        is_new, self._stage, self._shown_at = stage != self._stage, stage, now
        text = f"{stage} ..." if is_new and not self._on_terminal else _described(stage, done, total)
        sys.stderr.write(f"\r\x1b[2K{text}" if self._on_terminal else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Ends the growing line."""
        if self._on_terminal and self._stage:
            sys.stderr.write("\n")
            sys.stderr.flush()
        self._stage = ""


def _described(stage: str, done: int, total: int | None) -> str:
    if not total:
        return f"{stage}: {done:,}"
    filled = _BAR * min(done, total) // total
    return f"{stage}: [{'█' * filled}{'·' * (_BAR - filled)}] {done:,} of {total:,}"
