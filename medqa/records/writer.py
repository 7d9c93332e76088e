"""Events on their way to the audit log: taken at once, written in order by a thread of its own.

Nobody who asks waits for the disk, and a log that cannot be written stops no answer: what is due is kept in memory and
tried again with the next event, the trouble is logged as an error, and ``trouble`` says it to whoever asks.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWriting
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from medqa.errors import AuditError
from medqa.records.entry import LOST, Event
from medqa.records.log import AuditLog

_log = logging.getLogger(__name__)
MOST_WAITING = 1_000
_SAY_AGAIN_S = 60.0
_FLUSH_S = 15.0


class Writer:
    """Hands events to the log that ``open_log`` gives; it is asked again with each event until it can.

    ``first`` says what is to be recorded before all else, once the log is open.
    """

    def __init__(
        self,
        open_log: Callable[[], AuditLog],
        *,
        first: Callable[[AuditLog], Iterable[Event]] = lambda _: (),
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._open_log, self._first = open_log, first
        self._most_waiting = most_waiting
        self._waiting: deque[Event] = deque()
        self._in_hand = 0
        self._began = self._dropping_since = datetime.now(UTC)
        self._dropped = 0
        self._guard = Lock()
        self._log: AuditLog | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")  # its work is finished before Python ends
        self._trouble, self._said_at = "", 0.0

    @property
    def trouble(self) -> str:
        """Why the log cannot be written at the moment, with what to do; empty while all is well."""
        return self._trouble

    def put(self, event: Event) -> None:
        """Takes the event and returns at once."""
        with self._guard:
            has_room = len(self._waiting) + self._in_hand < self._most_waiting
            if has_room:
                self._waiting.append(event)
        if has_room:
            self.open()
        else:
            self.lose()

    def lose(self) -> None:
        """Counts an event that cannot be kept; the log will say how many there were."""
        with self._guard:
            self._dropping_since = self._dropping_since if self._dropped else datetime.now(UTC)
            self._dropped += 1
        self.open()

    def open(self) -> None:
        """Begins to write what is due; before the first event, trouble shows already."""
        with contextlib.suppress(RuntimeError):  # Python is ending; ``flush`` has said what is left
            self._thread.submit(self._drain)

    def flush(self, timeout_s: float = _FLUSH_S) -> None:
        """Returns when what was put is written, or cannot be; an error in the log says what was not."""
        try:
            self._thread.submit(self._drain).result(timeout_s)
        except StillWriting:
            self._trouble = f"the audit log has not been written for {timeout_s:g} s: look at its disk"
        with self._guard:
            left = len(self._waiting) + self._dropped
        if left:
            _log.error("%d audit entries are not written: %s", left, self._trouble)

    def _drain(self) -> None:
        try:
            self._write()
        except AuditError as err:
            self._say(str(err))
        except Exception as err:
            _log.exception("audit log: unexpected %s", type(err).__name__)
            self._say(f"unexpected {type(err).__name__}: this is a bug, see the log")
        else:
            if self._trouble:
                _log.warning("the audit log is written again")
            self._trouble = ""

    def _write(self) -> None:
        if self._log is None:
            log = self._open_log()
            log.append(deque(replace(event, at=self._began) for event in self._first(log)))
            self._log = log
        with self._guard:
            batch, self._waiting = self._waiting, deque()
            lost, since, self._in_hand = self._dropped, self._dropping_since, len(batch)
        if lost:
            batch.append(Event(action=LOST, facts={"entries": lost, "since": since.isoformat(timespec="seconds")}))
        try:
            self._log.append(batch)
        finally:
            with self._guard:
                self._in_hand = 0
                self._waiting.extendleft(event for event in reversed(batch) if event.action != LOST)
                if lost and not batch:
                    self._dropped -= lost

    def _say(self, trouble: str) -> None:
        now = time.monotonic()
        if trouble != self._trouble or now - self._said_at > _SAY_AGAIN_S:
            _log.error("the audit log cannot be written, answers go on: %s", trouble)
            self._said_at = now
        self._trouble = trouble
