"""What a person sees: a question, an answer, its sources, an emergency."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Keep = Callable[..., None]


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits until the whole answer stands."""
    answered = page.locator("#chat .bot small").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .bot small")).to_have_count(answered + 1, timeout=30_000)


def test_an_english_question_gets_a_cited_answer(page: Page, keep: Keep) -> None:
    ask(page, "What should my blood pressure be if I have diabetes?")
    answer = page.locator("#chat .bot").last
    expect(answer).to_contain_text("mmHg")
    expect(answer.locator('a[href*="#source-"]').first).to_be_visible()
    expect(page.locator("#sources .source mark").first).to_be_visible()
    expect(page.locator("#sources .source").first).to_contain_text("not clinically reviewed")
    keep(page)


def test_a_chinese_question_gets_a_chinese_answer(page: Page, keep: Keep) -> None:
    ask(page, "糖尿病人能吃水果吗？")
    expect(page.locator("#chat .bot").last).to_contain_text("水果")
    expect(page.locator("#chat .bot small").last).to_contain_text("人工智能")
    expect(page.locator("#sources .source").first).to_contain_text("糖尿病")
    keep(page)


def test_a_follow_up_question_keeps_the_topic(page: Page, keep: Keep) -> None:
    ask(page, "What are the symptoms of asthma?")
    ask(page, "And how is it treated?")
    expect(page.locator("#chat .bot").last).to_contain_text(re.compile("asthma|inhale", re.IGNORECASE))
    expect(page.locator("#sources details.earlier")).to_be_visible()
    keep(page)


def test_an_emergency_shows_its_card_before_anything_else(page: Page, keep: Keep) -> None:
    ask(page, "I have crushing chest pain going into my left arm")
    card = page.locator("#card .safety-card")
    expect(card).to_have_attribute("role", "alert")
    expect(card).to_be_in_viewport()
    ask(page, "My husband says it is nothing")
    expect(card).to_be_visible()
    keep(page)


def test_the_card_can_be_read_where_the_page_is_dark(fresh: Page, keep: Keep) -> None:
    page = fresh
    page.emulate_media(color_scheme="dark")
    page.reload()
    ask(page, "I have crushing chest pain going into my left arm")
    expect(page.locator("body.dark")).to_be_visible()
    for words in ("h2", "p >> nth=0", ".card-phone span", ".card-phone a >> nth=0"):
        colour = page.locator(f"#card .safety-card >> {words}").evaluate("shown => getComputedStyle(shown).color")
        assert max(map(int, re.findall(r"\d+", colour)[1:3])) < 100, f"{words} is too light on the card: {colour}"
    keep(page)


def test_the_card_names_the_chosen_countrys_number(fresh: Page) -> None:
    page = fresh
    page.get_by_label("Emergency numbers").click()
    page.get_by_role("option", name="Mainland China").click()
    ask(page, "我爸突然嘴歪，左边胳膊抬不起来")
    expect(page.locator("#card")).to_contain_text("120")


def test_it_says_so_when_it_does_not_know(page: Page, keep: Keep) -> None:
    ask(page, "What is the offside rule in football?")
    expect(page.locator("#chat .bot").last.locator('a[href*="#source-"]')).to_have_count(0)
    expect(page.locator("#sources .source")).to_have_count(0)
    keep(page)


def test_a_long_conversation_shows_the_newest_question_first(page: Page) -> None:
    ask(page, "Can I take ibuprofen?")
    ask(page, "What are the symptoms of asthma?")
    expect(page.locator("#chat .user-row").last).to_be_in_viewport()
    expect(page.locator("#chat .bot-row").last.locator("a").first).to_be_in_viewport()
    expect(page.locator("#chat .user-row").first).not_to_be_in_viewport()


def test_a_citation_mark_opens_its_source(page: Page, keep: Keep) -> None:
    ask(page, "How can I prevent flu?")
    page.locator("#chat .bot").last.locator('a[href*="#source-"]').first.click()
    expect(page.locator(".source mark.chosen")).to_be_in_viewport()
    assert page.evaluate("document.activeElement.className") == "chosen"
    keep(page)


