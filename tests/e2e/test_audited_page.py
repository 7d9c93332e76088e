"""A page whose service keeps an audit log says so, and what is asked there is recorded under the reader's address."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import serving, visit
from playwright.sync_api import Browser, expect

from medqa.records.key import make_key
from medqa.records.verify import verify

pytestmark = pytest.mark.browser


def test_the_page_says_that_it_is_audited_and_its_questions_are(
    starter_home: Path, browser: Browser, tmp_path: Path
) -> None:
    home = shutil.copytree(starter_home, tmp_path / "home", symlinks=True)
    key = make_key(home / "audit.key")
    with serving(home, MEDQA_AUDIT_LOG="true") as address:
        page = visit(browser, address, width=1200, height=900, locale="zh-CN").page
        expect(page.locator("#notice-audited")).to_contain_text("不记录所输入的文字")
        box = page.locator("#question textarea")
        box.fill("糖尿病人能吃水果吗？")
        box.press("Enter")
        expect(page.locator("#chat .bot small")).to_have_count(1, timeout=30_000)
        page.context.close()
    assert verify(home / "audit", [key]).is_sound
    entries = [json.loads(line) for line in (home / "audit" / "000001.jsonl").read_text().splitlines()]
    (asked,) = [entry for entry in entries if entry["action"] == "asked"]
    assert asked["actor"] == key.pseudonym("address:127.0.0.1")
    assert (asked["decision"]["status"], asked["language"]) == ("answered", "zh")
