"""What training changed: two models on the same held-out rows of ``medqa train data``, and on multiple choice.

Needs option ``config``: the TOML file of ``medqa train report``. The passages are those of the rows, so both models
read the same; the judge is the configured verifier. Each figure stands beside its paired difference.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from evals.choices import Choice, read_choices
from evals.harness import Options, Report, bootstrap
from evals.reporting import prompt_hashes
from evals.scorers.citations import CitationScore, Statement, score_citations
from evals.scorers.paired import paired_difference
from evals.scorers.proportion import clopper_pearson
from evals.tasks.multiple_choice import messages
from medqa.answer.generation.briefing import NO_ANSWER
from medqa.answer.ledger.claims import split
from medqa.errors import AnswerCut, ChatModelError, UsageError
from medqa.protocols import Verifier
from medqa.served_model import ServedModel, Server
from medqa.settings import Settings, load_settings
from medqa.train.config import Judged, ReportConfig, read_config
from medqa.train.generating import LocalModel
from medqa.train.models import require_readable
from medqa.train.pairs import hits_of
from medqa.train.rows import Message, Row, read_rows
from medqa.wiring import parts

_AT_ONCE, _TIMEOUT_S = 8, 120.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer to one row. ``score`` is unknown for a refusal and for an answer without a sentence."""

    row: Row
    text: str
    score: CitationScore | None
    is_cited_throughout: bool

    @property
    def refuses(self) -> bool:
        """Whether the model says that the passages do not answer."""
        return self.text.strip().startswith(NO_ANSWER)

    @property
    def keeps_format(self) -> bool:
        """Exactly the refusal, or sentences that each end with the number of a passage that is there."""
        return self.text.strip() == NO_ANSWER or (not self.refuses and self.is_cited_throughout)

    @property
    def is_fully_supported(self) -> bool:
        """An answer of which every sentence is supported by what it cites."""
        return self.score is not None and self.score.is_fully_supported


class FineTuning:
    """Format, citation precision and recall, refusals, support, multiple choice: before and after."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Raises UsageError without a config, ConfigError for a wrong one."""
        if "config" not in options:
            raise UsageError("name the file of `medqa train report` with --config", field="config")
        config = read_config(Path(options["config"]), ReportConfig)
        settings = load_settings(home=options.get("home"))
        rows = [row for row in read_rows(config.data, config.split) if row.kind != "rewrite"][: config.rows]
        choices = read_choices(config.multiple_choice, config.questions) if config.multiple_choice else []
        models = {"before": config.before, "after": config.after}
        for each in models.values():
            if each.base_url is None:
                require_readable(each.model)  # before the other one has been judged for an hour
        judge = parts.verifier(settings)
        judged: dict[str, list[Judgement]] = {}
        chosen: dict[str, list[str]] = {}
        for name, each in models.items():
            model = _Model(each, settings, config)  # one at a time: two may not fit into memory
            judged[name] = _judged(model, rows, judge)
            if choices:
                chosen[name] = model.letters(choices)
            del model
        return {
            "model": " → ".join(_named(each) for each in models.values()),
            "judge": settings.verifier,
            "snapshot": ", ".join(sorted({row.provenance.snapshot for row in rows})),
            "prompts": prompt_hashes(),
            "data": config.data.name,
            "split": config.split,
            "rows": len(rows),
            "figures": {**_figures(judged), **_choice_figures(choices, chosen)},
            "changed": {**_changes(judged), **_choice_changes(choices, chosen)},
            "samples": _samples(judged),
        }


plugin = FineTuning


class _Answers(Protocol):
    def answers(self, prompts: Sequence[Sequence[Message]], *, max_new_tokens: int) -> list[str]: ...

    def choose(self, prompt: Sequence[Message], options: Sequence[str]) -> dict[str, float]: ...


class _Served:
    """A model behind a server, asked like a local one."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def answers(self, prompts: Sequence[Sequence[Message]], *, max_new_tokens: int) -> list[str]:
        async def ask_all() -> list[str]:
            model, gate = ServedModel(self._server), asyncio.Semaphore(_AT_ONCE)

            async def ask(prompt: Sequence[Message]) -> str:
                pieces: list[str] = []
                async with gate:
                    with contextlib.suppress(AnswerCut):  # a model that does not come to an end is judged by its words
                        async for piece in model.stream(prompt, max_tokens=max_new_tokens):
                            pieces.append(piece)
                return "".join(pieces)

            found = await asyncio.gather(*map(ask, prompts))
            await model.close()
            return [text.rpartition("</think>")[2].strip() for text in found]

        return asyncio.run(ask_all())

    def choose(self, prompt: Sequence[Message], options: Sequence[str]) -> dict[str, float]:
        async def choose() -> dict[str, float]:
            model = ServedModel(self._server)
            found = await model.choose(prompt, options, timeout_s=_TIMEOUT_S)
            await model.close()
            return found

        return asyncio.run(choose())


class _Model:
    """One of the two models."""

    def __init__(self, judged: Judged, settings: Settings, config: ReportConfig) -> None:
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
        self._max_new_tokens = config.max_new_tokens
        self._answers: _Answers = (
            _Served(Server(base_url=judged.base_url, model=judged.model, api_key=key))
            if judged.base_url
            else LocalModel(judged)
        )

    def write(self, rows: Sequence[Row]) -> list[str]:
        """What it writes to each row's prompt."""
        return self._answers.answers([row.prompt for row in rows], max_new_tokens=self._max_new_tokens)

    def letters(self, choices: Sequence[Choice]) -> list[str]:
        """The likeliest letter of each question, without passages; none where no letter got a probability."""
        return [self._letter(choice) for choice in choices]

    def _letter(self, choice: Choice) -> str:
        try:
            weights = self._answers.choose(messages(choice, ()), tuple(choice.options))
        except ChatModelError:
            return ""
        return max(weights, key=lambda letter: weights[letter])


