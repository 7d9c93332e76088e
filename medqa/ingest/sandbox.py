"""Parser processes that can be killed: each file gets its memory, CPU and wall time, and no more.

A process is used for one file after another and replaced when it died. It is read from only when its file is next in
order; until then a full pipe holds it back, so memory stays flat and the order of a run is always the same.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import medqa
from medqa.domain.document import Source
from medqa.domain.ingestion import ParsedItem
from medqa.errors import ParseError
from medqa.ingest.wire import checked_reason, item_from_json, source_to_json

_MAX_LINE = 64 << 20
_START_S = 60.0
_WATCH_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may take."""

    memory_mb: int = 1024
    seconds: float = 60.0


class Worker:
    """One parser process, started when it is first needed."""

    def __init__(self, limits: Limits, watchdog: Watchdog) -> None:
        self._limits = limits
        self._watchdog = watchdog
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def submit(self, path: Path, parser: str, source: Source) -> None:
        """Gives the process a file. Its answer waits in the pipe until ``items`` is read to its end."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _started(self._limits)
            self._is_ready = False
        job = {"path": str(path), "parser": parser, "source": source_to_json(source)}
        assert self._process.stdin
        with suppress(BrokenPipeError):  # the answer's end will say that the process died
            self._process.stdin.write(json.dumps(job).encode("ascii") + b"\n")
            self._process.stdin.flush()

    def items(self) -> Iterator[ParsedItem]:
        """What the file submitted last holds. Raises ParseError when it fails or breaks a limit."""
        if not self._is_ready:  # starting takes its own time, not the file's
            self._answer(_START_S)
            self._is_ready = True
        left = self._limits.seconds
        while True:
            began = time.monotonic()
            value = self._answer(left)
            left -= time.monotonic() - began
            if "end" in value:
                return
            if "failed" in value:
                if value["failed"] == "memory_limit":
                    self.close()
                raise ParseError(str(value.get("message")), reason=_reason(value["failed"]))
            try:
                item = item_from_json(value)
            except (ValueError, TypeError, KeyError) as err:
                self.close()
                raise ParseError("its parser gave a malformed answer", reason="malformed") from err
            yield item

    def close(self) -> None:
        """Ends the process at once."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.wait()

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The next line of the answer. Raises ParseError when none comes in time."""
        process = self._process
        assert process
        assert process.stdout
        with self._watchdog.killing(process, after=seconds) as watch:
            line = process.stdout.readline(_MAX_LINE)
        if line.endswith(b"\n"):
            value = json.loads(line)
            if isinstance(value, dict):
                return value
        process.kill()
        status = process.wait()
        self.close()
        if watch.has_fired:
            raise _over_time(self._limits)
        if len(line) >= _MAX_LINE:
            raise ParseError("holds one document of more than 64 MB of text", reason="too_large")
        raise _died(status, self._limits)


def _reason(value: object) -> Any:
    try:
        return checked_reason(value)
    except ValueError:
        return "malformed"


def _over_time(limits: Limits) -> ParseError:
    return ParseError(f"takes more than {limits.seconds:g} s to read", reason="time_limit")


def _died(status: int, limits: Limits) -> ParseError:
    if status == -getattr(signal, "SIGXCPU", 0):
        return _over_time(limits)
    if status == -getattr(signal, "SIGKILL", 9):
        return ParseError(f"needs more than {limits.memory_mb} MB of memory", reason="memory_limit")
    return ParseError("its parser broke down on it", reason="malformed")


def _started(limits: Limits) -> subprocess.Popen[bytes]:
    """A parser process with an environment of its own: no settings and no secrets of this one."""
    package = str(Path(medqa.__file__).resolve().parent.parent)
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "LANG") if name in os.environ}
    environment |= {"PYTHONPATH": package, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-B", "-m", "medqa.ingest.worker", str(limits.memory_mb), str(limits.seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then ends its parsers
    )


@dataclass(slots=True)
class _Watch:
    process: subprocess.Popen[bytes]
    deadline: float
    has_fired: bool = False


class Watchdog:
    """One thread that kills a process which lets this one wait too long."""

    def __init__(self) -> None:
        self._watch: _Watch | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="parser-watchdog", daemon=True)
        self._thread.start()

    @contextmanager
    def killing(self, process: subprocess.Popen[bytes], *, after: float) -> Iterator[_Watch]:
        """Kills the process if the block takes longer than ``after`` seconds."""
        watch = _Watch(process, time.monotonic() + max(after, 0.0))
        self._watch = watch
        try:
            yield watch
        finally:
            with self._lock:
                self._watch = None

    def close(self) -> None:
        """Ends the thread."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(_WATCH_INTERVAL_S):
            with self._lock:
                watch = self._watch
                if watch is not None and not watch.has_fired and time.monotonic() > watch.deadline:
                    watch.has_fired = True
                    watch.process.kill()


class WorkerPool:
    """A few workers that take turns; closing the pool ends them all."""

    def __init__(self, size: int, limits: Limits) -> None:
        self._watchdog = Watchdog()
        self._idle = [Worker(limits, self._watchdog) for _ in range(size)]
        self._all = list(self._idle)

    def take(self) -> Worker:
        """An idle worker, to be given back with ``give_back``. There is one as long as no more are taken than exist."""
        return self._idle.pop()

    def give_back(self, worker: Worker) -> None:
        """Makes the worker available again."""
        self._idle.append(worker)

    def close(self) -> None:
        """Ends every process."""
        for worker in self._all:
            worker.close()
        self._watchdog.close()
