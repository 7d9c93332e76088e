from __future__ import annotations

from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.retrieve.reranked import Reranked
from medqa.retrieve.rerankers.evidence import EvidenceReranker, age_weight, level_weight


def metadata(**given):
    return Metadata(title="t", source_id="s", source="S", **given)


def hit(name, score, **given):
    passage = Passage(id=f"{name}#0", document_id=name, ordinal=0, text=name)
    return Hit(rank=1, score=score, passage=passage, metadata=metadata(**given))


QUERY = Query(text="q", standalone="q", language="en")


def test_a_guideline_stands_before_a_letter_of_about_the_same_score():
    letter, guideline = hit("letter", 0.62, publication_type="Letter"), hit("g", 0.6, publication_type="Guideline")
    ranked = EvidenceReranker(this_year=2026).rerank(QUERY, [letter, guideline])
    assert [h.passage.document_id for h in ranked] == ["g", "letter"]
    assert [h.rank for h in ranked] == [1, 2]


def test_what_fits_much_better_stays_first_whatever_its_level():
    ranked = EvidenceReranker(this_year=2026).rerank(QUERY, [hit("fits", 0.9), hit("g", 0.6, evidence_level="1a")])
    assert ranked[0].passage.document_id == "fits"


def test_a_retracted_document_comes_last():
    ranked = EvidenceReranker(this_year=2026).rerank(QUERY, [hit("r", 0.9, retracted=True), hit("o", 0.4)])
    assert [h.passage.document_id for h in ranked] == ["o", "r"]


def test_what_is_not_stated_counts_as_the_middle():
    assert level_weight(metadata()) == level_weight(metadata(publication_type="Journal Article")) == 1.0
    assert age_weight(None, 2026) == 1.0


def test_newer_counts_more_down_to_a_floor():
    weights = [age_weight(year, 2026) for year in (2026, 2016, 2006, 1990)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == weights[-2] == 0.9


def test_a_reranker_sees_deeper_than_what_is_asked_for():
    class Fixed:
        def retrieve(self, query, k):
            return [hit("letter", 0.62, publication_type="Letter"), hit("g", 0.6, evidence_level="high")][:k]

    assert Reranked(Fixed(), EvidenceReranker(this_year=2026)).retrieve(QUERY, 1)[0].passage.document_id == "g"
