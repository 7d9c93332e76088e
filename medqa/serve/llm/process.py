"""vLLM as a child process: started, waited for, and stopped by its own id, whatever ends first."""

from __future__ import annotations

import collections
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import IO
from urllib.parse import urlsplit

import click
import httpx

from medqa.errors import ChatModelError, ConfigError
from medqa.serve.llm.environment import Environment
from medqa.serve.llm.plan import Launch

_POLL_S = 0.5
_STOP_S = 20.0
_TAIL = 400

# What vLLM says, in its own many lines, and what to do about it.
_CAUSES = (
    ("No available memory for the cache blocks", "too little memory is left: a smaller model, or a shorter --context"),
    ("out of memory", "the memory does not suffice: choose a smaller model, --quantise fp8, or --tensor-parallel"),
    ("larger than the available KV cache memory", "the context does not fit: choose a shorter --context"),
    ("is not a local folder and is not a valid model identifier", "no such model: name a folder or a hub's model"),
    ("couldn't connect to", "the hub cannot be reached: name a model's folder on this machine"),
    ("LocalEntryNotFoundError", "the hub cannot be reached: name a model's folder on this machine"),
    ("address already in use", "the port is in use: choose another with MEDQA_LLM_BASE_URL"),
    ("unrecognized arguments", "vLLM does not know a flag that was given behind --"),
    ("does not recognize this architecture", "this vLLM does not know the model's architecture: it needs a newer one"),
)  # fmt: skip


def run(launch: Launch, environment: Environment) -> None:
    """Serves until Ctrl-C or SIGTERM. Raises ConfigError when the server does not come up, ChatModelError when it ends.

    The server and what it starts form a group of their own, which is gone when this returns.
    """
    _hold_port_free(launch)
    variables = {**environment.variables(), **launch.variables, "MEDQA_LLM_PARENT": str(os.getpid())}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    child = subprocess.Popen(
        launch.command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert child.stdout is not None
    tail: collections.deque[str] = collections.deque(maxlen=_TAIL)
    reader = threading.Thread(target=_pass_on, args=(child.stdout, tail), daemon=True)
    reader.start()
    try:
        if not _is_up(child, launch.url):
            reader.join(_POLL_S)
            raise ConfigError(f"vLLM did not start: {cause(tail)}")
        took_s = time.monotonic() - began
        names = ", ".join(launch.names)
        click.echo(
            f"Ready after {took_s:.0f} s: {names} at {launch.url}/v1, process {child.pid} (Ctrl-C stops it)", err=True
        )
        status = child.wait()
        raise ChatModelError(f"vLLM ended with status {status}: see its last lines above, and start it again")
    except KeyboardInterrupt:
        click.echo("Stopping vLLM ...", err=True)
    finally:
        _stop(child)
    click.echo("Stopped.", err=True)


def cause(lines: Iterable[str]) -> str:
    """What went wrong, in one line, from vLLM's output; where to look when that is not known."""
    text = "\n".join(lines).lower()
    known = (meaning for said, meaning in _CAUSES if said.lower() in text)
    return next(known, "see its last lines above")


def _hold_port_free(launch: Launch) -> None:
    address = urlsplit(launch.url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=1.0):
            pass
    except OSError:
        return
    raise ConfigError(
        f"something answers at {launch.url} already: look at it with `medqa llm check`,"
        " or choose another port with MEDQA_LLM_BASE_URL"
    )


def _pass_on(output: IO[bytes], tail: collections.deque[str]) -> None:
    """Copies the server's output to stderr, keeping its end."""
    for line in output:
        text = line.decode(errors="replace")
        tail.append(text.rstrip())
        sys.stderr.write(text)
        sys.stderr.flush()


def _is_up(child: subprocess.Popen[bytes], url: str) -> bool:
    """Waits until the server says that it is healthy; false when it ends before. Loading may take many minutes."""
    with httpx.Client(timeout=5.0, trust_env=False) as client:
        while child.poll() is None:
            try:
                if client.get(f"{url}/health").status_code == 200:
                    return True
            except httpx.HTTPError:
                time.sleep(_POLL_S)
    return False


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Asks the server to end, then ends what is left of its group: engines outlive a server that was killed."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
