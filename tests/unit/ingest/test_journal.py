"""The journal of a fetched source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medqa.errors import FetchError
from medqa.ingest.collection import checked_name, fitting_name
from medqa.ingest.journal import Entry, Journal


def entry(version: str = "1") -> Entry:
    return Entry(url="https://example.org/a", sha256="0" * 64, size=3, version=version)


def test_what_was_recorded_is_found_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.record("a", entry("1"))
    journal.record("a", entry("2"))
    journal.record("b", entry())
    journal.forget("b")
    journal.mark("completed", "2026-11-22")
    again = Journal(tmp_path / "journal.jsonl")
    assert again.entries == {"a": entry("2")}
    assert again.marks == {"completed": "2026-11-22"}


def test_a_line_that_was_cut_off_costs_that_line_only(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.record("a", entry())
    with path.open("a") as file:
        file.write('{"file": "b", "ur')
    after = Journal(path)
    after.record("c", entry())
    assert set(Journal(path).entries) == {"a", "c"}


def test_tidying_keeps_what_holds_and_drops_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for number in range(50):
        journal.record("a", entry(str(number)))
    journal.tidy()
    assert len(path.read_text().splitlines()) == 1
    assert Journal(path).entries == {"a": entry("49")}


@pytest.mark.parametrize("name", ["../a", "a/../b", "/a", "a//b", "a/.b", "C:\\a", "a\nb", "a ", "x" * 300, "", "a/"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(FetchError):
        checked_name(name)


@given(st.text(max_size=400))
def test_any_text_becomes_a_name_that_is_accepted(text: str) -> None:
    assert checked_name(fitting_name(text))


def test_texts_that_differ_get_names_that_differ() -> None:
    assert len({fitting_name(text) for text in ("a b", "a/b", "a-b", "a?b", "高血压", "糖尿病")}) == 6
