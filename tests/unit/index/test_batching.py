from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from medqa.index.batching import by_length


@given(st.lists(st.integers(0, 300), max_size=80))
def test_every_text_is_in_one_batch_within_the_limits(lengths):
    batches = list(by_length(lengths, max_texts=8, max_tokens=512))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert len(batch) <= 8
        assert len(batch) == 1 or longest * len(batch) <= 512


def test_batches_run_from_long_to_short():
    assert [batch.tolist() for batch in by_length([1, 9, 5, 7], max_texts=2, max_tokens=100)] == [[1, 3], [2, 0]]
