"""The gate and the rate limit."""

from __future__ import annotations

import asyncio

import pytest

from medqa.errors import Overloaded, RateLimited
from medqa.serve.admission import Admission, Gate, RateLimit
from medqa.settings import Settings


async def test_whoever_waited_longest_comes_in_first() -> None:
    gate = Gate(1)
    await gate.enter()
    order: list[int] = []

    async def visit(n: int) -> None:
        await gate.enter()
        order.append(n)
        gate.leave()

    visits = [asyncio.create_task(visit(n)) for n in range(3)]
    await asyncio.sleep(0)
    gate.leave()
    await asyncio.gather(*visits)
    assert order == [0, 1, 2]
    assert not gate.is_full


async def test_too_many_waiting_are_turned_away_at_once() -> None:
    gate = Gate(1)
    await gate.enter()
    waiting = [asyncio.create_task(gate.enter()) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as caught:
        await gate.enter()
    assert caught.value.retry_after_s > 0
    for task in waiting:
        task.cancel()


async def test_waiting_in_vain_ends() -> None:
    gate = Gate(1, patience_s=0.01)
    await gate.enter()
    with pytest.raises(Overloaded):
        await gate.enter()


async def test_giving_up_loses_no_slot() -> None:
    gate = Gate(1)
    await gate.enter()
    waiting = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    gate.leave()  # the slot is handed over in the same moment in which the visitor gives up
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not gate.is_full
    await asyncio.wait_for(gate.enter(), 1)


def test_an_address_may_spend_its_minute_at_once_and_earns_it_back() -> None:
    now = 0.0
    limit = RateLimit(60, clock=lambda: now)
    for _ in range(60):
        limit.spend("192.0.2.1")
    with pytest.raises(RateLimited) as caught:
        limit.spend("192.0.2.1")
    assert caught.value.retry_after_s == 1
    limit.spend("192.0.2.2")
    now = 1.01
    limit.spend("192.0.2.1")


def test_programs_on_this_machine_are_limited_only_on_purpose() -> None:
    unlimited = Admission(Settings())
    for _ in range(500):
        unlimited.count("127.0.0.1")
    limited = Admission(Settings(rate_limit_per_minute=1))
    limited.count("::1")
    with pytest.raises(RateLimited):
        limited.count("::1")
