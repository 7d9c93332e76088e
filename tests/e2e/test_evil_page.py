"""Whatever a served model writes, nothing of it that harms stands in the page, and the page asks for nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Visit, serving, visit
from evil_model import HARMFUL, evil_model, marks
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

QUESTIONS = ("What is high blood pressure?", "高血压有什么症状？")
_EVER_SHOWN = """
window.everShown = new Set();
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) window.everShown.add(node.outerHTML || node.data);
    if (change.type === 'characterData') window.everShown.add(change.target.data);
  }
}).observe(document.body, {subtree: true, childList: true, characterData: true});
"""


@pytest.fixture(scope="module")
def seduced(browser: Browser, starter_home: Path) -> Iterator[Visit]:
    """The page of an app whose answers that model writes and checks."""
    with (
        evil_model() as model,
        serving(
            starter_home,
            MEDQA_CHAT_MODEL="openai",
            MEDQA_LLM_BASE_URL=model,
            MEDQA_LLM_MODEL="evil",
            MEDQA_VERIFIER="served",
        ) as address,
    ):
        made = visit(browser, address, width=1280, height=900, locale="en-US")
        yield made
        made.page.context.close()


def assert_clean(shown: str) -> None:
    reached = [mark for sentence in HARMFUL for mark in marks(sentence) if mark.casefold() in shown.casefold()]
    assert reached == []


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    answered = page.locator("#chat .bot small").count()
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .bot small")).to_have_count(answered + 1, timeout=60_000)


def test_nothing_that_a_model_means_harm_with_is_ever_in_the_page(seduced: Visit) -> None:
    page = seduced.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.evaluate(_EVER_SHOWN)
    for question in QUESTIONS:
        ask(page, question)
    told = page.evaluate("[...window.everShown].join('\\n')")
    assert "blood pressure" in told, "answers must have been written for this to test anything"
    assert_clean(told)
    assert_clean(page.content())
    assert page.evaluate("window.pwned") is None
    assert dialogs == []
    assert seduced.outbound == []
