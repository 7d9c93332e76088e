"""What a served model may do beside writing: make a follow-up stand alone, sort out passages that do not help.

Both are aids. Where the model fails, is slow, or says something it may not, the rules' way is taken.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medqa.answer.generation.briefing import passage_block
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Language, Query, Question
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.errors import ChatModelError
from medqa.prompting import Prompt, load_prompt
from medqa.protocols import Masker
from medqa.served_model import ServedModel

_log = logging.getLogger(__name__)
_REWRITE_S, _REWRITE_TOKENS, _REWRITE_CHARS = 3.0, 120, 400
_JUDGE_S, _JUDGE_TOKENS = 4.0, 60
_TURNS = 6
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_RELEVANT = {
    "type": "object",
    "properties": {"relevant": {"type": "array", "items": {"type": "integer"}}},
    "required": ["relevant"],
    "additionalProperties": False,
}


class FollowUps:
    """Rewrites follow-up questions with a served model."""

    def __init__(self, model: ServedModel, prompts: Path, masker: Masker | None = None) -> None:
        self._model = model
        self._masker = masker
        self._prompts = rewriting_prompts(prompts)

    async def standalone(self, question: Question, *, within_s: float = _REWRITE_S) -> Question:
        """The question without its turns, if the model could rewrite it in time; else the question as it is.

        A rewriting is refused when it is in another language or holds a number that nobody said.
        """
        if not question.turns:
            return question
        said = said_before(question)
        try:
            async with asyncio.timeout(min(within_s, _REWRITE_S)):
                text = await self._rewritten(said, question.text)
        except (ChatModelError, TimeoutError) as err:
            _log.info("a follow-up was made to stand alone by rules: %s", type(err).__name__)
            return question
        known = set(_DIGITS.findall(f"{said} {question.text}"))
        fits = text and len(text) <= _REWRITE_CHARS and language_of(text) == language_of(question.text)
        return replace(question, text=text, turns=()) if fits and set(_DIGITS.findall(text)) <= known else question

    async def _rewritten(self, said: str, asked: str) -> str:
        originals: Mapping[str, str] = {}
        if self._masker:
            asked, originals = self._masker.mask(asked)
            said, originals = self._masker.mask(said, originals)
        messages = rewriting(self._prompts, said, asked)
        text = await self._model.complete(messages, max_tokens=_REWRITE_TOKENS, timeout_s=_REWRITE_S)
        line = text.rpartition("</think>")[2].strip().partition("\n")[0].strip()
        return self._masker.restore(line, originals) if self._masker else line


def rewriting_prompts(folder: Path) -> dict[Language, Prompt]:
    """The prompts that ask to make a follow-up stand alone."""
    return _both(folder, "followup")


def said_before(question: Question) -> str:
    """The latest turns as those prompts show them."""
    return "\n".join(f"{turn.role}: {turn.content}" for turn in question.turns[-_TURNS:])


def rewriting(prompts: Mapping[Language, Prompt], said: str, asked: str) -> list[dict[str, str]]:
    """The request to make a follow-up stand alone, in OpenAI's form."""
    prompt = prompts[language_of(asked)]
    return _user(prompt.render(turns=without_control(said), question=without_control(asked)))


class Relevance:
    """Has a served model judge in one request which passages help to answer."""

    def __init__(self, model: ServedModel, prompts: Path, masker: Masker | None = None) -> None:
        self._model = model
        self._masker = masker
        self._prompts = _both(prompts, "relevance")

    async def relevant(self, query: Query, hits: Sequence[Hit], *, within_s: float = _JUDGE_S) -> tuple[Hit, ...]:
        """The hits that help, in their order; all of them when the model fails, is slow, or names none."""
        asked = self._masker.mask(query.standalone)[0] if self._masker else query.standalone
        passages = "\n".join(passage_block(n, hit) for n, hit in enumerate(hits, start=1))
        content = self._prompts[query.language].render(passages=passages, question=without_control(asked))
        try:
            async with asyncio.timeout(min(within_s, _JUDGE_S)):
                text = await self._model.complete(
                    _user(content), max_tokens=_JUDGE_TOKENS, timeout_s=_JUDGE_S, schema=_RELEVANT
                )
            named = set(json.loads(text.rpartition("</think>")[2])["relevant"])
        except (ChatModelError, TimeoutError, ValueError, KeyError, TypeError) as err:
            _log.info("passages were not judged: %s", type(err).__name__)
            return tuple(hits)
        return tuple(hit for n, hit in enumerate(hits, start=1) if n in named) or tuple(hits)


def _both(folder: Path, name: str) -> dict[Language, Prompt]:
    return {"en": load_prompt(folder, f"{name}_en"), "zh": load_prompt(folder, f"{name}_zh")}


def _user(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]
