"""Servers and clients on this machine that tests start themselves."""

from __future__ import annotations

import contextlib
import copy
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from medqa.answer.engine import Engine
from medqa.protocols import ChatModel
from medqa.wiring import Application


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def written_by(application: Application, chat_model: ChatModel) -> Application:
    """The same application with another chat model, and nothing to fall back on."""
    other = copy.copy(application)
    parts = replace(application.engine.parts, chat_model=chat_model, fallback=None)
    other.engine = Engine(parts, snapshot_id=application.snapshot.id, options=application.engine.options)
    return other


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The app behind a real server on this machine; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)
            assert not thread.is_alive(), "the server does not stop"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    home: Path, port: int, log: Path, *, page: bool = False, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A running `medqa serve`, ready to answer; without the chat page, which takes seconds to load, unless asked."""
    shown = "--page" if page else "--no-page"
    command = [sys.executable, "-m", "medqa", "serve", shown, "--home", str(home), "--port", str(port)]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env={**os.environ, **environment})
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until_ready(url: str, process: subprocess.Popen[bytes], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
    raise AssertionError("the server is not ready")
