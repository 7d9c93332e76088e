"""MedlinePlus health topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Skipped
from medqa.errors import ParseError
from medqa.ingest.formats import choose_parser

TOPICS = Path(__file__).parents[2] / "data" / "sources" / "mplus_topics.xml"
SOURCE = Source(id="medlineplus", title="MedlinePlus", publisher="NLM", licence="Public domain")


def parsed(path: Path) -> list[object]:
    parser, _ = choose_parser(path, path.name)
    assert parser.name == "medlineplus"
    return list(parser.parse(path, SOURCE))


def test_a_topic_becomes_a_document_with_its_headings_and_other_names() -> None:
    topic = parsed(TOPICS)[0]
    assert isinstance(topic, Document)
    assert topic.id == "/9001"
    assert topic.metadata.title == "Sample cough"
    assert topic.metadata.url == "https://medlineplus.gov/samplecough.html"
    assert topic.metadata.audience == "patient"
    assert topic.metadata.aliases == ("Tussis", "Coughing")
    assert topic.metadata.extra["mesh"] == "Cough"
    assert [(block.section, block.kind) for block in topic.blocks][:2] == [
        (("What is a sample cough?",), "paragraph"),
        (("When should I see a doctor?",), "list_item"),
    ]


def test_languages_are_kept_apart() -> None:
    languages = [topic.metadata.language for topic in parsed(TOPICS) if isinstance(topic, Document)]
    assert languages == ["en", "es"]


def test_a_topic_without_a_summary_is_reported_and_costs_itself_only() -> None:
    (skipped,) = [item for item in parsed(TOPICS) if isinstance(item, Skipped)]
    assert (skipped.reason, skipped.where) == ("empty", "topic 3")


def test_a_file_that_breaks_off_keeps_the_topics_before_the_break(tmp_path: Path) -> None:
    path = tmp_path / "mplus_topics.xml"
    path.write_bytes(TOPICS.read_bytes().partition(b"Topic without")[0])
    parser, _ = choose_parser(path, path.name)
    topics = parser.parse(path, SOURCE)
    assert [topic.id for topic in (next(topics), next(topics)) if isinstance(topic, Document)] == ["/9001", "/9002"]
    with pytest.raises(ParseError) as broken:
        next(topics)
    assert broken.value.reason == "truncated"
