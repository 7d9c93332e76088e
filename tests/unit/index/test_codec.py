from __future__ import annotations

from medqa.domain.document import Metadata, Source
from medqa.domain.passage import Passage
from medqa.index import codec


def test_metadata_survives_the_round_trip():
    full = Metadata(
        title="高血压",
        source_id="s",
        source="S",
        language="zh",
        published="2024-05",
        retracted=True,
        clinically_reviewed=False,
        aliases=("HTN", "血压高"),
        extra={"journal": "J"},
    )
    bare = Metadata(title="", source_id="s", source="")
    assert [codec.metadata_from_json(codec.metadata_to_json(m)) for m in (full, bare)] == [full, bare]


def test_a_passage_survives_the_round_trip():
    full = Passage(
        id="d#3", document_id="d", ordinal=3, text="One.\nTwo.", section="Uses", page=2, references={"who": "WHO 2023"}
    )
    assert codec.passage_from_row(codec.passage_to_row(full)) == full


def test_a_source_survives_the_round_trip():
    source = Source(id="s", title="S", clinically_reviewed=False, url="https://example.org")
    assert codec.source_from_json(codec.source_to_json(source)) == source
