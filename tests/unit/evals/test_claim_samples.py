"""The samples of the claims task are what they say: sources stand, alterations differ, documents stay whole."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from evals.ledger.alterations import alterations
from evals.ledger.samples import TRUE_KINDS, Sample, rows_by_hand, samples, split_of
from evals.ledger.shelf import Article, holding, starter_articles

SENTENCE = "Adults must not take more than 500 mg of ibuprofen before meals for 3 days."


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return starter_articles()


@pytest.fixture(scope="module")
def made(articles: list[Article]) -> list[Sample]:
    return samples(articles, own=True)


def test_every_reworded_claim_rests_on_a_sentence_that_still_stands(articles: list[Article]) -> None:
    for row in rows_by_hand():
        article, at = holding(articles, row["article"], row["quote"])
        assert row["quote"] in article.hits[at].passage.text


def test_no_claim_written_by_hand_is_a_copy_and_half_are_chinese() -> None:
    rows = rows_by_hand()
    assert len(rows) >= 150
    assert all(row["claim"] != row["quote"] for row in rows)
    chinese = sum(row["language"] == "zh" for row in rows)
    assert 0.4 < chinese / len(rows) < 0.6


def test_there_are_hundreds_of_altered_claims_of_every_kind_half_of_them_chinese(made: list[Sample]) -> None:
    altered = [each for each in made if not each.is_true]
    kinds = Counter(each.kind for each in altered if not each.kind.endswith("across"))
    assert len(altered) >= 600
    assert set(kinds) >= {"tenfold", "number", "unit", "negation", "comparison", "medicine", "other passage"}
    assert min(kinds.values()) >= 30
    assert 0.4 < sum(each.language == "zh" for each in altered) / len(altered) < 0.6


def test_an_alteration_is_never_the_claim_nor_in_its_passage(made: list[Sample]) -> None:
    cited = {"tenfold", "number", "unit", "negation", "comparison", "medicine"}
    for each in made:
        if each.kind in cited:
            assert each.claim not in each.hits[0].passage.text


def test_a_document_and_its_translation_lie_in_one_half(made: list[Sample]) -> None:
    halves: dict[str, set[str]] = {}
    for each in made:
        slug = each.hits[0].passage.document_id.partition("/")[2].removesuffix(".clinician")
        if each.kind in TRUE_KINDS:
            halves.setdefault(slug, set()).add(each.split)
    assert all(len(found) == 1 for found in halves.values())
    assert {split_of(slug) for slug in halves} == {"dev", "test"}


def test_each_kind_of_alteration_changes_what_it_says_it_changes() -> None:
    found = {each.kind: each.text for each in alterations(SENTENCE, SENTENCE, SENTENCE, random.Random(1))}
    assert found["negation"] == SENTENCE.replace("must not", "must")
    assert "ibuprofen" not in found["medicine"]
    assert found["comparison"] in (SENTENCE.replace("more than", "less than"), SENTENCE.replace("before", "after"))
    assert found["tenfold"] != SENTENCE != found["unit"]


def test_the_same_seed_makes_the_same_samples(articles: list[Article], made: list[Sample]) -> None:
    assert [each.claim for each in samples(articles, own=True)] == [each.claim for each in made]
