"""Answers graded against rubrics in HealthBench's form, by a named judge behind a server.

Rows (``rubric.jsonl`` in ``--data``, or any one ``*.jsonl`` there; without ``--data`` our own few) hold ``prompt_id``,
``prompt`` (messages, the user's last) and ``rubrics`` (``criterion``, ``points``, ``tags``). A row's score is the
points of the criteria met over all positive points; the overall score is their mean, clipped to [0, 1] (Arora et al.
2025, arXiv:2505.08775). A judge is never the model under test by default: without one the task stops.

Options: ``judge_url`` and ``judge_model`` (required), ``judge_key_env`` (the environment variable that holds its key),
``limit`` (rows, 0 for all), ``at_once`` (8).
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.harness import Options, Report, bootstrap
from evals.scorers.proportion import clopper_pearson
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Question, Turn
from medqa.domain.language import language_of
from medqa.domain.plain_text import answer_text
from medqa.errors import ChatModelError, UsageError
from medqa.prompting import Prompt, load_prompt
from medqa.served_model import ServedModel, Server
from medqa.settings import load_settings
from medqa.wiring import Application, open_application, parts

_TIMEOUT_S, _MOST_TOKENS = 120.0, 400
_NO_JUDGE = (
    "name a judge: --judge-url http://127.0.0.1:8001/v1 --judge-model NAME. It reads every answer and decides which"
    " criteria are met, so it should be a stronger model than the one under test, and another one"
)
_GRADE = {
    "type": "object",
    "properties": {"explanation": {"type": "string"}, "criteria_met": {"type": "boolean"}},
    "required": ["explanation", "criteria_met"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Something good (positive points) or bad (negative points) that an answer may do."""

    text: str
    points: float
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conversation with its rubric."""

    id: str
    turns: tuple[Turn, ...]
    criteria: tuple[Criterion, ...]

    @property
    def question(self) -> Question:
        """The last turn, with those before it."""
        last = self.turns[-1].content
        return Question(text=last, turns=self.turns[:-1], language=language_of(last))


class Rubric:
    """HealthBench's score of MedQA's answers, overall and by tag, with a named judge."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Raises UsageError without a judge."""
        judge = _judge(options)
        cases = read_cases(_file(data))[: int(options.get("limit", "0")) or None]
        with open_application(load_settings(home=options.get("home"))) as app:
            graded = asyncio.run(_grade_all(app, judge, cases, int(options.get("at_once", "8"))))
            prompt = load_prompt(parts.shipped("prompts"), "grade_rubric")
            return {
                "model": f"{app.engine.parts.chat_model.id}; encoder {app.embedder.id}",
                "judge": judge.id,
                "snapshot": app.snapshot.id,
                "prompts": {"grade_rubric": prompt.sha256},
                "data": data.name if data else "rubric.jsonl",
                **figures(cases, graded),
            }


plugin = Rubric


def read_cases(path: Path) -> list[Case]:
    """The rows of a file in HealthBench's form. Raises UsageError that names the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            turns = tuple(Turn(role=m["role"], content=m["content"]) for m in row["prompt"] if m["role"] != "system")
            criteria = tuple(
                Criterion(text=r["criterion"], points=float(r["points"]), tags=tuple(r.get("tags", ())))
                for r in row["rubrics"]
            )
            if not turns or turns[-1].role != "user" or not any(c.points > 0 for c in criteria):
                raise ValueError("the last message must be the user's, and some criterion must give points")
            found.append(Case(id=str(row["prompt_id"]), turns=turns, criteria=criteria))
        except (ValueError, KeyError, TypeError) as err:
            raise UsageError(f"{path}, line {number}: is no row with a rubric ({err})", field="data") from err
    return found


def score(case: Case, met: Sequence[bool]) -> float:
    """Points of the criteria met over all positive points: at most 1, below 0 where bad ones outweigh."""
    gained = sum(c.points for c, is_met in zip(case.criteria, met, strict=True) if is_met)
    return gained / sum(c.points for c in case.criteria if c.points > 0)


def figures(cases: Sequence[Case], graded: Sequence[Sequence[bool] | None]) -> dict[str, Any]:
    """Scores overall and shares of criteria met by tag; rows that the judge could not grade are counted apart."""
    pairs = [(case, met) for case, met in zip(cases, graded, strict=True) if met is not None]
    by_tag: defaultdict[str, list[bool]] = defaultdict(list)
    for case, met in pairs:
        for criterion, is_met in zip(case.criteria, met, strict=True):
            for tag in criterion.tags:
                by_tag[tag].append(is_met == (criterion.points > 0))
    overall = bootstrap([score(case, met) for case, met in pairs])
    clipped = {name: min(1.0, max(0.0, value)) if name != "n" else value for name, value in overall.items()}
    return {
        "score": clipped,
        "not graded": len(cases) - len(pairs),
        "criteria as wished, by tag": {tag: {"share": clopper_pearson(held)} for tag, held in sorted(by_tag.items())},
        "rows": [{"id": case.id, "score": round(score(case, met), 3)} for case, met in pairs],
    }


async def _grade_all(
    app: Application, judge: ServedModel, cases: Sequence[Case], at_once: int
) -> list[Sequence[bool] | None]:
    gate = asyncio.Semaphore(at_once)
    prompt = load_prompt(parts.shipped("prompts"), "grade_rubric")

    async def grade(case: Case) -> Sequence[bool] | None:
        async with gate:
            reply = await app.engine.ask(case.question)
            try:
                return [await _is_met(judge, prompt, case, c, answer_text(reply.outcome)) for c in case.criteria]
            except ChatModelError:
                return None

    graded = list(await asyncio.gather(*map(grade, cases)))
    await judge.close()
    if cases and all(met is None for met in graded):
        raise ChatModelError(f"the judge graded nothing: is {judge.id} served at {judge.server.base_url}?")
    return graded


async def _is_met(judge: ServedModel, prompt: Prompt, case: Case, criterion: Criterion, answer: str) -> bool:
    said = "\n\n".join(f"{turn.role}: {turn.content}" for turn in case.turns)
    told = {"conversation": said, "answer": answer, "criterion": criterion.text}
    content = prompt.render(**{name: without_control(text) for name, text in told.items()})
    message = [{"role": "user", "content": content}]
    text = await judge.complete(message, max_tokens=_MOST_TOKENS, timeout_s=_TIMEOUT_S, schema=_GRADE)
    try:
        grade: Mapping[str, Any] = json.loads(text.rpartition("</think>")[2])
        return bool(grade["criteria_met"])
    except (ValueError, KeyError, TypeError) as err:
        raise ChatModelError("the judge wrote no grade") from err


def _judge(options: Options) -> ServedModel:
    if not options.get("judge_url") or not options.get("judge_model"):
        raise UsageError(_NO_JUDGE, field="judge_url")
    key = os.environ.get(options.get("judge_key_env", ""))
    return ServedModel(Server(base_url=options["judge_url"], model=options["judge_model"], api_key=key))


def _file(data: Path | None) -> Path:
    if data is None:
        return Path(str(files("evals").joinpath("data/rubric.jsonl")))
    found = sorted(data.glob("*.jsonl"))
    named = data / "rubric.jsonl"
    if named.is_file() or len(found) == 1:
        return named if named.is_file() else found[0]
    raise UsageError(f"{data} must hold rubric.jsonl, or one .jsonl file", field="data")
