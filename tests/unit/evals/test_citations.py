"""ALCE's citation scores on answers worked by hand."""

from __future__ import annotations

import pytest

from evals.scorers.citations import Statement, score_citations
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.passage import Passage


def passage(text: str) -> Passage:
    return Passage(id=text, document_id="d", ordinal=0, text=text)


ASTHMA = passage("Asthma is not contagious. Asthma makes the airways narrow.")
GOUT = passage("Gout is caused by uric acid crystals in a joint.")
JUDGE = Lexical()


def score(*statements: Statement):
    return score_citations(statements, JUDGE)


def test_a_supported_sentence_has_full_recall_and_precision() -> None:
    found = score(Statement("Asthma is not contagious.", (ASTHMA,)))
    assert (found.recall, found.precision) == (1.0, 1.0)
    assert found.is_fully_supported


def test_a_citation_too_many_costs_precision_alone() -> None:
    found = score(Statement("Asthma is not contagious.", (ASTHMA, GOUT)))
    assert (found.recall, found.precision) == (1.0, 0.5)


def test_a_sentence_without_a_citation_costs_recall() -> None:
    found = score(Statement("Asthma is not contagious.", (ASTHMA,)), Statement("Gout hurts.", ()))
    assert (found.recall, found.precision) == (0.5, 1.0)
    assert not found.is_fully_supported


def test_a_sentence_that_cites_something_else_costs_both() -> None:
    found = score(Statement("Asthma is not contagious.", (GOUT,)))
    assert (found.recall, found.precision) == (0.0, 0.0)


def test_a_denied_fact_is_contradicted() -> None:
    found = score(Statement("Asthma is contagious.", (ASTHMA,)))
    assert found.is_contradicted
    assert found.recall == 0.0


def test_precision_is_unknown_where_nothing_is_cited() -> None:
    assert score(Statement("Gout hurts.", ())).precision is None


def test_an_answer_of_no_sentence_has_no_score() -> None:
    with pytest.raises(ValueError, match="without a statement"):
        score()
