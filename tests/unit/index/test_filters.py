from __future__ import annotations

import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import UsageError
from medqa.index import filters


def test_years_are_single_or_spans_open_at_either_end():
    (years,) = filters.read([("year", ["2020", "2015..2017", "..2000", "2024.."])])
    assert years == filters.Years(((2020, 2020), (2015, 2017), (None, 2000), (2024, None)))


@pytest.mark.parametrize("value", ["soon", "..", "", "2015..later"])
def test_a_year_that_is_none_is_refused_with_an_example(value):
    with pytest.raises(UsageError, match=r"2015\.\.2024"):
        filters.read([("year", [value])])


def test_an_unknown_field_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="publication_type"):
        filters.read([("colour", ["red"])])


def test_a_passage_without_language_takes_its_documents():
    metadata = Metadata(title="T", source_id="s", source="S", language="zh", retracted=True)
    values = filters.values_of(Passage(id="d#0", document_id="d", ordinal=0, text="x"), metadata)
    assert values == {"language": "zh", "document_id": "d", "source_id": "s", "retracted": "true"}
