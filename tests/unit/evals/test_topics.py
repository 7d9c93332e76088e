"""The 300 questions and how an answer to one of them is judged."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from evals.scorers.proportion import clopper_pearson
from evals.tasks.topics import Asked
from medqa.domain.passage import Passage

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLE = {"id": "en-gout-1", "question": "q", "language": "en", "slug": ["gout", "egfr"], "key_fact": ["360", "6 mg"]}


def passage(document: str, text: str) -> Passage:
    return Passage(id=f"{document}#0", document_id=document, ordinal=0, text=text)


def asked(*cited: str, answer: str = "Below 360.", handed_over: bool = False, hits: tuple[Passage, ...] = ()) -> Asked:
    article = (passage("medqa-starter/en/gout", "The goal is 360 µmol/L."),)
    return Asked(
        sample=SAMPLE,
        answer=answer,
        cited=cited,
        quotes_exact=True,
        handed_over=handed_over,
        hits=hits,
        article=article,
    )


def test_there_are_150_questions_in_each_language_over_every_topic() -> None:
    lines = (REPOSITORY / "evals" / "data" / "topics.jsonl").read_text("utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    topics = tomllib.loads((REPOSITORY / "evals" / "corpus" / "topics.toml").read_text("utf-8"))["patient"]
    for language in ("en", "zh"):
        chosen = [sample for sample in samples if sample["language"] == language]
        assert len(chosen) == 150
        assert {sample["slug"][0] for sample in chosen} == set(topics)
    assert len({sample["question"] for sample in samples}) == 300
    for sample in samples:
        assert set(sample["slug"]) <= set(topics)
        assert all(re.compile(fact) for fact in sample["key_fact"])


def test_the_key_fact_from_the_right_article_is_right() -> None:
    assert asked("medqa-starter/en/gout").right
    assert asked("medqa-starter/en/egfr.clinician").right


@pytest.mark.parametrize(
    "wrong",
    [
        asked(),
        asked("medqa-starter/en/acne"),
        asked("another/en/gout"),
        asked("medqa-starter/en/gout", answer="Drink water."),
    ],
)
def test_anything_less_is_not(wrong: Asked) -> None:
    assert not wrong.right


def test_a_card_that_says_the_fact_counts_beside_the_right_answers() -> None:
    card = asked(answer="Call: 360.", handed_over=True)
    assert (card.right, card.right_or_card, card.cause) == (False, True, "screen: the card stands alone")


def test_a_miss_names_the_stage_that_lost_it() -> None:
    held = passage("medqa-starter/en/gout", "The goal is 360 µmol/L.")
    other = passage("medqa-starter/en/acne", "Acne has spots.")
    part = Passage(id="medqa-starter/en/gout#1", document_id="medqa-starter/en/gout", ordinal=1, text="Gout hurts.")
    assert asked(hits=(other,)).cause == "retrieval: another article"
    assert asked(hits=(part,)).cause == "retrieval: another part of the article"
    assert asked(hits=(held,)).cause == "abstention"
    assert asked("medqa-starter/en/gout", answer="Drink.", hits=(held,)).cause == "selection: other sentences"


def test_the_exact_interval_is_that_of_the_textbook() -> None:
    """8 of 10: 0.4439 to 0.9748 (Clopper and Pearson, 1934)."""
    figures = clopper_pearson([True] * 8 + [False] * 2)
    assert (figures["low"], figures["high"]) == (0.4439, 0.9748)


@pytest.mark.parametrize(("held", "bounds"), [([True] * 5, (0.4782, 1.0)), ([False] * 5, (0.0, 0.5218)), ([], (0, 1))])
def test_the_interval_reaches_the_end_when_all_or_none_hold(held: list[bool], bounds: tuple[float, float]) -> None:
    figures = clopper_pearson(held)
    assert (figures["low"], figures["high"]) == bounds
