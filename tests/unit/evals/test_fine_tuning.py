"""How one answer to a held-out row is judged."""

from __future__ import annotations

import pytest

from evals.tasks.fine_tuning import judgement
from medqa.answer.verifiers.lexical import Lexical
from medqa.train.rows import Numbered, Provenance, Row

JUDGE = Lexical()
ASTHMA = Numbered(n=2, id="a#0", title="Asthma", section=None, text="Asthma is not contagious.")
GOUT = Numbered(n=5, id="g#0", title="Gout", section=None, text="Gout is caused by uric acid crystals.")


def row(kind: str = "answer") -> Row:
    return Row(
        id="1",
        kind=kind,  # type: ignore[arg-type]
        language="en",
        audience="patient",
        question="Is asthma contagious?",
        turns=(),
        passages=(ASTHMA, GOUT),
        prompt=({"role": "user", "content": "q"},),
        completion=({"role": "assistant", "content": "Asthma is not contagious. [2]"},),
        provenance=Provenance(
            document_id="a",
            source_id="s",
            licence=None,
            gold=("a#0",),
            question_from="title",
            answer_from="extractive",
            snapshot="x",
            prompt_sha256="y",
        ),
    )


def test_the_rows_own_answer_keeps_the_format_and_is_supported() -> None:
    found = judgement(row(), row().answer, JUDGE)
    assert found.keeps_format
    assert found.is_fully_supported
    assert not found.refuses


@pytest.mark.parametrize("text", ["Asthma is not contagious.", "Asthma is not contagious. [3]", "", "NO_ANSWER, sorry"])
def test_no_number_an_unseen_number_silence_and_a_talkative_refusal_break_the_format(text: str) -> None:
    found = judgement(row(), text, JUDGE)
    assert not found.keeps_format
    assert not found.is_fully_supported


def test_a_refusal_keeps_the_format_and_has_no_citations_to_score() -> None:
    found = judgement(row("refusal"), "NO_ANSWER", JUDGE)
    assert found.keeps_format
    assert found.refuses
    assert found.score is None


def test_a_number_of_the_wrong_passage_is_seen() -> None:
    found = judgement(row(), "Asthma is not contagious. [5]", JUDGE)
    assert found.keeps_format
    assert found.score is not None
    assert (found.score.recall, found.score.precision) == (0.0, 0.0)


def test_a_denied_passage_is_contradicted() -> None:
    found = judgement(row(), "Asthma is contagious. [2]", JUDGE)
    assert found.score is not None
    assert found.score.is_contradicted
