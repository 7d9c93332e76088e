from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from medqa.settings import Settings
from medqa.train.config import DataConfig, checked
from medqa.train.dataset import build
from medqa.train.pairs import PairMaker, rank
from medqa.train.rows import Row, read_rows
from medqa.train.workshop import Workshop
from medqa.wiring.training import checker

CHECK = checker(Settings())


@pytest.fixture
def rows(tmp_path: Path, stock, workshop_of: Callable[..., Workshop]) -> list[Row]:
    config = checked({"output": str(tmp_path), "rows": 120, "validation": 0, "test": 0}, DataConfig)
    asyncio.run(build(config, workshop_of(stock)))
    return read_rows(tmp_path, "train")


def test_the_rows_own_answers_rank_highest(rows: list[Row]) -> None:
    for row in rows:
        if row.kind != "rewrite":
            assert rank(row, row.answer, CHECK, "NO_ANSWER") == pytest.approx(1.0)


def test_every_flaw_ranks_below_the_answer_it_was_made_from(rows: list[Row]) -> None:
    maker = PairMaker(CHECK, "NO_ANSWER", seed=0)
    pairs = maker.corrupted(rows, 1000)
    flaws = Counter(pair.flaw for pair in pairs)
    assert len(flaws) == 6
    assert len(pairs) > 60
    for pair in pairs:
        assert pair.chosen != pair.rejected
        assert pair.rank_chosen > pair.rank_rejected


def test_of_a_models_answers_the_ledgers_best_is_chosen_and_its_worst_rejected(rows: list[Row]) -> None:
    row = next(row for row in rows if row.kind == "answer")

    async def sample(prompt):
        return [row.answer, "This cures everything in 2 days. [1]", "NO_ANSWER"]

    (pair,) = asyncio.run(PairMaker(CHECK, "NO_ANSWER", seed=0).sampled([row], 1, sample))
    assert pair.chosen == row.answer
    assert pair.rejected != row.answer
    assert pair.rank_rejected <= -0.5


def test_a_rewritten_question_is_no_answer_to_rank(rows: list[Row]) -> None:
    rewritten = [row for row in rows if row.kind == "rewrite"]
    assert rewritten

    async def sample(prompt):
        return ["Gout comes from uric acid. [1]"]

    assert asyncio.run(PairMaker(CHECK, "NO_ANSWER", seed=0).sampled(rewritten, 5, sample)) == []


def test_answers_that_the_ledger_cannot_tell_apart_make_no_pair(rows: list[Row]) -> None:
    row = next(row for row in rows if row.kind == "answer")

    async def sample(prompt):
        return [row.answer, row.answer]

    maker = PairMaker(CHECK, "NO_ANSWER", seed=0)
    assert asyncio.run(maker.sampled([row], 1, sample)) == []
    assert maker.dropped
