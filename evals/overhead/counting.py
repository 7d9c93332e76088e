"""Tokens by the model server's own count: an event of its stream may hold several."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medqa.settings import Settings


async def tokens_written(settings: Settings) -> float | None:
    """Tokens that the configured model server has written since it started; ``None`` where it does not count."""
    from medqa.serve.llm.wire import Wire

    async with Wire(settings) as wire:
        return (await wire.metrics()).get("vllm:generation_tokens_total")
