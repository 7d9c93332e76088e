"""Multiple-choice questions with and without retrieval: accuracy by set, with 95% intervals.

``--data``: a folder with ``questions.jsonl[.gz]`` in MIRAGE's form (``question``, ``options`` by letter, ``answer``,
``task``; Xiong et al., Findings of ACL 2024), or PubMedQA's (``label`` yes, no or maybe).
Passages come from the home's index and are searched by the question alone, never by its options.

A served model chooses by the log-probabilities of the options' letters. The extractive model writes no letters: it
takes the option whose words the found passages support best, and that is a measure of retrieval, not of a model. Sets
of yes and no are left out for it, since those words are in no passage.

Options: ``limit`` (questions of each set, 200; 0 for all), ``k`` (passages, 6), ``at_once`` (8), ``tasks`` (names of
sets, by comma).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from evals.choices import Choice, read_choices
from evals.harness import Options, Report
from evals.scorers.paired import paired_difference
from evals.scorers.proportion import clopper_pearson
from medqa.answer.evidence.trust import trusted
from medqa.answer.extraction.needs import hit_language
from medqa.answer.generation.briefing import passage_block
from medqa.answer.terms import terms, weight
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Question
from medqa.domain.passage import Hit
from medqa.errors import ChatModelError, UsageError
from medqa.prompting import load_prompt
from medqa.served_model import ServedModel
from medqa.settings import load_settings
from medqa.wiring import Application, open_application, parts

Mode = Literal["without retrieval", "with retrieval"]
_TIMEOUT_S = 60.0
_NO_LETTER = ""
_VERDICTS = frozenset({"yes", "no", "maybe"})


class MultipleChoice:
    """Accuracy by set, with and without retrieval, and their paired difference."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Raises UsageError without data."""
        if data is None:
            raise UsageError("name a folder with questions.jsonl with --data", field="data")
        limit = int(options.get("limit", "200")) or None
        chosen = frozenset(filter(None, options.get("tasks", "").split(",")))
        with open_application(load_settings(home=options.get("home"))) as app:
            is_served = app.settings.chat_model != "extractive"
            choices = [c for c in read_choices(data, limit) if not chosen or c.task in chosen]
            if not is_served:
                choices = [c for c in choices if not _is_verdict(c)]
            if not choices:
                raise UsageError("no question is left: check the option tasks; sets of yes and no need a served model")
            if is_served:
                made = asyncio.run(_served(app, choices, options))
            else:
                made = {"with retrieval": [_supported(app, choice, options) for choice in choices]}
            unanswered = {mode: letters.count(_NO_LETTER) for mode, letters in made.items()}
            about = {**_about(app, data), "by": _BY[is_served], "no letter, counted as wrong": unanswered}
            return {**about, **_figures(choices, made)}


plugin = MultipleChoice

_BY = {
    True: "log-probabilities of the options' letters",
    False: "retrieval support: the option whose words the passages found hold best; no language model chose",
}


@dataclass(frozen=True, slots=True)
class _Chooser:
    """A served model that chooses letters."""

    model: ServedModel
    gate: asyncio.Semaphore

    async def choose(self, choice: Choice, hits: Sequence[Hit]) -> str:
        """The likeliest letter; none where the model fails or gives no letter a probability."""
        async with self.gate:
            try:
                weights = await self.model.choose(messages(choice, hits), tuple(choice.options), timeout_s=_TIMEOUT_S)
            except ChatModelError:
                return _NO_LETTER
        return max(weights, key=lambda letter: weights[letter])


def messages(choice: Choice, hits: Sequence[Hit]) -> list[dict[str, str]]:
    """The request, in OpenAI's form."""
    passages = "\n".join(passage_block(n, hit) for n, hit in enumerate(hits, start=1))
    content = load_prompt(parts.shipped("prompts"), f"choice_{choice.language}").render(
        passages=f"<passages>\n{passages}\n</passages>" if passages else "",
        question=without_control(choice.question),
        options="\n".join(f"{letter}. {without_control(text)}" for letter, text in choice.options.items()),
    )
    return [{"role": "user", "content": content}]


async def _served(app: Application, choices: Sequence[Choice], options: Options) -> dict[Mode, list[str]]:
    chooser = _Chooser(parts.served_model(app.settings), asyncio.Semaphore(int(options.get("at_once", "8"))))
    found = [_found(app, choice, int(options.get("k", "6"))) for choice in choices]
    alone = await asyncio.gather(*(chooser.choose(choice, ()) for choice in choices))
    helped = await asyncio.gather(*(chooser.choose(c, hits) for c, hits in zip(choices, found, strict=True)))
    await chooser.model.close()
    if not any([*alone, *helped]):
        raise ChatModelError("the model chose no letter at all: probe its server with `medqa llm check`")
    return {"without retrieval": list(alone), "with retrieval": list(helped)}


def _found(app: Application, choice: Choice, k: int) -> list[Hit]:
    """The best passages for the question alone, in its own language where there are any."""
    question = Question(text=choice.question, language=choice.language, audience="clinician")
    hits = trusted(app.engine.parts.retriever.retrieve(app.understanding.understand(question), 4 * k))
    return ([hit for hit in hits if hit_language(hit) == choice.language] or hits)[:k]


def _supported(app: Application, choice: Choice, options: Options) -> str:
    """The letter whose option has the largest share of its words, by weight, in one passage; the first of equals."""
    hits = _found(app, choice, int(options.get("k", "6")))
    held = [frozenset(terms(hit.passage.text)) for hit in hits]
    asked = frozenset(terms(choice.question))

    def support(letter: str) -> float:
        words = {term: weight(term) for term in terms(choice.options[letter]) if term not in asked}
        total = sum(words.values())
        return max((sum(w for t, w in words.items() if t in text) / total for text in held if total), default=0.0)

    return max(choice.options, key=support)


def _figures(choices: Sequence[Choice], made: dict[Mode, list[str]]) -> dict[str, Any]:
    right = {
        mode: [letter == choice.answer for letter, choice in zip(letters, choices, strict=True)]
        for mode, letters in made.items()
    }
    tasks = list(dict.fromkeys(choice.task for choice in choices))
    places = {"all": list(range(len(choices)))} if len(tasks) > 1 else {}
    places |= {task: [i for i, choice in enumerate(choices) if choice.task == task] for task in tasks}
    accuracy = {
        task: {
            **{mode: clopper_pearson([held[i] for i in mine]) for mode, held in right.items()},
            "by chance": round(sum(1 / len(choices[i].options) for i in mine) / len(mine), 4),
        }
        for task, mine in places.items()
    }
    if "without retrieval" not in right:
        return {"accuracy": accuracy}
    gains = {
        task: paired_difference(
            [float(right["with retrieval"][i]) for i in mine], [float(right["without retrieval"][i]) for i in mine]
        )
        for task, mine in places.items()
    }
    return {"accuracy": accuracy, "gained by retrieval": gains}


def _about(app: Application, data: Path) -> dict[str, Any]:
    folder = parts.shipped("prompts")
    prompts = {name: load_prompt(folder, name).sha256 for name in ("choice_en", "choice_zh")}
    about = {
        "model": f"{app.engine.parts.chat_model.id}; encoder {app.embedder.id}",
        "snapshot": app.snapshot.id,
        "data": data.name,
    }
    return about if app.settings.chat_model == "extractive" else {**about, "prompts": prompts}


def _is_verdict(choice: Choice) -> bool:
    return {text.casefold() for text in choice.options.values()} <= _VERDICTS
