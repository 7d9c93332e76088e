"""What a served model is told: the rules, the passages as numbered data, the question."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from medqa.answer.generation.packing import BUDGET_TOKENS, PASSAGE_CHARS, pack
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.prompting import Prompt, load_prompt

NO_ANSWER = "NO_ANSWER"
"""What a model writes when the passages do not answer."""

_FOREIGN_KEY = re.compile(r"\[(\d{1,3}(?:\s*[,，–-]\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Briefing:
    """The prompts of ``prompts/`` that a served model answers with. ``sha256`` is of all of them together."""

    rules: dict[str, Prompt]
    question: dict[str, Prompt]
    sha256: str
    budget_tokens: int = BUDGET_TOKENS

    def messages(self, query: Query, hits: Sequence[Hit], audience: Audience) -> list[dict[str, str]]:
        """The system message and the user's, in OpenAI's form. Passages keep the number they have among ``hits``."""
        rules = self.rules[f"{audience}_{query.language}"].render()
        passages = "\n".join(passage_block(n, hit) for n, hit in pack(query, hits, self.budget_tokens))
        asked = self.question[query.language].render(passages=passages, question=without_control(query.standalone))
        return [{"role": "system", "content": rules}, {"role": "user", "content": asked}]


def load_briefing(folder: Path, budget_tokens: int = BUDGET_TOKENS) -> Briefing:
    """The briefing in a folder of prompts. Raises ConfigError when one is missing or wrong."""
    languages, audiences = ("en", "zh"), ("patient", "clinician")
    rules = {f"{a}_{lang}": load_prompt(folder, f"answer_{a}_{lang}") for a in audiences for lang in languages}
    question = {lang: load_prompt(folder, f"answer_question_{lang}") for lang in languages}
    hashes = "".join(prompt.sha256 for prompt in [*rules.values(), *question.values()])
    return Briefing(rules, question, hashlib.sha256(hashes.encode()).hexdigest(), budget_tokens)


def passage_block(n: int, hit: Hit) -> str:
    """The passage under its number. Numbers in brackets of its own, as of a list of references, are no keys."""
    about = " · ".join(
        str(part)
        for part in (
            hit.metadata.title,
            hit.passage.section,
            hit.metadata.source,
            hit.metadata.publication_type,
            hit.metadata.year,
        )
        if part
    )
    text = _FOREIGN_KEY.sub(r"(\1)", without_control(f"{about}\n{hit.passage.text[:PASSAGE_CHARS]}"))
    return f'<passage n="{n}">\n{text}\n</passage>'
