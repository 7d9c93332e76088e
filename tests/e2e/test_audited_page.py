"""A page whose service keeps an audit log says so; what is asked and edited there is recorded under its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import serving, visit
from playwright.sync_api import Browser, expect

from medqa.records.key import make_key
from medqa.records.verify import verify
from medqa.settings import load_settings
from medqa.wiring import upkeep

pytestmark = pytest.mark.browser


def test_the_page_says_that_it_is_audited_and_what_is_done_there_is(
    some_articles: Callable[..., Path], browser: Browser, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    upkeep.ingest(load_settings(home=home), [some_articles("type-2-diabetes")])
    key = make_key(home / "audit.key")
    with serving(home, MEDQA_AUDIT_LOG="true", MEDQA_ADMINISTRATOR="true") as address:
        page = visit(browser, address, width=1200, height=900, locale="zh-CN").page
        expect(page.locator("#notice-audited")).to_contain_text("不记录所输入的文字")
        box = page.locator("#question textarea")
        box.fill("糖尿病人能吃水果吗？")
        box.press("Enter")
        expect(page.locator("#chat .bot small")).to_have_count(1, timeout=30_000)
        page.get_by_role("tab", name="整理").click()
        page.locator("#curation-words textarea, #curation-words input").first.fill("diabetes zh")
        page.locator("#curation-words textarea, #curation-words input").first.press("Enter")
        expect(page.locator("#curation-passages .source").first).to_be_visible()
        page.locator("#curation-passage input").click()
        page.get_by_role("option", name="#0 ").first.click()
        expect(page.locator("#curation-text textarea")).not_to_have_value("")
        page.get_by_role("button", name="隐藏").click()
        expect(page.locator("#curation-passages .source.hidden")).to_have_count(1)
        page.context.close()
    assert verify(home / "audit", [key]).is_sound
    entries = [json.loads(line) for line in (home / "audit" / "000001.jsonl").read_text().splitlines()]
    asked, edited = (entry for entry in entries if entry["action"] in ("asked", "edited"))
    assert {asked["actor"], edited["actor"]} == {key.pseudonym("address:127.0.0.1")}
    assert (asked["decision"]["status"], asked["language"], edited["edit"]) == ("answered", "zh", "hidden")
