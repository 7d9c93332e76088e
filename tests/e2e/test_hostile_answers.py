"""Whatever documents and people write, the page shows it as text: no dialog, no script, no request to elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import serving
from playwright.sync_api import Browser, Page, expect

from medqa.settings import load_settings
from medqa.wiring import upkeep

pytestmark = pytest.mark.browser

PAYLOADS: list[str] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "poison" / "payloads.json").read_text()
)
GROUP = 9
TALK = 7  # questions of one conversation
NAMES = [f"zorbla{chr(97 + n)}{chr(97 + n)}" for n in range(-(-len(PAYLOADS) // GROUP))]
HOSTILE = (
    "#chat :is([onerror], [onload], [onfocus], [ontoggle], [style*='url('], script, iframe, object, embed, svg image,"
    " form, meta, base, link, video, audio, img), #sources :is([onerror], [onload], script, iframe, img, form),"
    " #library-hits :is([onerror], [onload], script, iframe, img, form)"
)


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose library holds every payload, in text, titles, sections and addresses."""
    folder = tmp_path_factory.mktemp("hostile")
    rows = [
        {
            "_id": f"row-{number}",
            "title": f"{NAMES[number // GROUP].capitalize()} syndrome" + (f" {payload}" if number % 3 == 0 else ""),
            "sections": [
                {
                    "title": f"Treatment {payload}" if number % 3 == 1 else "Treatment",
                    "text": f"{NAMES[number // GROUP].capitalize()} syndrome is treated with {payload} every day. "
                    f"Payload {number} stands before this.",
                }
            ],
            "url": payload if number % 2 else f"https://example.invalid/{payload}",
        }
        for number, payload in enumerate(PAYLOADS)
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    upkeep.ingest(load_settings(home=folder / "home"), [folder / "corpus.jsonl"], source_id="hostile")
    with serving(folder / "home") as running:
        yield running


@pytest.fixture(scope="module")
def visit(browser: Browser, hostile_address: str) -> Iterator[tuple[Page, list[str], list[str]]]:
    """One page for all, the dialogs it opened, and the addresses outside the app that it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    dialogs: list[str] = []
    outbound: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    own = (hostile_address, "data:", "blob:")
    context.on("request", lambda request: None if request.url.startswith(own) else outbound.append(request.url))
    context.on("page", lambda opened: outbound.append(f"a window: {opened.url}"))
    page.goto(hostile_address)
    page.locator("#question textarea").wait_for()
    yield page, dialogs, outbound
    context.close()


def assert_harmless(page: Page, dialogs: list[str], outbound: list[str]) -> None:
    assert dialogs == []
    assert outbound == []
    assert page.evaluate("window.pwned") is None
    assert page.locator(HOSTILE).count() == 0
    assert "192.0.2.7" not in page.url


def start_anew(page: Page) -> None:
    """An empty conversation: a long one would be cut short."""
    page.reload()
    page.locator("#question textarea").wait_for()


def ask(page: Page, question: str) -> None:
    answered = page.locator("#chat .bot small").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .bot small")).to_have_count(answered + 1, timeout=30_000)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 120


def test_answers_that_quote_hostile_documents_are_text(visit: tuple[Page, list[str], list[str]]) -> None:
    page, dialogs, outbound = visit
    quoted = 0
    for number, name in enumerate(NAMES):
        if number % TALK == 0:
            start_anew(page)
        ask(page, f"How is {name} syndrome treated?")
        quoted += page.locator("#sources .source mark").count()
        assert_harmless(page, dialogs, outbound)
    assert quoted >= len(NAMES), "the documents must be quoted for this to test anything"


def test_hostile_questions_are_text(visit: tuple[Page, list[str], list[str]]) -> None:
    page, dialogs, outbound = visit
    for at in range(0, len(PAYLOADS), GROUP):
        if at % (TALK * GROUP) == 0:
            start_anew(page)
        ask(page, "What is this? " + " ".join(PAYLOADS[at : at + GROUP]))
        assert_harmless(page, dialogs, outbound)


def test_hostile_passages_in_the_library_are_text(visit: tuple[Page, list[str], list[str]]) -> None:
    page, dialogs, outbound = visit
    page.get_by_role("tab", name="Library").click()
    box = page.locator("#library-words textarea, #library-words input")
    shown: set[str] = set()
    for name in NAMES:
        box.fill(f"{name} syndrome")
        box.press("Enter")
        expect(page.locator("#library-hits .source").first).to_contain_text(name.capitalize())
        shown.update(page.locator("#library-hits .source").all_inner_texts())
        assert_harmless(page, dialogs, outbound)
    seen = [n for n in range(len(PAYLOADS)) if any(f"Payload {n} stands" in text for text in shown)]
    assert len(seen) >= 120, f"only {len(seen)} payloads came up"
