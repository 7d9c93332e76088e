"""The widget on a page that is not ours."""

from __future__ import annotations

import http.server
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

FOREIGN = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>* {{ color: red !important; font-size: 40px !important }} button {{ display: none !important }}</style>
<h1>Somebody's page</h1>
<script src="{address}/widget.js" data-title="Ask us" data-accent="#7c3aed" data-jurisdiction="GB"></script>
</html>"""


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """An empty window, closed at the end."""
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    yield page
    page.context.close()


@pytest.fixture
def foreign(window: Page, address: str, foreign_site: http.server.ThreadingHTTPServer) -> Page:
    foreign_site.page = FOREIGN.format(address=address, lang="en")  # type: ignore[attr-defined]
    window.goto(f"http://127.0.0.1:{foreign_site.server_port}/")
    return window


def test_the_widget_answers_on_a_foreign_page(foreign: Page, keep: Callable[..., None]) -> None:
    foreign.get_by_role("button", name="Open the chat").click()
    foreign.get_by_label("Ask a medical question").fill("How is asthma treated?")
    foreign.keyboard.press("Enter")
    widget = foreign.locator("#medqa-widget")
    expect(widget.locator(".notice")).to_be_visible(timeout=30_000)
    expect(widget.locator(".theirs")).to_contain_text("[1]")
    widget.locator("sup button").first.click()
    expect(widget.locator("details[open] blockquote").first).to_be_visible()
    keep(foreign)


def test_the_widget_shows_an_emergency_card_first(foreign: Page) -> None:
    foreign.get_by_role("button", name="Open the chat").click()
    foreign.get_by_label("Ask a medical question").fill("My dad's face is drooping and his speech is slurred")
    foreign.keyboard.press("Enter")
    card = foreign.locator("#medqa-widget .card")
    expect(card).to_contain_text("999")


def test_a_page_that_is_not_on_the_list_is_refused(
    window: Page, address: str, foreign_site: http.server.ThreadingHTTPServer
) -> None:
    foreign_site.page = FOREIGN.format(address=address, lang="en")  # type: ignore[attr-defined]
    page = window
    page.goto(f"http://localhost:{foreign_site.server_port}/")  # another origin: the name differs
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_label("Ask a medical question").fill("How is asthma treated?")
    page.keyboard.press("Enter")
    expect(page.locator("#medqa-widget .theirs")).to_contain_text("may not use")


def test_the_demo_page_carries_the_widget(window: Page, address: str) -> None:
    page = window
    page.goto(f"{address}/widget/demo")
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_label("Ask a medical question")).to_be_visible()
