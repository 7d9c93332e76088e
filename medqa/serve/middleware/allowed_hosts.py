"""Only requests that name this server are answered.

A page elsewhere can let its own name point to this machine (DNS rebinding) and would then be read by the browser as one
origin with the server. Its requests carry its name in ``Host``, and are turned away. A numeric address cannot be
rebound and is always accepted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers

from medqa.serve import failures, wording

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_MESSAGE = "this server does not answer under that name; its operator can add it to MEDQA_ALLOWED_HOSTS"


class AllowedHosts:
    """Answers 421 to a request whose ``Host`` is neither a numeric address, nor ``localhost``, nor among ``names``.

    A name may be ``*.example.org``, for every name below it, or ``*`` for any.
    """

    def __init__(self, app: ASGIApp, *, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower().rstrip(".") for name in names) | {"localhost", "*.localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._allows(Headers(scope=scope).getlist("host")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            message = wording.message("unknown_host", _MESSAGE, language=failures.language_of_caller(scope))
            body = failures.error_body(scope["path"], 421, code="unknown_host", message=message)
            await JSONResponse(body, 421)(scope, receive, send)

    def _allows(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        name = _without_port(hosts[0]).lower().rstrip(".")
        if _is_numeric(name) or name in self._names or "*" in self._names:
            return True
        return any(allowed.startswith("*.") and name.endswith(allowed[1:]) for allowed in self._names)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_numeric(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
