"""A request id, one log line and the metrics of every request, and the last net for errors.

Neither query strings nor bodies are logged.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from medqa.serve import failures
from medqa.telemetry import caller, new_id, request_id

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from medqa.serve.metrics import Metrics

_log = logging.getLogger("medqa.serve.access")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Observation:
    """Names, times and counts each HTTP request. A well-formed ``X-Request-Id`` of the caller is kept."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _GIVEN_ID.fullmatch(given) else new_id()
        token = request_id.set(name)
        client = scope.get("client")
        asking = caller.set(f"address:{client[0]}" if client else "")
        status = 0
        began = time.perf_counter()

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = name
            await send(message)

        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, named)
        except Exception as err:
            _log.exception("unexpected %s", type(err).__name__)
            if status:
                return  # too late for another answer; the broken end of this one tells the client
            await failures.internal_error(scope)(scope, receive, named)
        finally:
            self._record(scope, status, time.perf_counter() - began)
            request_id.reset(token)
            caller.reset(asking)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "page")
        self._metrics.requests.labels(scope["method"], route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        level = logging.DEBUG if route in ("page", "/healthz", "/livez", "/metrics") else logging.INFO
        _log.log(level, "%s %s %d %.1f ms", scope["method"], route, status, seconds * 1000)
