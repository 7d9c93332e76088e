"""The process that listens: a port taken before anything slow, a line when ready, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import uvicorn

from medqa.errors import ConfigError
from medqa.serve.api import add_page, create_app

if TYPE_CHECKING:
    from medqa.settings import Settings
    from medqa.wiring import Application

_BACKLOG = 512
_PATIENCE_S = 8.0
"""For so long answers may go on after the server was told to stop; then their readers are told."""
_GRACE_S = 10


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError that says what stands in the way and how to mend it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as err:
        raise ConfigError(f"cannot listen on {host!r}: {err.strerror}; try --host 127.0.0.1") from err
    try:
        if os.name == "posix":
            # A port whose last owner has just stopped is free; on Windows the option means something else.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as err:
        listening.close()
        raise ConfigError(_why_not(err, host, port)) from err
    return listening


def run(settings: Settings, application: Application, listening: socket.socket, *, with_page: bool) -> None:
    """Serves until it is told to stop by Ctrl-C or SIGTERM."""
    app = create_app(settings, application)
    if with_page:
        add_page(app)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        ws_max_size=1 << 20,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's stop is as clean as Ctrl-C
    page = getattr(app.state, "page", None)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again once it has stopped
        hang_up = page.state.hang_up if page else None
        _Server(config, _url(settings), hang_up=hang_up, break_off=app.state.running.break_off).run(sockets=[listening])
    click.echo("Stopped.", err=True)


class _Server(uvicorn.Server):
    """Says where it is, once it is. ``hang_up`` ends what would never end by itself, ``break_off`` what takes long."""

    def __init__(
        self, config: uvicorn.Config, url: str, *, hang_up: Callable[[], None] | None, break_off: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._url = url
        self._hang_up = hang_up
        self._break_off = break_off

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        click.echo(f"MedQA is ready: {self._url}  (Ctrl-C stops it)", err=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._hang_up is not None:
            self._hang_up()
        breaking_off = asyncio.get_running_loop().call_later(_PATIENCE_S, self._break_off)
        await super().shutdown(sockets)
        breaking_off.cancel()


def _url(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _why_not(err: OSError, host: str, port: int) -> str:
    if err.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"port {port} on {host} is in use: stop what uses it, or choose another: medqa serve --port {other}"
    if err.errno == errno.EACCES:
        return f"port {port} needs rights that this user has not: choose one from 1024, e.g. --port 7860"
    return f"cannot listen on {host}:{port}: {err.strerror}"
