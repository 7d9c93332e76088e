"""Whether the configured server of a language model is there: asked by the app while it serves, and by the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medqa.errors import ChatModelError
from medqa.serve.llm.wire import Wire
from medqa.wiring.doctor import Check

if TYPE_CHECKING:
    from medqa.settings import Settings


async def degradations(settings: Settings) -> list[str]:
    """Why answers are poorer than configured: a language model is set up, but does not answer."""
    if not is_used(settings):
        return []
    try:
        async with Wire(settings) as wire:
            models = [each["id"] for each in await wire.models()]
    except ChatModelError as err:
        return [str(err)]
    wanted = settings.llm_model
    if wanted is None:
        return [] if models else ["the model server offers no model: start it again, or set MEDQA_LLM_BASE_URL"]
    known = ", ".join(models) or "none"
    return (
        [] if wanted in models else [f"the model server does not offer {wanted}: set MEDQA_LLM_MODEL to one of {known}"]
    )


def is_used(settings: Settings) -> bool:
    """Whether anything that is configured asks a language model."""
    return settings.chat_model != "extractive" or settings.verifier != "lexical"


async def look_up(settings: Settings) -> list[Check]:
    """One line on the model server, where one is used; `medqa llm check` tells more."""
    if not is_used(settings):
        return []
    reasons = await degradations(settings)
    if not reasons:
        return [Check("model server", True, f"answers at {settings.llm_base_url}; `medqa llm check` looks closer")]
    said, _, fix = reasons[0].partition(": ")
    return [Check("model server", False, said, fix)]
