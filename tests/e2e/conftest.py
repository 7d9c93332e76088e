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
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

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


@dataclass(slots=True)
class Visit:
    """A page that is open, and the addresses outside this machine that it asked for; those must stay none."""

    page: Page
    outbound: list[str]


def visit(browser: Browser, address: str, *, width: int, height: int, locale: str) -> Visit:
    """The chat page, loaded and ready. Close its context at the end: a server waits for whoever is still there."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    made = Visit(context.new_page(), [])
    made.page.set_default_timeout(30_000)
    own = (address, "data:", "blob:")
    made.page.on("request", lambda r: None if r.url.startswith(own) else made.outbound.append(r.url))
    made.page.goto(address)
    made.page.locator("#question textarea").wait_for()
    return made


@pytest.fixture(scope="session")
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    made = visit(browser, address, width=1280, height=900, locale="en-US")
    yield made
    made.page.context.close()


@pytest.fixture(scope="session")
def chinese_phone(browser: Browser, address: str) -> Iterator[Visit]:
    made = visit(browser, address, width=360, height=740, locale="zh-CN")
    yield made
    made.page.context.close()


@pytest.fixture
def page(desktop: Visit) -> Iterator[Page]:
    """The chat page at desktop size, in English, with an empty conversation. Leave its options as they are."""
    yield from _anew(desktop)


@pytest.fixture
def phone(page: Page) -> Iterator[Page]:
    """The same page on a small phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    yield page
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def chinese(chinese_phone: Visit) -> Iterator[Page]:
    """The page on a small phone whose owner reads Chinese, with an empty conversation."""
    yield from _anew(chinese_phone)


@pytest.fixture
def fresh(browser: Browser, address: str) -> Iterator[Page]:
    """A page of its own, for a test that changes what a new conversation keeps."""
    made = visit(browser, address, width=1280, height=900, locale="en-US")
    yield made.page
    made.page.context.close()
    assert made.outbound == [], "the page asked for something outside this machine"


def _anew(shared: Visit) -> Iterator[Page]:
    """The shared page with an empty conversation, box and list of documents."""
    page = shared.page
    page.get_by_role("tab").first.click()
    if page.locator("#chat .bot-row").count():
        page.locator("#clear").click()  # empties the box too, in the same stroke as the conversation
        expect(page.locator("#chat .bot-row, #sources .source, #card .safety-card")).to_have_count(0)
    elif page.locator("#attachments li, #attachments p[role]:not(:empty)").count():
        page.reload()
        page.locator("#question textarea").wait_for()
    page.locator("#question textarea").fill("")
    yield page
    assert shared.outbound == [], "the page asked for something outside this machine"


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> object:
    """Saves a screenshot under the test's name, to be looked at by a person."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def save(shown: Page, suffix: str = "") -> None:
        shown.screenshot(path=SCREENSHOTS / f"{request.node.name}{suffix}.png", full_page=True)

    return save
