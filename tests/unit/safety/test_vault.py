"""Masking with the way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medqa.safety.deidentify import Vault, deidentify

TEXT = "My name is John Smith, phone 555-0134. Is it safe for John Smith to take aspirin?"


def streamed(pieces: Sequence[str], originals: dict[str, str]) -> list[str]:
    async def source() -> AsyncIterator[str]:
        for piece in pieces:
            yield piece

    async def collect() -> list[str]:
        return [piece async for piece in Vault().restored(source(), originals)]

    return asyncio.run(collect())


def test_what_is_masked_comes_back_exactly() -> None:
    masked, originals = Vault().mask(TEXT)
    assert "John" not in masked
    assert "555" not in masked
    assert "aspirin" in masked
    assert Vault().restore(masked, originals) == TEXT


def test_the_same_words_keep_their_placeholder_over_several_texts() -> None:
    _, originals = Vault().mask("My name is John Smith.")
    masked, originals = Vault().mask("Call Mr Peter Jones or Mr John Smith.", originals)
    assert masked == "Call Mr [NAME_2] or Mr [NAME_1]."
    assert dict(originals) == {"NAME_1": "John Smith", "NAME_2": "Peter Jones"}


def test_a_placeholder_in_the_users_own_words_keeps_its_meaning() -> None:
    text = "What does [NAME_1] mean? My name is John Smith."
    masked, originals = Vault().mask(text)
    assert "[NAME_2]" in masked
    assert Vault().restore(masked, originals) == text


@pytest.mark.parametrize(
    "written", ["[NAME_1]", "NAME_1", "【NAME_1】", "[name_1]", "[Name_1]", "[ NAME_1 ]", "[NAME 1]"]
)
def test_a_model_may_write_a_placeholder_in_its_own_way(written: str) -> None:
    assert Vault().restore(f"Dear {written}, rest.", {"NAME_1": "Anna"}) == "Dear Anna, rest."


def test_a_longer_number_is_another_placeholder() -> None:
    originals = {"NAME_1": "Anna", "NAME_12": "Ben"}
    assert Vault().restore("[NAME_12] NAME_12 [NAME_1] [NAME_3]", originals) == "Ben Ben Anna [NAME_3]"


def test_citation_marks_and_ordinary_brackets_are_left_alone() -> None:
    text = "Rest helps [1][2]. See [note] and [NAMES]."
    assert Vault().restore(text, {"NAME_1": "Anna"}) == text


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_a_stream_is_restored_however_it_is_cut(size: int) -> None:
    text = "Dear [NAME_1], NAME_1 and 【PHONE_2】: rest [1]. NAME_12 stays, DATE is a word."
    originals = {"NAME_1": "Anna Bell", "PHONE_2": "555-0134"}
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join(streamed(pieces, originals)) == Vault().restore(text, originals)


def test_text_without_placeholders_streams_without_waiting() -> None:
    pieces = ["Rest ", "and fluids ", "help [1]. "]
    assert streamed(pieces, {"NAME_1": "Anna"}) == pieces


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_comes_back_exactly(text: str) -> None:
    masked, originals = Vault().mask(text)
    assert Vault().restore(masked, originals) == text
    assert not any(words in masked for words in originals.values() if len(words) > 8)


def test_both_ways_of_masking_agree() -> None:
    assert Vault().mask(TEXT)[0] == deidentify(TEXT)[0]
