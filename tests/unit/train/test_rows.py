from __future__ import annotations

import json
from pathlib import Path

import pytest

from medqa.errors import ConfigError
from medqa.train.rows import Numbered, Provenance, Row, read_rows, write_rows

ROW = Row(
    id="1",
    kind="answer",
    language="zh",
    audience="patient",
    question="哮喘会传染吗？",
    turns=(),
    passages=(Numbered(n=2, id="a#0", title="哮喘", section=None, text="哮喘不会传染。"),),
    prompt=({"role": "user", "content": "问"},),
    completion=({"role": "assistant", "content": "哮喘不会传染。[2]"},),
    provenance=Provenance(
        document_id="a",
        source_id="s",
        licence=None,
        gold=("a#0",),
        question_from="title",
        answer_from="extractive",
        snapshot="x",
        prompt_sha256="y",
    ),
)


def test_rows_read_back_as_they_were(tmp_path: Path) -> None:
    assert write_rows(tmp_path / "train.jsonl", [ROW, ROW]) == 2
    assert read_rows(tmp_path, "train") == [ROW, ROW]
    assert ROW.answer == "哮喘不会传染。[2]"


def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "test.jsonl"
    write_rows(path, [ROW])
    table = json.loads(path.read_text())
    del table["prompt"]
    path.write_text(path.read_text() + json.dumps(table) + "\n")
    with pytest.raises(ConfigError, match=r"test.jsonl, line 2: .*missing: prompt"):
        read_rows(tmp_path, "test")


def test_a_missing_file_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="medqa train data"):
        read_rows(tmp_path, "train")
