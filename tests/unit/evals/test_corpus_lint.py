"""The lint of the starter articles: each rule fires, and the shipped corpus gives it nothing to say."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from evals.corpus import article, lint, numbers, readability, structure, wording
from evals.corpus.article import Article, Problem

REPOSITORY = Path(__file__).resolve().parents[3]
STARTER = REPOSITORY / "knowledge_base" / "medqa-starter" / "files"
TODAY = datetime.date(2026, 11, 22)

HEAD = """---
id: gout
lang: {lang}
kind: condition
audience: patient
title: Gout
aliases: [gout]
published: 2026-11-22
review_by: 2027-11-22
clinically_reviewed: false
---

"""
ENGLISH = ("Overview", "Symptoms", "Causes", "Diagnosis", "Treatment", "Self-care", "When to get help", "Prevention")
CHINESE = ("概述", "症状", "病因", "诊断", "治疗", "自我护理", "何时就医", "预防")
NOTES = "\n[^nice]: NICE. Gout (NG219). 2022.\n"


def gout(overview: str, *, lang: str = "en", notes: str = NOTES) -> Article:
    """An article without a fault but those in its overview."""
    headings = ENGLISH if lang == "en" else CHINESE
    filler = "Gout section {0} has words. [^nice]" if lang == "en" else "痛风第{0}节有内容。[^nice]"
    names = "abcdefgh" if lang == "en" else "甲乙丙丁戊己庚辛"
    body = f"## {headings[0]}\n\n{overview}\n\n" + "".join(
        f"## {heading}\n\n{filler.format(name)}\n\n" for heading, name in zip(headings[1:], names[1:], strict=True)
    )
    return article.parse(f"{lang}/gout.md", HEAD.format(lang=lang) + body + notes)


def found(*articles: Article) -> set[str]:
    """The rules that the articles break."""
    return {problem.rule for problem in lint.lint(articles, today=TODAY, topics=False)}


def test_the_shipped_articles_have_no_problem() -> None:
    problems = [p for p in lint.lint(article.read(STARTER), today=TODAY) if not p.is_warning]
    assert problems == [], "\n".join(f"{p.path}:{p.line} {p.rule}: {p.message}" for p in problems)


def test_a_clean_pair_of_articles_has_no_problem() -> None:
    english = "Gout treatment aims below 360 µmol/L (6 mg/dL). [^nice]"
    chinese = "痛风治疗的目标低于 360 µmol/L（6 mg/dL）。[^nice]"
    assert found(gout(english), gout(chinese, lang="zh")) == set()


@pytest.mark.parametrize(
    ("overview", "rule"),
    [
        ("Gout lasts 7 days.", "uncited-number"),
        ("It often starts at night.", "pronoun"),
        ("You should stop taking this medicine.", "forbidden"),
        ("As your doctor, gout is my field.", "forbidden"),
        ("Take 500 mg of colchicine for gout. [^nice]", "forbidden"),
        ("Gout " + "very " * 19 + "hurts.", "length"),
        ("Gout hurts. [^who]", "footnotes"),
    ],
)
def test_a_faulty_english_sentence_breaks_its_rule(overview: str, rule: str) -> None:
    assert rule in found(gout(overview))


@pytest.mark.parametrize(
    ("overview", "rule"),
    [
        ("它常在夜里发作。", "pronoun"),
        ("您应该停用别嘌醇。", "forbidden"),
        ("口服 500 毫克，痛风会好。[^nice]", "forbidden"),
        ("痛风" + "很" * 26 + "痛。", "length"),
    ],
)
def test_a_faulty_chinese_sentence_breaks_its_rule(overview: str, rule: str) -> None:
    assert rule in found(gout(overview, lang="zh"))


@pytest.mark.parametrize(
    "overview",
    [
        "Low vitamin B12, T4 and H1N1 flu are no numbers, nor is type 2 diabetes.",
        "Call 911 or 112: the emergency number differs by country.",
        "Most people with gout have few attacks.",
    ],
)
def test_names_and_telephone_numbers_need_no_reference(overview: str) -> None:
    assert "uncited-number" not in found(gout(overview))


def test_a_list_is_cited_by_its_lead_in() -> None:
    assert "uncited-number" not in found(gout("Signs of gout are: [^nice]\n\n- pain for 7 days\n- swelling for 3 days"))


def test_a_medicine_name_that_looks_like_a_pronoun_is_none() -> None:
    assert "pronoun" not in found(gout("他汀类药和痛风药可以一起用。", lang="zh"))


def test_a_number_in_one_language_only_is_found() -> None:
    english, chinese = "A gout attack lasts 7 to 10 days. [^nice]", "痛风发作持续 7 到 14 天。[^nice]"
    [problem] = numbers.check_parity([gout(english), gout(chinese, lang="zh")])
    assert "10" in problem.message
    assert "14" in problem.message


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Adults over 65 get gout. [^nice]", "65 岁以上的人会得痛风。[^nice]"),
        ("Gout eases in 3–4 weeks. [^nice]", "痛风 3 到 4 周缓解。[^nice]"),
        ("Gout goal: under 1,200 mg. [^nice]", "痛风目标：低于 1200 mg。[^nice]"),
        ("NICE 2022 covers gout. [^nice]", "NICE 2022 讲了痛风。[^nice]"),
    ],
)
def test_the_same_amount_written_otherwise_is_the_same(english: str, chinese: str) -> None:
    assert list(numbers.check_parity([gout(english), gout(chinese, lang="zh")])) == []


def test_a_reference_in_one_language_only_is_found() -> None:
    other = gout("痛风会痛。[^who]", lang="zh", notes=NOTES + "[^who]: WHO. 2024.\n")
    assert "parity" in found(gout("Gout hurts. [^nice]"), other)


def test_a_missing_language_is_found() -> None:
    assert "parity" in found(gout("Gout hurts."))


def test_the_same_sentence_in_two_articles_is_found() -> None:
    twice = gout("Gout hurts.\nGout hurts.")
    assert [p.rule for p in wording.check_duplicates([twice])] == ["duplicate"]


def test_a_review_date_that_has_passed_is_a_warning() -> None:
    later = datetime.date(2028, 1, 1)
    assert [(p.rule, p.is_warning) for p in structure.check_dates(gout("Gout hurts."), later)] == [("stale", True)]


def test_a_wrong_order_of_sections_is_found() -> None:
    text = HEAD.format(lang="en") + "## Symptoms\n\nGout hurts.\n\n## Overview\n\nGout is a disease.\n"
    assert [p.rule for p in structure.check_sections(article.parse("en/gout.md", text))] == ["sections"]


def test_a_topic_that_is_missing_is_found() -> None:
    missing = [p for p in structure.check_topics([gout("Gout hurts.")]) if p.path == "zh/gout.md"]
    assert missing == [Problem(path="zh/gout.md", rule="topics", message="is missing")]


def test_a_file_without_front_matter_is_named() -> None:
    with pytest.raises(ValueError, match=r"en/gout\.md: no front matter"):
        article.parse("en/gout.md", "## Overview\n")


def test_the_sections_are_those_that_the_readme_lists() -> None:
    readme = (REPOSITORY / "knowledge_base" / "README.md").read_text("utf-8")
    for listed in [*structure.PATIENT.values(), structure.CLINICIAN]:
        assert listed in readme


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("people", 2), ("diabetes", 4), ("make", 1), ("baked", 1), ("treated", 2), ("table", 2), ("patches", 2)],
        *[("radio", 3), ("fluid", 2), ("quit", 1), ("tongue", 1), ("TSH", 3), ("NICE", 1), ("140/90", 1), ("going", 2)],
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert readability.syllables(word) == count


def test_the_grade_follows_the_formula() -> None:
    plain = gout("The cat sat on the mat. [^nice]")
    short, hard = (
        readability.grade(plain),
        readability.grade(gout("Hyperuricaemia precipitates inflammatory arthropathy.")),
    )
    assert short < hard


def test_every_article_is_readable() -> None:
    """Above the goal (grade 7) but bounded, so that no article drifts back; see ``medqa eval corpus``."""
    patient = [each for each in article.read(STARTER) if each.is_for_patients]
    english = readability.spread([(a.path, readability.grade(a)) for a in patient if a.language == "en"])
    chinese = readability.spread([(a.path, readability.mean_characters(a)) for a in patient if a.language == "zh"])
    assert english.median <= 8.4
    assert english.p95 <= 9.1
    assert chinese.worst[0][1] <= 25
