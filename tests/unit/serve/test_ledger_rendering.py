"""The ledger on the page: verdicts in plain words, quotes beside what is not word for word, nothing unescaped."""

from __future__ import annotations

from medqa.domain.answer import Citation, Claim
from medqa.serve.ui.ledger import ledger_html


def citation(quote: str, n: int = 1) -> Citation:
    return Citation(n=n, passage_id="d#0", document_id="d", title="T", source="S", quote=quote, start=0, end=len(quote))


def claim(text: str, verdict: str = "supported", n: int = 1) -> Claim:
    return Claim(text=text, citations=(n,), verdict=verdict, support=0.9)  # type: ignore[arg-type]


def test_a_sentence_that_is_the_sources_own_shows_no_second_quote_and_stays_folded() -> None:
    shown = ledger_html([claim("Fever is common.")], [citation("Fever  is common.")], "en", left_out=0)
    assert "Word for word in the source" in shown
    assert "<blockquote" not in shown
    assert '<details class="ledger" lang="en"><summary>' in shown


def test_a_reworded_sentence_stands_beside_its_quote() -> None:
    shown = ledger_html([claim("Many people get fevers.")], [citation("Fever is common.")], "en", left_out=0)
    assert "in other words" in shown
    assert "Fever is common." in shown
    assert " open>" in shown


def test_what_was_left_out_is_counted_in_the_readers_language() -> None:
    shown = ledger_html([claim("发热很常见。", "partial")], [citation("发热常见。")], "zh", left_out=2)
    assert "2 句" in shown
    assert "来源的说法接近" in shown


def test_words_of_documents_stay_text() -> None:
    shown = ledger_html([claim("<b>x</b>")], [citation("<script>")], "en", left_out=0)
    assert "<b>" not in shown
    assert "<script>" not in shown


def test_an_answer_without_claims_has_no_ledger() -> None:
    assert ledger_html([], [], "en", left_out=0) == ""
