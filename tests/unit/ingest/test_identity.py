"""Hashes, digests, and the journey of a document through JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from medqa.domain.document import Block, Document, Metadata
from medqa.domain.ingestion import Remark, Skipped
from medqa.ingest.identity import DigestSet, completed, digest64, paired, text_digest
from medqa.ingest.wire import item_from_json, item_to_json

DOCUMENT = Document(
    id="",
    metadata=Metadata(
        title="Asthma",
        source_id="s",
        source="S",
        retracted=True,
        clinically_reviewed=False,
        aliases=("a", "b"),
        extra={"k": "v"},
    ),
    blocks=(
        Block(
            text="Asthma is a common lung condition that may begin in childhood.",
            section=("A", "B"),
            page=2,
            references=("w",),
        ),
        Block(text="Drug: x; Dose: 5 mg", kind="table_row"),
    ),
    references={"w": "WHO 2023"},
)


def test_a_document_survives_the_journey_through_json() -> None:
    for item in (DOCUMENT, Skipped(path="", reason="empty", message="m", where="line 3"), Remark(message="r")):
        assert item_from_json(json.loads(json.dumps(item_to_json(item)))) == item


@pytest.mark.parametrize(
    "change",
    [
        {"blocks": [["text", "script", [], None, []]]},
        {"blocks": [[5, "paragraph", [], None, []]]},
        {"blocks": "x"},
        {"metadata": {"title": 5}},
        {"metadata": {"title": "t", "evil": "x"}},
        {"document": None},
        {"references": ["x"]},
    ],
)
def test_a_malformed_answer_of_a_parser_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        item_from_json({**item_to_json(DOCUMENT), **change})


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="reason"):
        item_from_json({"skipped": "because", "message": ""})


def test_the_language_is_added_only_where_it_is_unknown() -> None:
    assert completed(DOCUMENT, "s/a").metadata.language == "en"
    named = replace(DOCUMENT, metadata=replace(DOCUMENT.metadata, language="zh-CN"))
    assert completed(named, "s/a").metadata.language == "zh"


def test_the_content_hash_changes_with_whatever_a_reader_is_shown() -> None:
    changes = (
        DOCUMENT,
        replace(DOCUMENT, metadata=replace(DOCUMENT.metadata, title="Other")),
        replace(DOCUMENT, metadata=replace(DOCUMENT.metadata, extra={"k": "w"})),
        replace(DOCUMENT, blocks=DOCUMENT.blocks[:1]),
        replace(DOCUMENT, blocks=(replace(DOCUMENT.blocks[0], page=3), DOCUMENT.blocks[1])),
        replace(DOCUMENT, references={"w": "WHO 2024"}),
    )
    assert len({completed(each, "s/a").content_hash for each in changes}) == len(changes)


def test_the_same_words_are_the_same_text() -> None:
    other = replace(
        DOCUMENT, blocks=tuple(Block(text=block.text.upper().replace(" ", "  ")) for block in DOCUMENT.blocks)
    )
    assert text_digest(other) == text_digest(DOCUMENT)


def test_either_of_two_paired_hashes_follows_from_the_other() -> None:
    one, other = "0" * 63 + "a", "f" * 64
    assert paired(paired(one, other), other) == one
    assert len(paired(one, other)) == 64


def test_a_digest_set_holds_what_was_added_and_stays_small() -> None:
    digests = DigestSet()
    values = [digest64(str(n)) for n in range(20_000)]
    assert all(digests.add(value) for value in values)
    assert not any(digests.add(value) for value in values)
    assert len(digests) == 20_000
