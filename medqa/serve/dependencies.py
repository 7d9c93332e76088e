"""What routes ask for: the server's parts, the caller's address, a body that says it is JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from medqa.serve.admission import Admission
from medqa.serve.metrics import Metrics
from medqa.settings import Settings
from medqa.wiring import Application


@dataclass(frozen=True, slots=True)
class Server:
    """The parts of one running server."""

    application: Application
    settings: Settings
    admission: Admission
    metrics: Metrics
    screening_threads: ThreadPoolExecutor


def _server(request: Request) -> Server:
    server: Server = request.app.state.server
    return server


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def require_json(request: Request) -> None:
    """Refuses a body of any other type: a foreign page can send those without asking the browser first."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared != "application/json" and not declared.endswith("+json"):
        raise HTTPException(415, "send the body as application/json")


ServerDep = Annotated[Server, Depends(_server)]
AddressDep = Annotated[str | None, Depends(_address)]
