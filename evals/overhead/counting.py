"""Tokens by the model server's own count: an event of its stream may hold several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Counted:
    """Since the server started: tokens of prompts, those of them that were in its cache, and tokens written."""

    prompts: float
    cached: float
    written: float

    def since(self, before: Counted) -> Counted:
        """What has come in between."""
        return Counted(self.prompts - before.prompts, self.cached - before.cached, self.written - before.written)


async def counted(settings: Settings) -> Counted | None:
    """What the configured model server has counted; ``None`` where it does not count."""
    from medqa.serve.llm.wire import Wire

    async with Wire(settings) as wire:
        figures = await wire.metrics()
    written = figures.get("vllm:generation_tokens_total")
    if written is None:
        return None
    return Counted(figures.get("vllm:prompt_tokens_total", 0.0), figures.get(_CACHED, 0.0), written)


async def tokens_written(settings: Settings) -> float | None:
    """Tokens that the configured model server has written since it started; ``None`` where it does not count."""
    found = await counted(settings)
    return None if found is None else found.written


_CACHED = "vllm:prefix_cache_hits_total"
