"""What a served model thinks of a message that rules and classifier let pass: a soft card, never less than theirs.

It is asked beside the answering, never before the first two layers have spoken; where it is down or slow, nothing is
lost. The model chooses among fixed words with their probabilities and writes nothing that a reader sees.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Language, Question
from medqa.domain.language import language_of
from medqa.domain.safety import Finding, Screening, Tier
from medqa.errors import ChatModelError
from medqa.prompting import Prompt, load_prompt
from medqa.protocols import Masker
from medqa.safety.jurisdiction import card
from medqa.served_model import ServedModel

_log = logging.getLogger(__name__)
_CHOICES = ("emergency", "crisis", "routine")
_LIKELY = {"emergency": 0.8, "crisis": 0.5}
"""From which probability on a card is added. A crisis line offered in vain does little harm."""
_TIMEOUT_S = 3.0
_TURNS = 6
_TIER: dict[str, Tier] = {"emergency": "1", "crisis": "M"}
_CARD = {"emergency": "advice", "crisis": "crisis_advice"}


class ThirdLayer:
    """Asks one served model."""

    def __init__(self, model: ServedModel, prompts: Path, masker: Masker | None = None) -> None:
        self._model = model
        self._masker = masker
        self._prompts: dict[Language, Prompt] = {
            "en": load_prompt(prompts, "triage_en"),
            "zh": load_prompt(prompts, "triage_zh"),
        }

    async def opinion(self, question: Question) -> Screening:
        """A soft card, or none; none where the model fails or does not answer in time."""
        said = [turn.content for turn in question.turns if turn.role == "user"][-_TURNS:]
        message = "\n".join([*said, question.text])
        masked = self._masker.mask(message)[0] if self._masker else message
        content = self._prompts[language_of(question.text)].render(message=without_control(masked))
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                chances = await self._model.choose(
                    [{"role": "user", "content": content}], _CHOICES, timeout_s=_TIMEOUT_S
                )
        except (ChatModelError, TimeoutError) as err:
            _log.info("the served model was not heard about safety: %s", type(err).__name__)
            return Screening()
        found = next((kind for kind in ("crisis", "emergency") if chances[kind] >= _LIKELY[kind]), None)
        if found is None:
            return Screening()
        return Screening(
            level="advice",
            findings=(Finding(rule="served_model", presentation=found, tier=_TIER[found], span=question.text),),
            card=card(_CARD[found], language=question.language, jurisdiction=question.jurisdiction),
        )
