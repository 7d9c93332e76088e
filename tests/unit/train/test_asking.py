from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.train.asking import Asking, ask, aspects, follow_up, topic_of

ARTICLES = sorted((Path(__file__).resolve().parents[3] / "knowledge_base" / "medqa-starter" / "files").rglob("*.md"))
DICE = random.Random(0)


def metadata(title: str, **known: object) -> Metadata:
    return Metadata(title=title, source_id="s", source="S", **known)  # type: ignore[arg-type]


def passages(*sections: str, language: str = "en") -> list[Passage]:
    return [
        Passage(id=f"d#{n}", document_id="d", ordinal=n, text="Text.", section=section, language=language)
        for n, section in enumerate(sections)
    ]


def asked(title: str, *sections: str, language: str = "en") -> list[Asking]:
    return list(ask(passages(*sections, language=language), metadata(title), "patient", DICE))


def test_every_aspect_is_asked_in_both_languages() -> None:
    for aspect in aspects():
        for language in ("en", "zh"):
            assert aspect.asks[language]
            assert all("{topic}" in wording for wording in aspect.asks[language]), aspect.name
            assert aspect.asks[f"{language}_next"], aspect.name


def test_every_heading_of_the_starter_articles_is_an_aspect() -> None:
    headings = {line[3:].strip() for path in ARTICLES for line in path.read_text().splitlines() if line[:3] == "## "}
    assert headings
    assert not [h for h in headings if not any(a.heading.fullmatch(h) for a in aspects())]


def test_a_section_is_asked_about_with_its_own_passages() -> None:
    first, second = asked("Gout", "Symptoms", "Treatment")
    assert (first.aspect, second.aspect) == ("symptoms", "treatment")
    assert [passage.id for passage in second.gold] == ["d#1"]
    assert "gout" in first.text


def test_chinese_articles_are_asked_in_chinese() -> None:
    (question,) = asked("痛风（一种关节炎）", "症状", language="zh")
    assert question.language == "zh"
    assert "痛风" in question.text
    assert "（" not in question.text


def test_a_title_that_is_a_question_is_asked_as_it_is() -> None:
    (question,) = asked("What is (are) Gout ?", "")
    assert question.text == "What is (are) Gout?"
    assert question.source == "title"


def test_a_heading_of_no_aspect_still_makes_a_question() -> None:
    (question,) = asked("Gout", "Purines")
    assert question.text == "gout: purines?"


def test_text_without_a_heading_asks_nothing() -> None:
    assert not asked("Gout", "")


@pytest.mark.parametrize(
    ("title", "topic"), [("Gout (arthritis)", "gout"), ("COVID-19", "COVID-19"), ("Parkinson's disease", None)]
)
def test_a_topic_is_called_as_people_call_it(title: str, topic: str | None) -> None:
    assert topic_of(metadata(title), "en", DICE) == (topic or title)


def test_descriptions_are_no_names() -> None:
    names = {topic_of(metadata("Gout", aliases=("gout, clinician summary",)), "en", DICE) for _ in range(50)}
    assert names == {"gout"}


def test_a_follow_up_names_no_topic() -> None:
    first, second = asked("Gout", "Symptoms", "Treatment")
    followed = follow_up(first, second, DICE)
    assert followed is not None
    assert followed.earlier == first.text
    assert not re.search("gout", followed.text, re.IGNORECASE)
    assert followed.gold == second.gold