def test_the_copied_answer_carries_sources_and_the_notice(page: Page) -> None:
    ask(page, "What is asthma?")
    page.locator("#copy").click()
    page.wait_for_timeout(300)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert "Sources" in copied
    assert "AI" in copied


def test_asking_again_replaces_the_last_answer(page: Page) -> None:
    ask(page, "What is asthma?")
    page.locator("#retry").click()
    page.wait_for_timeout(1500)
    expect(page.locator("#chat .bot small")).to_have_count(1)
    expect(page.locator("#chat .bot").last).to_contain_text("sthma")


def test_an_example_can_be_asked_with_one_click(page: Page, keep: Keep) -> None:
    keep(page)
    page.get_by_text("What should my blood pressure be if I have diabetes?").first.click()
    expect(page.locator("#chat .bot small")).to_have_count(1, timeout=30_000)


def test_an_empty_question_gets_a_plain_message(page: Page) -> None:
    box = page.locator("#question textarea")
    box.fill("   ")
    box.press("Enter")
    expect(page.locator("#chat")).to_contain_text(re.compile("question", re.IGNORECASE))
    expect(page.locator("#chat .user-row")).to_have_count(0)


def test_a_chinese_page_says_in_chinese_what_is_wrong_and_loses_nothing(chinese: Page, keep: Keep) -> None:
    box = chinese.locator("#question textarea")
    box.fill("w" * 5000)
    box.press("Enter")
    expect(chinese.locator("#chat .bot").last).to_contain_text("5,000 个字符，最多 4,000 个")
    expect(chinese.locator("#chat .user-row")).to_have_count(0)
    expect(box).to_have_value("w" * 5000)
    assert chinese.locator("#send").bounding_box()["x"] < 360, "a word without end made the page wider"  # type: ignore[index]
    keep(chinese)
    chinese.context.set_offline(True)
    box.fill("发烧怎么办？")
    box.press("Enter")
    expect(chinese.locator("#connection")).to_contain_text("您已断网")
    expect(box).to_have_value("发烧怎么办？")
    keep(chinese, "-offline")
    chinese.context.set_offline(False)
    expect(chinese.locator("#connection")).to_be_empty()
    ask(chinese, "发烧怎么办？")
    chinese.get_by_role("tab", name="资料库").click()
    chinese.locator("#library-words textarea, #library-words input").fill(" ")
    chinese.locator("#library-words textarea, #library-words input").press("Enter")
    expect(chinese.locator("#library-hits [role=alert]")).to_contain_text("内容是空的")


def test_a_server_that_is_away_is_told_and_the_question_outlives_it(fresh: Page, keep: Keep) -> None:
    fresh.route("**/queue/join**", lambda route: route.abort())
    box = fresh.locator("#question textarea")
    box.fill("What is asthma?")
    box.press("Enter")
    expect(fresh.get_by_test_id("toast-text")).to_contain_text("what you typed stays")
    keep(fresh)
    fresh.unroute("**/queue/join**")
    expect(fresh.get_by_test_id("toast-text")).to_have_count(0)  # the page has loaded anew
    expect(fresh.locator("#question textarea")).to_have_value("What is asthma?")
    assert fresh.evaluate("sessionStorage.length") == 0


def test_the_library_can_be_searched(page: Page, keep: Keep) -> None:
    page.get_by_role("tab", name="Library").click()
    page.locator("#library-words textarea, #library-words input").fill("peak flow")
    page.locator("#library-words textarea, #library-words input").press("Enter")
    expect(page.locator("#library-hits .source").first).to_be_visible()
    keep(page)


def test_hostile_text_stays_text(page: Page) -> None:
    dialogs: list[str] = []
    page.once("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    ask(page, "<img src=x onerror=alert(1)> ![x](http://192.0.2.1/x.png) <script>alert(2)</script> asthma?")
    assert dialogs == []
    expect(page.locator("#chat img[src='x']")).to_have_count(0)


def test_the_page_fits_a_phone(phone: Page, keep: Keep) -> None:
    ask(phone, "What is a normal HbA1c?")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"the page is {width} pixels wide on a screen of 360"
    expect(phone.locator("#sources .source").first).to_be_visible()
    keep(phone)