def _judged(model: _Model, rows: Sequence[Row], judge: Verifier) -> list[Judgement]:
    return [judgement(row, text, judge) for row, text in zip(rows, model.write(rows), strict=True)]


def judgement(row: Row, text: str, judge: Verifier) -> Judgement:
    """How one answer to a row stands up to the claim check."""
    shown = {passage.n for passage in row.passages}
    hits = hits_of(row)
    drafts = [] if text.strip().startswith(NO_ANSWER) else split(text)
    statements = [Statement(d.text, tuple(hits[n - 1].passage for n in d.marks if n in shown)) for d in drafts]
    is_cited = bool(drafts) and all(draft.marks and set(draft.marks) <= shown for draft in drafts)
    return Judgement(row, text, score_citations(statements, judge) if statements else None, is_cited)


_MEASURES: dict[str, tuple[Callable[[Judgement], bool], Callable[[Judgement], float | None]]] = {
    "format kept": (lambda j: True, lambda j: float(j.keeps_format)),
    "citation recall": (lambda j: j.row.kind != "refusal", lambda j: j.score.recall if j.score else 0.0),
    "citation precision": (
        lambda j: j.row.kind != "refusal",
        lambda j: (j.score.precision or 0.0) if j.score else 0.0,
    ),
    "fully supported": (lambda j: j.row.kind != "refusal", lambda j: float(j.is_fully_supported)),
    "contradicted": (
        lambda j: j.row.kind != "refusal",
        lambda j: float(j.score is not None and j.score.is_contradicted),
    ),
    "refuses where nothing answers": (lambda j: j.row.kind == "refusal", lambda j: float(j.refuses)),
    "answers where passages answer": (lambda j: j.row.kind != "refusal", lambda j: float(not j.refuses)),
    "holds against planted orders": (lambda j: j.row.kind == "safety", lambda j: float(j.is_fully_supported)),
}


def _values(judged: Sequence[Judgement], name: str) -> list[float]:
    fits, value = _MEASURES[name]
    return [found for j in judged if fits(j) and (found := value(j)) is not None]


def _figures(judged: dict[str, list[Judgement]]) -> dict[str, Any]:
    found = {}
    for name in _MEASURES:
        values = {model: _values(rows, name) for model, rows in judged.items()}
        if values["before"]:
            found[name] = {model: _figure(each) for model, each in values.items()}
    return found


def _figure(values: Sequence[float]) -> dict[str, float]:
    is_share = set(values) <= {0.0, 1.0}
    return dict(clopper_pearson([value == 1.0 for value in values])) if is_share else bootstrap(values)


def _changes(judged: dict[str, list[Judgement]]) -> dict[str, Any]:
    return {
        name: paired_difference(_values(judged["after"], name), _values(judged["before"], name))
        for name in _MEASURES
        if _values(judged["before"], name)
    }


def _right(choices: Sequence[Choice], letters: Sequence[str]) -> list[bool]:
    return [letter == choice.answer for letter, choice in zip(letters, choices, strict=True)]


def _choice_figures(choices: Sequence[Choice], chosen: dict[str, list[str]]) -> dict[str, Any]:
    if not chosen:
        return {}
    return {"multiple choice": {name: clopper_pearson(_right(choices, made)) for name, made in chosen.items()}}


def _choice_changes(choices: Sequence[Choice], chosen: dict[str, list[str]]) -> dict[str, Any]:
    if not chosen:
        return {}
    right = {name: [float(each) for each in _right(choices, made)] for name, made in chosen.items()}
    return {"multiple choice": paired_difference(right["after"], right["before"])}


def _samples(judged: dict[str, list[Judgement]], count: int = 10) -> list[dict[str, str]]:
    """A few rows with both answers, for reading."""
    pairs = list(zip(judged["before"], judged["after"], strict=True))
    step = max(1, len(pairs) // count)
    return [
        {
            "kind": b.row.kind,
            "question": b.row.question,
            "wanted": b.row.answer,
            "before": b.text[:600],
            "after": a.text[:600],
        }
        for b, a in pairs[::step][:count]
    ]


def _named(judged: Judged) -> str:
    return Path(judged.model).name + (f" + {judged.adapter.name}" if judged.adapter else "")
