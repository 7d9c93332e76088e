"""The check-in as a person fills it in: by keyboard, on a phone, in Chinese, without a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Keep = Callable[..., None]

NINTH = "9. Thoughts that you would be better off dead, or of hurting yourself in some way"


def answer(page: Page, item: int, choice: int) -> Locator:
    return page.locator(f"#check-in-form fieldset[data-item='{item}'] input").nth(choice)


def card(page: Page) -> Locator:
    return page.locator("#check-in-form .shown .safety-card")


@pytest.fixture
def form(fresh: Page) -> Page:
    fresh.get_by_role("tab", name="Check-in").click()
    expect(fresh.locator("#check-in-form")).to_be_visible()
    return fresh


def test_a_marked_ninth_question_brings_the_card_at_once_without_sum_or_server(form: Page, keep: Keep) -> None:
    form.route("**/v1/**", lambda route: route.abort())
    group = form.get_by_role("group", name=NINTH)
    group.get_by_role("radio", name="Not at all").focus()
    form.keyboard.press("Space")
    expect(card(form)).to_have_count(0)
    form.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name="Several days")).to_be_checked()
    expect(card(form)).to_have_attribute("role", "alert")
    expect(card(form)).to_be_in_viewport(ratio=0.9)
    expect(form.locator("#check-in-form .assessment")).to_be_empty()
    form.get_by_label("Emergency numbers").last.select_option("US")
    expect(card(form)).to_contain_text("988")
    keep(form)
    form.get_by_role("button", name="Show the sum").click()
    expect(form.locator("#check-in-form .assessment")).to_contain_text("cannot be reached")
    expect(card(form)).to_be_visible()


def test_a_sheet_is_summed_and_a_changed_answer_takes_the_sum_away(form: Page, keep: Keep) -> None:
    for item in range(1, 9):
        answer(form, item, 1).check()
    form.get_by_role("button", name="Show the sum").click()
    result = form.locator("#check-in-form .assessment")
    expect(result).to_contain_text("Not answered: question 9")
    expect(form.locator("fieldset.missing")).to_have_count(1)
    answer(form, 9, 0).check()
    expect(result).to_be_empty()
    form.get_by_role("button", name="Show the sum").click()
    expect(result).to_contain_text("Sum: 8 of 27")
    expect(result.locator(".band")).to_have_text("Mild (5 to 9)")
    expect(result).to_contain_text("not a diagnosis")
    expect(result).to_contain_text("AI system")
    expect(card(form)).to_have_count(0)
    keep(form)
    answer(form, 9, 3).check()
    form.get_by_role("button", name="Show the sum").click()
    expect(result).to_contain_text("Sum: 11 of 27")
    expect(result.locator(".band")).to_have_count(0)
    expect(card(form)).to_be_visible()
    form.get_by_role("button", name="Clear").click()
    expect(form.locator("#check-in-form input:checked")).to_have_count(0)
    expect(card(form)).to_have_count(0)
    expect(result).to_be_empty()


def test_it_fits_a_phone_and_speaks_chinese(chinese: Page, keep: Keep) -> None:
    page = chinese
    page.get_by_role("tab", name="心情自测").click()
    group = page.get_by_role("group", name="9. 有不如死掉或用某种方式伤害自己的念头")
    group.get_by_text("好几天").click()
    expect(card(page)).to_be_in_viewport(ratio=0.9)
    expect(card(page)).to_contain_text("12356")
    page.get_by_role("button", name="查看总分").click()
    expect(page.locator("#check-in-form .assessment")).to_contain_text("第9题")
    heights = page.locator("#check-in-form .choices label").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    keep(page)
    page.get_by_role("button", name="清空").click()
