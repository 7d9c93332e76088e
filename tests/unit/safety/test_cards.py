"""The fixed texts: numbers by jurisdiction, action first, short."""

from __future__ import annotations

import re

import pytest

from medqa.safety.jurisdiction import card, families, jurisdictions

ALL = [(family, place, language) for family in families() for place in jurisdictions() for language in ("en", "zh")]


@pytest.mark.parametrize(("family", "place", "language"), ALL)
def test_a_card_is_short_and_leaves_no_gap(family: str, place: str, language: str) -> None:
    shown = card(family, language=language, jurisdiction=place)  # type: ignore[arg-type]
    text = f"{shown.headline} {shown.action}"
    assert "$" not in text
    assert shown.phone
    if language == "en":
        assert len(text.split()) <= 60
    else:
        assert len(re.findall("[\u4e00-\u9fff]", text)) <= 90


@pytest.mark.parametrize(("family", "place", "language"), ALL)
def test_a_number_stands_in_the_first_two_sentences(family: str, place: str, language: str) -> None:
    shown = card(family, language=language, jurisdiction=place)  # type: ignore[arg-type]
    sentences = re.split(r"(?<=[.。!！])\s*", f"{shown.headline} {shown.action}")
    first = "".join(sentences[:2])
    assert re.search(r"\d{2,3}|crisis line", first)


@pytest.mark.parametrize(
    ("place", "emergency", "crisis"),
    [
        ("CN", "120", "12356"),
        ("US", "911", "988"),
        ("GB", "999", "116 123"),
        ("EU", "112", "116 123"),
        ("DE", "112", "116 123"),
        ("HK", "999", "18111"),
        ("TW", "119", "1925"),
        ("IN", "112", "14416"),
        ("AU", "000", "13 11 14"),
        ("CA", "911", "988"),
        ("us", "911", "988"),
    ],
)
def test_a_place_has_its_own_numbers(place: str, emergency: str, crisis: str) -> None:
    assert card("cardiac", language="en", jurisdiction=place).phone == emergency
    assert card("crisis", language="zh", jurisdiction=place).phone == crisis


def test_poison_lines_are_named_where_there_is_one() -> None:
    assert card("poison", language="en", jurisdiction="US").phone == "1-800-222-1222"
    assert card("poison", language="en", jurisdiction="AU").phone == "13 11 26"
    assert card("poison", language="zh", jurisdiction="CN").phone == "120"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_poison_card_forbids_vomiting(language: str) -> None:
    action = card("poison", language=language, jurisdiction="GB").action  # type: ignore[arg-type]
    assert ("Do not make them vomit" in action) or ("不要催吐" in action)


def test_an_unknown_place_names_the_local_number() -> None:
    for place in (None, "ZZ"):
        assert "local emergency number" in card("stroke", language="en", jurisdiction=place).headline
        chinese = card("stroke", language="zh", jurisdiction=place)
        assert "当地急救电话" in chinese.headline
        assert "中国大陆120" in chinese.headline
