from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from medqa.answer.generation.drafting import Care, Deadlines, Writer
from medqa.answer.generation.resilience import Breaker, RetryBudget
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.errors import ChatModelError
from medqa.telemetry import Stopwatch

QUERY = Query(text="q", standalone="q", language="en")
DRIP_S = 0.05


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Flaky:
    """Fails at the calls whose numbers are named; ``drip`` writes a letter at a time for ever."""

    fails_at: frozenset[int] = frozenset()
    always: bool = False
    drip: bool = False
    calls: int = 0
    id: str = "flaky"
    prompt_sha256: str | None = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        self.calls += 1
        if self.always or self.calls in self.fails_at:
            raise ChatModelError("down")
        while self.drip:
            await asyncio.sleep(DRIP_S)
            yield "a"
        yield "Asthma is not contagious. [1]"


async def write(writer: Writer, *, shown: bool = False) -> list[str]:
    drafts = writer.drafts(QUERY, (), "patient", watch=Stopwatch(), has_shown=lambda: shown)
    return [draft.text async for draft in drafts]


async def test_after_five_failures_in_a_row_the_server_is_left_alone() -> None:
    model = Flaky(always=True)
    writer = Writer(model)
    for _ in range(20):
        with pytest.raises(ChatModelError):
            await write(writer)
    assert model.calls <= 6  # five, and the one retry that their budget may have paid


async def test_after_a_rest_one_probe_goes_through_and_success_closes_the_circuit() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest_s=10.0, clock=clock)
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    clock.now = 10.0
    assert breaker.admits()
    assert not breaker.admits(), "one probe at a time"
    breaker.succeeded()
    assert breaker.admits()
    assert not breaker.is_open


def test_a_failed_probe_begins_a_new_rest() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest_s=10.0, clock=clock)
    breaker.failed()
    clock.now = 10.0
    assert breaker.admits()
    breaker.failed()
    clock.now = 19.0
    assert not breaker.admits()
    clock.now = 20.0
    assert breaker.admits()


def test_a_reader_who_leaves_frees_the_probe() -> None:
    breaker = Breaker(failures=1, rest_s=0.0, clock=Clock())
    breaker.failed()
    assert breaker.admits()
    breaker.left()
    assert breaker.admits()


@pytest.mark.parametrize("every", [2, 3, 10])
async def test_a_failing_server_sees_at_most_a_tenth_more_requests(every: int) -> None:
    model = Flaky(fails_at=frozenset(range(1, 10_000, every)))
    writer = Writer(model, Care(breaker=Breaker(failures=10**6), retries=RetryBudget()))
    asked = 60
    for _ in range(asked):
        try:
            await write(writer)
        except ChatModelError:
            continue
    assert model.calls <= 1.1 * asked


async def test_a_quick_failure_is_tried_once_more_when_the_budget_allows() -> None:
    retries = RetryBudget()
    for _ in range(10):
        retries.earn()
    writer = Writer(Flaky(fails_at=frozenset({1})), Care(retries=retries))
    assert await write(writer) == ["Asthma is not contagious."]


async def test_a_model_that_drips_without_a_claim_is_given_up() -> None:
    writer = Writer(Flaky(drip=True), Care(deadlines=Deadlines(first_claim_s=0.3)))
    with pytest.raises(ChatModelError, match="too slow"):
        await write(writer)


async def test_a_model_whose_claims_reach_the_reader_may_take_its_whole_time() -> None:
    writer = Writer(Flaky(drip=True), Care(deadlines=Deadlines(first_claim_s=0.1, whole_s=0.4)))
    began = asyncio.get_running_loop().time()
    with pytest.raises(ChatModelError):
        await write(writer, shown=True)
    assert asyncio.get_running_loop().time() - began >= 0.4


async def test_more_at_once_than_allowed_are_refused() -> None:
    writer = Writer(Flaky(), Care(most_at_once=1))
    first = writer.drafts(QUERY, (), "patient", watch=Stopwatch(), has_shown=lambda: False)
    await anext(first)
    with pytest.raises(ChatModelError, match="busy"):
        await write(writer)
    await first.aclose()
    assert await write(writer)
