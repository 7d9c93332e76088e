"""A real vLLM for the tests: ``medqa llm serve`` as a process, looked at from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from medqa.serve.llm.wire import read_metrics

KEY = "a-key-for-tests"
_START_S = 420.0
_READY = re.compile(r"Ready after \d+ s: .* process (\d+)")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it holds within so many seconds."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process is there and no mere entry waiting to be read."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class ModelServer:
    """One ``medqa llm serve``. ``lines`` is what it has said; ``pid`` is vLLM's own."""

    def __init__(self, model: Path, loras: Sequence[str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.variables = {
            **os.environ,
            "MEDQA_LLM_BASE_URL": self.url,
            "MEDQA_LLM_API_KEY": KEY,
            "VLLM_CPU_KVCACHE_SPACE": "1",
        }
        adapters = [part for lora in loras for part in ("--lora", lora)]
        self._command = [
            *(sys.executable, "-m", "medqa", "llm", "serve", "--model", str(model)),
            *("--name", "taught", *adapters),
        ]
        self._log = log
        self.lines: list[str] = []
        self.pid = 0

    def start(self) -> None:
        """Starts it and waits until it says that it is ready."""
        self.lines.clear()
        self._process = subprocess.Popen(self._command, env=self.variables, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        within(_START_S, lambda: self._is_ready() or self._process.poll() is not None)
        assert self._is_ready(), "".join(self.lines[-40:])
        body = {"model": "taught", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 2}
        headers = {"Authorization": f"Bearer {KEY}"}  # the first request of an engine is a slow one
        assert httpx.post(f"{self.url}/chat/completions", json=body, headers=headers, trust_env=False, timeout=120)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._log.open("a") as log:
            for line in self._process.stderr:
                self.lines.append(line)
                log.write(line)
                log.flush()

    def _is_ready(self) -> bool:
        found = next((match for line in self.lines if (match := _READY.match(line))), None)
        self.pid = int(found[1]) if found else 0
        return found is not None

    def get(self, path: str) -> httpx.Response:
        """What vLLM answers, with the key."""
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, trust_env=False, timeout=10)

    def figures(self) -> dict[str, float]:
        """vLLM's metrics."""
        return read_metrics(self.get("/metrics").text)

    def running(self) -> float:
        """Requests that vLLM works on now."""
        return self.figures()["vllm:num_requests_running"]

    def family(self) -> list[int]:
        """vLLM's process and all that it started."""
        found = [self.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found

    def ctrl_c(self) -> int:
        """Stops it as a person would; its exit status."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def wait(self, seconds: float) -> int:
        """Its exit status, once it has ended by itself."""
        return self._process.wait(seconds)

    def close(self) -> None:
        """Makes sure that nothing of it is left."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)
