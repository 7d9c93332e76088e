"""The library panel, and the curation panel that only administrators have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Visit, serving, visit
from playwright.sync_api import Browser, Page, expect

from medqa.settings import load_settings
from medqa.wiring import upkeep

pytestmark = pytest.mark.browser
Keep = Callable[..., None]

MARKED = "Asthma nurses call this the test sentence."


@pytest.fixture(scope="module")
def desk_address(some_articles: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running app of its own, with administration, over a few articles in both languages."""
    folder = tmp_path_factory.mktemp("desk")
    upkeep.ingest(load_settings(home=folder / "home"), [some_articles("asthma", "hypertension", "migraine")])
    with serving(folder / "home", MEDQA_ADMINISTRATOR="true") as running:
        yield running


@pytest.fixture(scope="module")
def administrator(browser: Browser, desk_address: str) -> Iterator[Visit]:
    made = visit(browser, desk_address, width=1280, height=900, locale="en-US")
    yield made
    made.page.context.close()


@pytest.fixture
def desk(administrator: Visit) -> Iterator[Page]:
    """The curation panel with nothing chosen."""
    administrator.page.get_by_role("tab", name="Curation").click()
    yield administrator.page
    assert administrator.outbound == []


@pytest.fixture
def chinese_desk(browser: Browser, desk_address: str) -> Iterator[Page]:
    """The same on a phone, in Chinese."""
    made = visit(browser, desk_address, width=360, height=900, locale="zh-CN")
    made.page.get_by_role("tab", name="整理").click()
    yield made.page
    made.page.context.close()


def typed(page: Page, place: str, text: str) -> None:
    box = page.locator(f"{place} textarea, {place} input").first
    box.fill(text)
    box.press("Enter")


def choose(page: Page, place: str, option: str) -> None:
    page.locator(f"{place} input").click()
    page.get_by_role("option", name=option).first.click()


def test_the_library_panel_says_what_is_held_and_how_sound_it_is(page: Page, keep: Keep) -> None:
    page.get_by_role("tab", name="Library").click()
    table = page.locator("#library-sources table")
    expect(table).to_contain_text("MedQA starter")
    expect(table).to_contain_text("Not clinically reviewed: ")
    expect(table).to_contain_text("English")
    keep(page)


def test_the_library_panel_fits_a_phone_and_speaks_chinese(chinese: Page, keep: Keep) -> None:
    page = chinese
    page.get_by_role("tab", name="资料库").click()
    expect(page.locator("#library-sources table")).to_contain_text("未经临床审核")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    keep(page)


def test_without_administration_there_is_no_curation(page: Page) -> None:
    expect(page.get_by_role("tab", name="Library")).to_be_visible()
    expect(page.get_by_role("tab", name="Curation")).to_have_count(0)
    config = page.evaluate("fetch('config').then(answer => answer.json())")
    ids = {str(component["props"].get("elem_id")) for component in config["components"]}
    assert "library-sources" in ids
    assert not any("curation" in each for each in ids)


def test_a_passage_is_corrected_published_and_found_as_corrected(desk: Page, keep: Keep) -> None:
    page = desk
    typed(page, "#curation-words", "asthma en")
    expect(page.locator("#curation-passages .source").first).to_contain_text("#0")
    choose(page, "#curation-passage", "#1 ")
    text = page.locator("#curation-text textarea")
    expect(text).not_to_have_value("")
    text.fill(MARKED)
    page.get_by_role("button", name="Save as corrected").click()
    expect(page.locator("#curation-said")).to_contain_text("Corrected.")
    expect(page.locator("#curation-pending")).to_contain_text("not published yet")
    corrected = page.locator("#curation-passages .source.corrected")
    expect(corrected.locator("> blockquote")).to_have_text(MARKED)
    keep(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#curation-pending")).to_contain_text("Everything is published.")
    typed(page, "#curation-query", "what do asthma nurses call this test sentence?")
    expect(page.locator("#curation-trial li").first).to_contain_text(MARKED)
    expect(page.locator("#curation-trial li").first).to_contain_text("place in the whole library: 1")
    keep(page, "-trial")


def test_a_passage_is_hidden_and_restored(chinese_desk: Page, keep: Keep) -> None:
    page = chinese_desk
    typed(page, "#curation-words", "hypertension zh")
    expect(page.locator("#curation-passages .source").first).to_be_visible()
    page.get_by_role("button", name="隐藏").click()
    expect(page.locator("#curation-said")).to_contain_text("请先选择")
    choose(page, "#curation-passage", "#0 ")
    expect(page.locator("#curation-text textarea")).not_to_have_value("")
    page.get_by_role("button", name="隐藏").click()
    expect(page.locator("#curation-passages .source.hidden")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    keep(page)
    page.get_by_role("button", name="恢复原文").click()
    expect(page.locator("#curation-passages .source.hidden")).to_have_count(0)
    expect(page.locator("#curation-pending")).to_contain_text("全部已发布")
    page.get_by_role("button", name="恢复原文").click()
    expect(page.locator('#curation-said [role="alert"]')).to_contain_text("没有改动过")


def test_a_correction_that_cannot_stand_is_refused_in_place(desk: Page) -> None:
    page = desk
    typed(page, "#curation-words", "migraine en")
    choose(page, "#curation-passage", "#0 ")
    expect(page.locator("#curation-text textarea")).not_to_have_value("")
    page.locator("#curation-text textarea").fill(" ")
    page.get_by_role("button", name="Save as corrected").click()
    expect(page.locator('#curation-said [role="alert"]')).to_contain_text("empty")
