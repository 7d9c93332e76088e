"""MedQA's server as ``medqa serve --no-page`` starts it, but patient: ``python -m evals.overhead.server HOME PORT``.

It waits for the model however long it takes, and whatever it writes: a machine without an accelerator is slow, and a
model without weights writes nothing that holds. Otherwise readers would get quotes, and the model be left alone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import ConfigError

if TYPE_CHECKING:
    from medqa.settings import Settings

PATIENCE_S = 3600.0
_START_S, _NEVER = 240.0, 10**9


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs: its address and its process."""

    url: str
    pid: int

    def cpu_s(self) -> float | None:
        """Seconds that its threads have been at work so far; unknown where there is no /proc."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(settings: Settings, streams: int) -> Iterator[Serving]:
    """The server on a free port, with room for all streams, until the block ends."""
    import httpx

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        "MEDQA_MAX_CONCURRENT": str(streams),
        "MEDQA_LLM_AT_ONCE": str(max(64, streams)),
        "MEDQA_RATE_LIMIT_PER_MINUTE": "0",
        "MEDQA_CHAT_MODEL": "openai",
        "MEDQA_LLM_BASE_URL": settings.llm_base_url,
        "MEDQA_LLM_MODEL": settings.llm_model or "",
        "MEDQA_LLM_ANSWER_TOKENS": str(settings.llm_answer_tokens),
        "MEDQA_LLM_FIRST_TOKEN_S": str(PATIENCE_S),
        "MEDQA_LLM_CONTEXT_TOKENS": str(settings.llm_context_tokens),
        "OPENBLAS_NUM_THREADS": "1",  # as `medqa serve` sets it
    }
    command = [sys.executable, "-m", "evals.overhead.server", str(settings.home), str(port)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env={**os.environ, **given}, stderr=subprocess.DEVNULL) as process:
        try:
            ends = time.monotonic() + _START_S
            with httpx.Client(trust_env=False) as client:
                while not _is_ready(client, url):
                    if process.poll() is not None or time.monotonic() > ends:
                        raise ConfigError(f"MedQA did not start: try medqa serve --home {settings.home}")
                    time.sleep(0.2)
            yield Serving(url, process.pid)
        finally:
            process.terminate()


def _is_ready(client: object, url: str) -> bool:
    import httpx

    assert isinstance(client, httpx.Client)
    try:
        return client.get(f"{url}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def main(home: str, port: str) -> None:
    """Serves until it is terminated."""
    from medqa.answer.engine import Engine
    from medqa.answer.generation.drafting import Care, Deadlines
    from medqa.answer.generation.resilience import Breaker
    from medqa.serve.server import listen, run
    from medqa.settings import load_settings
    from medqa.wiring import open_application

    settings = load_settings(home=Path(home), port=int(port))
    ends = dict.fromkeys(("first_token_s", "between_tokens_s", "first_claim_s", "whole_s"), PATIENCE_S)
    care = Care(deadlines=Deadlines(**ends), breaker=Breaker(failures=_NEVER), most_at_once=settings.llm_at_once)
    with listen(settings.host, settings.port) as listening, open_application(settings) as application:
        application.warm_up()
        engine = application.engine
        application.engine = Engine(
            replace(engine.parts, care=care), snapshot_id=engine.snapshot_id, options=engine.options
        )
        run(settings, application, listening, with_page=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
