"""A document attached to the conversation: chosen, asked about, removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

pytestmark = pytest.mark.browser
Keep = Callable[..., None]

READING_MS = 30_000  # a file is read by a process of its own, which starts slowly on a busy machine
LETTER = "Discharge letter. Zorblatin must not be taken with grapefruit juice. The next check is in six weeks."


def file(name: str, text: str = LETTER) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def attach(page: Page, *files: FilePayload) -> Locator:
    """Chooses files with the button, and returns the chips."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach a document").click()
    chooser.value.set_files(list(files))
    return page.get_by_role("list", name="Attached documents").get_by_role("listitem")


def ask(page: Page, question: str) -> None:
    answered = page.locator("#chat .bot small").count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .bot small")).to_have_count(answered + 1, timeout=30_000)


def test_an_attached_document_is_asked_about_and_removed(page: Page, keep: Keep) -> None:
    chips = attach(page, file("letter.txt"))
    expect(page.locator("#attachments [role=status]")).to_contain_text("You can ask about it now", timeout=READING_MS)
    expect(chips).to_contain_text(["letter.txt"])
    expect(page.locator("#attachments .note")).to_contain_text("30 minutes")
    ask(page, "What must Zorblatin not be taken with?")
    expect(page.locator("#chat .bot").last).to_contain_text("grapefruit")
    expect(page.locator("#sources .source").first).to_contain_text("Your own document")
    keep(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as forgotten:
        page.get_by_role("button", name="Remove letter.txt").press("Enter")
    assert forgotten.value.status == 204
    expect(chips).to_have_count(0)
    expect(page.get_by_role("button", name="Attach a document")).to_be_focused()
    page.locator("#clear").click()
    expect(page.locator("#chat .bot")).to_have_count(0)
    ask(page, "What must Zorblatin not be taken with?")
    expect(page.locator("#chat .bot").last).not_to_contain_text("grapefruit")


def test_what_cannot_be_attached_is_said_in_plain_words(page: Page) -> None:
    alarm = page.locator("#attachments [role=alert]")
    chips = attach(page, file("tool.exe"))
    expect(alarm).to_contain_text("tool.exe is of another kind")
    attach(page, file("blank.txt", " "))
    expect(alarm).to_contain_text("blank.txt holds no text", timeout=READING_MS)
    expect(chips).to_have_count(0)
    attach(page, *(file(f"{n}.txt", f"{LETTER} Page {n}.") for n in range(4)))
    expect(alarm).to_contain_text("At most 3 documents", timeout=READING_MS)
    expect(chips).to_have_count(3)
    page.locator("#clear").click()
    expect(chips).to_have_count(0)


def test_attaching_fits_a_phone_and_speaks_chinese(chinese: Page, keep: Keep) -> None:
    page = chinese
    page.get_by_role("button", name="附加文件").wait_for()
    page.locator("#attach-picker").set_input_files([file(f"{'一份很长的出院小结' * 8}.txt"), file("<b>b</b>.txt")])
    expect(page.locator("#attachments [role=status]")).to_contain_text("可以就它提问了", timeout=READING_MS)
    expect(page.get_by_role("button", name="移除 <b>b</b>.txt")).to_be_visible()
    expect(page.locator("#attachments b")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    keep(page)


def test_a_reader_without_a_mouse_reaches_the_button(page: Page) -> None:
    page.locator("#question textarea").focus()
    page.keyboard.press("Shift+Tab")
    button = page.get_by_role("button", name="Attach a document")
    expect(button).to_be_focused()
    with page.expect_file_chooser():
        button.press("Enter")
