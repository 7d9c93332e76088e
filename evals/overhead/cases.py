"""The prompts that both sides get: what MedQA itself would send about real questions."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.answer.engine import Engine
from medqa.answer.generation.briefing import load_briefing
from medqa.domain.conversation import Question
from medqa.errors import UsageError
from medqa.wiring import open_application, parts

if TYPE_CHECKING:
    from medqa.domain.conversation import Audience, Query
    from medqa.domain.passage import Hit
    from medqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and the messages that MedQA makes of it for the model."""

    question: str
    language: str
    messages: list[dict[str, str]]

    def unseen(self, mark: str) -> Case:
        """The same with a mark after the rules, so that no model server has read more than these before."""
        *rules, asked = self.messages
        return replace(self, messages=[*rules, {**asked, "content": f"({mark})\n{asked['content']}"}])


class _Recorder:
    """A chat model that keeps what it is given and says nothing."""

    id = "recorder"
    prompt_sha256: str | None = None

    def __init__(self) -> None:
        self.given: tuple[Query, Sequence[Hit], Audience] | None = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        self.given = (query, hits, audience)
        return
        yield  # which makes it a stream


def cases(settings: Settings, source: Path, wanted: int) -> list[Case]:
    """Questions of the file about which MedQA would ask a model, drawn by chance, the same each time."""
    try:
        rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as err:
        raise UsageError(f"{source} holds no questions as JSON Lines", field="data") from err
    briefing, recorder = load_briefing(parts.shipped("prompts"), settings.llm_context_tokens), _Recorder()
    found: list[Case] = []
    with open_application(settings) as application:
        made = replace(application.engine.parts, chat_model=recorder, fallback=None, second_opinion=None)
        engine = Engine(made, snapshot_id="-")
        for row in random.Random(0).sample(rows, len(rows)):
            if len(found) == wanted:
                break
            recorder.given = None
            asyncio.run(engine.ask(Question(text=row["question"], language=row["language"])))
            if recorder.given is not None:
                found.append(Case(row["question"], row["language"], briefing.messages(*recorder.given)))
    if not found:
        raise UsageError(f"MedQA would ask a model about none of the questions of {source}", field="data")
    return found
