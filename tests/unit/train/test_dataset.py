from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from medqa.errors import AnswerCut, ChatModelError, ConfigError
from medqa.train.config import DataConfig, checked
from medqa.train.data_card import write_data_card
from medqa.train.dataset import DataReport, build
from medqa.train.rows import SPLITS, Row, read_rows
from medqa.train.workshop import Workshop

WorkshopOf = Callable[..., Workshop]


def config_of(folder: Path, **values: object) -> DataConfig:
    return checked({"output": str(folder), "rows": 120, "validation": 0.2, "test": 0.2, **values}, DataConfig)


def built(config: DataConfig, workshop: Workshop) -> tuple[DataReport, list[Row]]:
    report = asyncio.run(build(config, workshop))
    return report, [row for split in SPLITS for row in read_rows(config.output, split)]


def test_an_answer_cites_only_passages_of_its_prompt(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    _, rows = built(config_of(tmp_path), workshop_of(stock))
    answers = [row for row in rows if row.kind == "answer"]
    assert len(answers) > 40
    for row in answers:
        marks = {int(n) for n in re.findall(r"\[(\d+)\]", row.answer)}
        assert marks <= {passage.n for passage in row.passages}
        by_number = {passage.n: passage.id for passage in row.passages}
        assert {by_number[n] for n in marks} & set(row.provenance.gold)
        assert all(f'<passage n="{passage.n}">' in row.prompt[-1]["content"] for passage in row.passages)


def test_no_document_or_passage_stands_in_two_splits(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    config = config_of(tmp_path)
    built(config, workshop_of(stock))
    used = {split: {p.id for r in read_rows(tmp_path, split) for p in r.passages} for split in SPLITS}
    topics = {split: {name.split("#")[0].rpartition("/")[2] for name in names} for split, names in used.items()}
    for one, other in (("train", "test"), ("train", "validation"), ("validation", "test")):
        assert not used[one] & used[other]
        assert not topics[one] & topics[other], "the English and the Chinese article of a topic stay together"
    assert all(topics.values())


def test_a_refusal_shows_nothing_of_its_own_topic(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    _, rows = built(config_of(tmp_path, refusals=0.5), workshop_of(stock))
    refusals = [row for row in rows if row.kind == "refusal"]
    assert len(refusals) >= 10
    for row in refusals:
        assert row.answer == "NO_ANSWER"
        topic = row.provenance.document_id.rpartition("/")[2]
        assert not any(f"/{topic}#" in passage.id for passage in row.passages)


def test_every_kind_language_and_audience_is_there(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    report, rows = built(config_of(tmp_path, follow_ups=0.2, safety=0.2), workshop_of(stock))
    assert report.counts["kind"].keys() == {"answer", "refusal", "follow_up", "rewrite", "safety"}
    assert report.counts["language"].keys() == {"en", "zh"}
    assert report.counts["audience"].keys() == {"patient", "clinician"}
    assert all(row.turns for row in rows if row.kind in ("follow_up", "rewrite"))


def test_an_order_in_a_passage_changes_no_answer(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    _, rows = built(config_of(tmp_path, safety=0.6), workshop_of(stock))
    planted = [row for row in rows if row.provenance.question_from.startswith("planted: ")]
    assert planted
    for row in planted:
        order = row.provenance.question_from.removeprefix("planted: ")
        assert any(order in passage.text for passage in row.passages)
        assert order not in row.answer


def test_equal_seeds_give_equal_rows(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    first, _ = built(config_of(tmp_path / "a"), workshop_of(stock))
    again, _ = built(config_of(tmp_path / "b"), workshop_of(stock))
    other, _ = built(config_of(tmp_path / "c", seed=1), workshop_of(stock))
    assert first.sha256 == again.sha256 != other.sha256


def test_no_exchange_stands_twice(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    _, rows = built(config_of(tmp_path, rows=100_000), workshop_of(stock))
    exchanges = [(row.turns and row.turns[0]["content"], row.question, row.answer) for row in rows]
    assert len(set(exchanges)) == len(exchanges)
    assert len({row.id for row in rows}) == len(rows)


def test_questions_kept_for_evaluation_are_not_asked(tmp_path: Path, stock, workshop_of: WorkshopOf) -> None:
    _, rows = built(config_of(tmp_path / "all"), workshop_of(stock))
    kept = next(row.question for row in rows if row.kind == "answer")
    excluded = tmp_path / "kept.jsonl"
    excluded.write_text(json.dumps({"question": kept.upper()}) + "\n")
    _, rows = built(config_of(tmp_path / "less", exclude_questions=[str(excluded)]), workshop_of(stock))
    assert kept not in {row.question for row in rows if not row.turns}


def test_what_a_teacher_writes_is_kept_only_if_the_ledger_passes_it(tmp_path: Path, stock, workshop_of) -> None:
    def honest(query, hits):
        return f"{hits[0].passage.text.split('.')[0].split('。')[0]} [1]."

    def inventive(query, hits):
        return "This cures everything within 3 hours. [1]"

    _, rows = built(
        config_of(tmp_path / "h", languages=["en"], safety=0, refusals=0), workshop_of(stock, writer=honest)
    )
    assert {row.provenance.answer_from for row in rows if row.kind == "answer"} == {"teacher"}
    with pytest.raises(ConfigError, match="no row"):
        built(config_of(tmp_path / "i", safety=0, refusals=0, follow_ups=0), workshop_of(stock, writer=inventive))


@pytest.mark.parametrize("failure", [ChatModelError("down"), AnswerCut("long")])
def test_one_failure_of_a_teacher_does_not_cost_the_other_rows(
    tmp_path: Path, stock, workshop_of, failure: ChatModelError
) -> None:
    asked: list[None] = []

    def now_and_then(query, hits):
        asked.append(None)
        if len(asked) % 3 == 0:
            raise failure
        return f"{hits[0].passage.text.split('.')[0].split('。')[0]} [1]."

    config = config_of(tmp_path, languages=["en"], safety=0, refusals=0, follow_ups=0)
    report, rows = built(config, workshop_of(stock, writer=now_and_then))
    assert rows
    assert report.dropped["the writer failed, or did not come to an end"] == len(asked) // 3


def test_a_teacher_that_is_gone_stops_the_run(tmp_path: Path, stock, workshop_of) -> None:
    def gone(query, hits):
        raise ChatModelError("down")

    with pytest.raises(ChatModelError, match="down"):
        built(config_of(tmp_path, safety=0, refusals=0, follow_ups=0), workshop_of(stock, writer=gone))


def test_the_card_names_licences_counts_and_what_was_left_out(tmp_path: Path, stock, workshop_of) -> None:
    config, workshop = config_of(tmp_path), workshop_of(stock)
    report, _ = built(config, workshop)
    write_data_card(config, report, workshop)
    card = (tmp_path / "README.md").read_text()
    assert "CC0" in card
    assert "| train |" in card
    assert "snapshot" in card
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["rows"] == report.splits


def test_nothing_fitting_is_said_plainly(tmp_path: Path, stock, workshop_of) -> None:
    with pytest.raises(ConfigError, match="no document fits"):
        built(config_of(tmp_path, sources=["elsewhere"]), workshop_of(stock))
