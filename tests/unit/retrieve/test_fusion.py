from __future__ import annotations

import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.retrieve import fusion


def test_the_score_is_the_weighted_sum_of_reciprocal_ranks():
    scores = fusion.reciprocal_rank([(1.0, [7, 8]), (0.5, [8])], constant=10)
    assert scores == pytest.approx({7: 1 / 11, 8: 1 / 12 + 0.5 / 11})
    assert fusion.best(scores) == [8, 7]


def test_equal_scores_keep_one_order():
    assert fusion.best({5: 0.1, 2: 0.1, 9: 0.2}) == [9, 2, 5]


def test_no_document_gives_more_hits_than_allowed():
    metadata = Metadata(title="T", source_id="s", source="S")
    ranked = [
        (1.0 - n / 10, Passage(id=f"{d}#{n}", document_id=d, ordinal=n, text="x"), metadata, None)
        for n, d in enumerate("aaab")
    ]
    hits = fusion.capped_hits(ranked, 3, 2)
    assert [(hit.rank, hit.passage.id) for hit in hits] == [(1, "a#0"), (2, "a#1"), (3, "b#3")]
    assert [hit.passage.id for hit in fusion.capped_hits(ranked, 1, 2)] == ["a#0"]
