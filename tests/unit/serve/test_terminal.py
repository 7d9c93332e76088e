"""What a person reads in a terminal."""

from __future__ import annotations

import click

from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.domain.safety import Card, Screening
from medqa.serve.terminal import hits_text, screening_text, wrapped


def test_english_breaks_between_words() -> None:
    assert wrapped("one two three four", width=9).split("\n") == ["one two", "three", "four"]


def test_chinese_breaks_between_characters_and_never_before_a_stop() -> None:
    lines = wrapped("高血压通常没有症状。要定期测量血压。", width=18).split("\n")
    assert lines == ["高血压通常没有症状。", "要定期测量血压。"]


def test_lines_of_the_text_stay_lines_and_are_indented() -> None:
    assert wrapped("- one\n- two", indent="    ", width=40) == "    - one\n    - two"


def test_a_card_stands_in_a_frame() -> None:
    card = Card(headline="Call 120 now", action="Sit down.", phone="120")
    shown = click.unstyle(screening_text(Screening(level="emergency", card=card, takeover=True), "en"))
    assert shown.split("\n") == ["┃ Call 120 now", "┃ Sit down."]
    assert "没有发现" in screening_text(Screening(), "zh")


def test_hits_are_listed_with_their_place() -> None:
    passage = Passage(id="s/flu#0", document_id="s/flu", ordinal=0, text="Flu lasts a week.", page=3)
    metadata = Metadata(title="Flu", source_id="s", source="MedQA", published="2024")
    shown = click.unstyle(hits_text([Hit(rank=1, score=1.0, passage=passage, metadata=metadata)], "en"))
    assert shown == " 1. Flu\n    MedQA · 2024 · p. 3\n    Flu lasts a week.\n    s/flu#0"
    assert " · 第 3 页" in click.unstyle(hits_text([Hit(rank=1, score=1.0, passage=passage, metadata=metadata)], "zh"))
    assert hits_text([], "zh") == "没有找到。"
