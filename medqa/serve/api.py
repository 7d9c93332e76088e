"""The HTTP application: routes, middleware, errors; the chat page behind them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException

from medqa import __version__
from medqa.serve import failures, ui, widget
from medqa.serve.admission import Admission
from medqa.serve.background import keep_fresh
from medqa.serve.dependencies import Server
from medqa.serve.metrics import Metrics
from medqa.serve.middleware.allowed_hosts import AllowedHosts
from medqa.serve.middleware.body_limit import BodyLimit
from medqa.serve.middleware.breaking_off import BreakingOff, Running
from medqa.serve.middleware.observation import Observation
from medqa.serve.middleware.security_headers import SecurityHeaders
from medqa.serve.routes import ask, calculators, health, openai, passages, screen, search, uploads

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from medqa.settings import Settings
    from medqa.wiring import Application

MAX_BODY_BYTES = 256 * 1024
_API_PREFIX = "/v1/"


def create_app(settings: Settings, application: Application) -> FastAPI:
    """The JSON API and the widget. ``add_page`` puts the chat page behind them."""
    server = Server(
        application=application,
        settings=settings,
        admission=Admission(settings),
        metrics=Metrics(),
        screening_threads=ThreadPoolExecutor(2, thread_name_prefix="screening"),
    )
    app = FastAPI(
        title="MedQA",
        version=__version__,
        description="Answers medical questions from a knowledge base and shows where each sentence comes from.",
        docs_url=None,  # the interactive pages load their scripts from elsewhere
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
    )
    app.state.server = server
    app.state.running = Running()
    failures.install(app)
    for routes in (ask, search, screen, calculators, passages, uploads, openai, health):
        app.include_router(routes.router)
    app.include_router(widget.router())
    app.router.default = _unmatched(None)
    app.add_middleware(BreakingOff, running=app.state.running)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.widget_origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Content-Type", "X-Request-Id"],
        expose_headers=["Retry-After", "X-Request-Id"],
        max_age=600,
    )
    app.add_middleware(
        BodyLimit,
        prefix=_API_PREFIX,
        max_bytes=MAX_BODY_BYTES,
        larger={"/v1/uploads": (settings.upload_max_mb << 20) + 1},
    )
    app.add_middleware(AllowedHosts, names=(settings.host, *settings.allowed_hosts))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observation, metrics=server.metrics)
    return app


def add_page(app: FastAPI) -> FastAPI:
    """The same app, with the chat page at ``/`` for every path that no route knows."""
    server: Server = app.state.server
    page = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    ui.mount(page, server.application, server.settings)
    app.state.page = page
    app.router.default = _unmatched(page)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    server: Server = app.state.server
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(server.screening_threads.shutdown, wait=False, cancel_futures=True)
        if page := getattr(app.state, "page", None):
            await stack.enter_async_context(page.router.lifespan_context(page))
        stack.callback(asyncio.create_task(keep_fresh(server.application)).cancel)
        yield


def _unmatched(page: ASGIApp | None) -> ASGIApp:
    """Where a path goes that no route knows: to the page, or to a 404 that is JSON."""

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        if page is not None and not scope["path"].startswith(_API_PREFIX):
            await page(scope, receive, send)
        elif scope["type"] == "http":
            raise HTTPException(404, "there is nothing at this path; /openapi.json lists what there is")
        else:
            await send({"type": "websocket.close", "code": 1000})

    return elsewhere
