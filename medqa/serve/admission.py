"""Who may come in now: a bound on the work done at once, and a rate for each address."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medqa.errors import Overloaded, RateLimited

if TYPE_CHECKING:
    from medqa.settings import Settings

_PATIENCE_S = 10.0
_WAITING_PER_SLOT = 4
_REMEMBERED_ADDRESSES = 10_000


class Gate:
    """At most ``slots`` at once; some more wait for a while, the rest are turned away."""

    def __init__(self, slots: int, *, patience_s: float = _PATIENCE_S) -> None:
        self._free = slots
        self._most_waiting = slots * _WAITING_PER_SLOT
        self._patience_s = patience_s
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def is_full(self) -> bool:
        """Whether the next one would have to wait."""
        return self._free <= 0

    async def enter(self) -> None:
        """Takes a slot. Raises Overloaded when too many wait already, or after waiting in vain."""
        if self._free > 0:
            self._free -= 1
            return
        if len(self._waiting) >= self._most_waiting:
            raise _overloaded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience_s):
                await turn
        except BaseException as err:
            self._give_up(turn)
            if isinstance(err, TimeoutError):
                raise _overloaded() from err
            raise

    def leave(self) -> None:
        """Gives the slot to whoever has waited longest."""
        while self._waiting:
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif turn.done() and not turn.cancelled():
            self.leave()  # the slot came at the very moment of giving up


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """A token bucket for each address: ``per_minute`` requests, all of them at once if need be. 0: no limit."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, address: str) -> None:
        """Counts one request. Raises RateLimited with the seconds until the next is welcome."""
        if not self._per_minute:
            return
        now = self._clock()
        bucket = self._buckets.pop(address, None) or _Bucket(float(self._per_minute), now)
        per_second = self._per_minute / 60
        bucket.tokens = min(float(self._per_minute), bucket.tokens + (now - bucket.filled_at) * per_second)
        bucket.filled_at = now
        self._buckets[address] = bucket
        if len(self._buckets) > _REMEMBERED_ADDRESSES:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            wait_s = math.ceil((1 - bucket.tokens) / per_second)
            message = f"more than {self._per_minute} requests a minute from this address: try again in {wait_s} s"
            raise RateLimited(message, retry_after_s=wait_s)
        bucket.tokens -= 1


class Admission:
    """The gate and the rate limit of one server."""

    def __init__(self, settings: Settings) -> None:
        self.gate = Gate(settings.max_concurrent)
        self._rate = RateLimit(settings.rate_limit_per_minute)
        # Programs on this machine are its user's own, unless the operator has set a limit on purpose.
        self._spares_loopback = "rate_limit_per_minute" not in settings.model_fields_set

    def count(self, address: str | None) -> None:
        """Counts one request of an address. Raises RateLimited."""
        if address is None or (self._spares_loopback and _is_loopback(address)):
            return
        self._rate.spend(address)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _overloaded() -> Overloaded:
    return Overloaded("too many questions at once: try again in a few seconds", retry_after_s=5)
