"""Whether the configured server of a language model is there: asked by the app while it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medqa.errors import ChatModelError
from medqa.serve.llm.wire import Wire

if TYPE_CHECKING:
    from medqa.settings import Settings


async def degradations(settings: Settings) -> list[str]:
    """Why answers are poorer than configured: a language model is set up, but does not answer."""
    if settings.llm_model is None:
        return []
    try:
        async with Wire(settings) as wire:
            models = [each["id"] for each in await wire.models()]
    except ChatModelError as err:
        return [str(err)]
    return [] if settings.llm_model in models else [f"the model server does not offer {settings.llm_model}"]
