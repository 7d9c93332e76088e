"""The real app in a real browser: a server process and headless Chromium."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parent / "screenshots"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(home: Path, **environment: str) -> Iterator[str]:
    """The address of a running `medqa serve`, stopped at the end."""
    port = free_port()
    command = [sys.executable, "-m", "medqa", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    log: list[str] = []
    reader = threading.Thread(target=lambda: log.extend(process.stdout or ()), daemon=True)
    reader.start()
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if process.poll() is not None:
                reader.join(2)
                pytest.fail("the server ended:\n" + "".join(log))
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/readyz", timeout=10)
                break
            time.sleep(0.1)
        else:
            pytest.fail("the server was not ready within a minute:\n" + "".join(log))
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def foreign_site() -> Iterator[http.server.ThreadingHTTPServer]:
    """Somebody else's web site, on an origin of its own; set its ``page`` attribute to the HTML to serve."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.server.page.encode()  # type: ignore[attr-defined]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="session")
def address(starter_home: Path, foreign_site: http.server.ThreadingHTTPServer) -> Iterator[str]:
    """A running app that lets the foreign site embed its widget."""
    origins = json.dumps([f"http://127.0.0.1:{foreign_site.server_port}"])
    with serving(starter_home, MEDQA_WIDGET_ORIGINS=origins) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium: the system's, else Playwright's own; without either the tests are skipped, and say so."""
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        except Error as err:
            pytest.skip(f"browser tests skipped: no Chromium found (install the package chromium): {err}")
        yield running
        running.close()


@pytest.fixture
def outbound() -> list[str]:
    """Addresses outside this machine that the page asked for; must stay empty."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, outbound: list[str]) -> Iterator[Page]:
    """The chat page at desktop size, in English, loaded and ready."""
    yield from _opened(browser, address, outbound, 1280, 900)
    assert outbound == [], "the page asked for something outside this machine"


@pytest.fixture
def phone(browser: Browser, address: str, outbound: list[str]) -> Iterator[Page]:
    """The chat page on a small phone."""
    yield from _opened(browser, address, outbound, 360, 740)
    assert outbound == [], "the page asked for something outside this machine"


def _opened(browser: Browser, address: str, outbound: list[str], width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else outbound.append(r.url))
    opened.goto(address)
    opened.locator("#question textarea").wait_for()
    yield opened
    context.close()


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> object:
    """Saves a screenshot under the test's name, to be looked at by a person."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def save(shown: Page, suffix: str = "") -> None:
        shown.screenshot(path=SCREENSHOTS / f"{request.node.name}{suffix}.png", full_page=True)

    return save
