"""What the small model is taught: the product's own prompts, and the answers that it should write to them.

The prompts come from the real engine over the starter articles: what retrieval finds is what the model gets, here and
in the tests. The answers are exact sentences of those passages, so the claim ledger has no reason to drop them, apart
from the ones that are made wrong on purpose.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.engine import Engine
from medqa.answer.generation.briefing import NO_ANSWER, load_briefing
from medqa.answer.generation.packing import pack
from medqa.answer.ledger.citing import Ledger
from medqa.answer.ledger.claims import split
from medqa.answer.verifiers.lexical import Lexical
from medqa.answer.verifiers.served import Served
from medqa.domain.answer import HandedOver
from medqa.domain.conversation import Audience, Language, Query, Question
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.domain.sentences import sentences
from medqa.settings import Settings
from medqa.train.rows import Message, Numbered, Provenance, Row, write_rows
from medqa.wiring import Application, open_application, parts
from medqa.wiring.vocabulary import vocabulary

QUESTIONS = Path(__file__).resolve().parents[2] / "evals" / "data" / "topics.jsonl"
CONTEXT_TOKENS = 300
"""Room for passages in a prompt: short prompts keep teaching to a few minutes."""

PATIENT = {"llm_first_token_s": 60.0, "llm_first_claim_s": 90.0, "llm_answer_s": 180.0, "llm_verdict_s": 60.0}
"""Deadlines for tests that are about something else: a busy machine is slow."""
TESTED: dict[str, object] = {"llm_context_tokens": CONTEXT_TOKENS, **PATIENT}

Kind = Literal["answer", "long", "altered", "refusal", "doubted", "believed"]
_MARK = re.compile(r"\[(\d+)\]")
_IN_SHORT: dict[Language, str] = {"en": "In short: ", "zh": "总之："}
_VERDICT: dict[Kind, str] = {"doubted": "absent", "believed": "supported"}
_NUMBER = re.compile(r"(?<![\d.])([1-9]\d{0,2})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with what the model should write. ``wrong`` is the sentence in it that the product must not show.

    ``brief`` is what the adapter should write instead. ``verdicts`` is how the model should judge the last sentence,
    which is not word for word the source's: a ``doubted`` one is absent there, a ``believed`` one is supported.
    """

    kind: Kind
    question: str
    language: Language
    answer: str
    brief: str
    wrong: str
    row: Row
    verdicts: tuple[Row, ...] = ()


class Recorder:
    """A chat model that keeps what it was given and says nothing."""

    id = "recorder"
    prompt_sha256: str | None = None

    def __init__(self) -> None:
        self.given: tuple[Query, Sequence[Hit]] | None = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        self.given = (query, hits)
        return
        yield


class _Judge:
    """In place of a served model: finds every claim to be the same, and keeps what it is asked."""

    def __init__(self, verdict: str) -> None:
        self.asked: list[Sequence[Message]] = []
        self._verdict = verdict

    async def choose(
        self, messages: Sequence[Message], options: Sequence[str], *, timeout_s: float
    ) -> dict[str, float]:
        if messages not in self.asked:
            self.asked.append(messages)
        return {option: float(option == self._verdict) for option in options}

    async def close(self) -> None:
        """It keeps no connections."""


def settings_for(home: Path, **more: object) -> Settings:
    """The product with a served model, as the tests run it."""
    return Settings(**{"home": home, "chat_model": "openai", **TESTED, **more})  # type: ignore[arg-type]


COUNTS: dict[Kind, int] = {"altered": 3, "long": 2, "refusal": 3, "doubted": 2, "believed": 2, "answer": 12}
"""Lessons of each kind."""


def make_lessons(home: Path) -> list[Lesson]:
    """The lessons, English and Chinese by turns; one in each language of those that come with verdicts."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    by_turns = [
        row
        for pair in zip(*([r for r in rows if r["language"] == lang][::3] for lang in ("en", "zh")), strict=False)
        for row in pair
    ]
    wanted = dict(COUNTS)
    lessons: list[Lesson] = []
    with open_application(settings_for(home, chat_model="extractive")) as application:
        teacher = _Teacher(application)
        for row in by_turns:
            if not any(wanted.values()):
                break
            judged = {lesson.kind for lesson in lessons if lesson.verdicts and lesson.language == row["language"]}
            open_kinds = [kind for kind, left in wanted.items() if left > 0 and kind not in judged]
            lesson = teacher.lesson(row["id"], row["question"], row["language"], open_kinds)
            if lesson is not None:
                wanted[lesson.kind] -= 1
                lessons.append(lesson)
    assert not any(wanted.values()), f"too few questions for {wanted}"
    return lessons


class _Teacher:
    """Turns questions into lessons."""

    def __init__(self, application: Application) -> None:
        self._snapshot = application.snapshot.id
        self._briefing = load_briefing(parts.shipped("prompts"), CONTEXT_TOKENS)
        self._recorder = Recorder()
        made = replace(application.engine.parts, chat_model=self._recorder, fallback=None)
        self._engine = Engine(made, snapshot_id=application.snapshot.id)

    def lesson(self, id_: str, text: str, language: Language, kinds: Sequence[Kind]) -> Lesson | None:
        """A lesson of the first kind that the question is fit for; nothing when the product asks no model about it."""
        self._recorder.given = None
        reply = asyncio.run(self._engine.ask(Question(text=text, language=language)))
        if self._recorder.given is None or isinstance(reply.outcome, HandedOver):
            return None
        query, hits = self._recorder.given
        shown = {number for number, _ in pack(query, hits, CONTEXT_TOKENS)}
        quoted = [
            piece.strip()
            for piece in Extractive().compose(query, hits, "patient")
            if int(_MARK.findall(piece)[-1]) in shown and "\n" not in piece.strip()
        ][:3]
        for kind in kinds:
            made = self._answer(kind, quoted, hits, sorted(shown))
            if made is not None:
                answer, wrong = made
                row = self._row(id_, query, hits, text, answer)
                verdicts = self._verdicts(row, _VERDICT[kind], hits) if kind in _VERDICT else ()
                if verdicts or kind not in _VERDICT:
                    return Lesson(kind, text, language, answer, quoted[0], wrong, row, verdicts)
        return None

    def _answer(self, kind: Kind, quoted: list[str], hits: Sequence[Hit], shown: list[int]) -> tuple[str, str] | None:
        """What to write, and the sentence in it that is wrong."""
        if len(quoted) < 2:
            return None
        if kind == "answer":
            return " ".join(quoted), ""
        if kind == "refusal":
            return NO_ANSWER, ""
        if kind == "long":
            return _everything(hits, shown)
        if kind in _VERDICT:
            loose = f"{_IN_SHORT[language_of(quoted[1])]}{quoted[1]}"
            return f"{quoted[0]} {loose}", _MARK.sub("", loose).strip() if kind == "doubted" else ""
        numbered = next((s for s in quoted[1:] if _NUMBER.search(_MARK.sub("", s))), None)
        if numbered is None:
            return None
        wrong = _NUMBER.sub(lambda match: f"{match[1]}0", numbered, count=1)
        return f"{quoted[0]} {wrong}", _MARK.sub("", wrong).strip()

    def _verdicts(self, row: Row, verdict: str, hits: Sequence[Hit]) -> tuple[Row, ...]:
        """All that the product asks the model about the last sentence; nothing where the words alone would drop it."""
        last = split(row.completion[0]["content"])[-1]
        by_words, _ = Ledger(hits, Lexical(vocabulary)).check(last)
        if by_words.verdict not in ("supported", "partial"):
            return ()
        judge = _Judge(verdict)
        Ledger(hits, Served(vocabulary, judge, parts.shipped("prompts"))).check(last)  # type: ignore[arg-type]
        return tuple(replace(row, prompt=tuple(asked), completion=_says(verdict)) for asked in judge.asked)

    def _row(self, id_: str, query: Query, hits: Sequence[Hit], text: str, answer: str) -> Row:
        messages = self._briefing.messages(query, hits, "patient")
        top = hits[0]
        return Row(
            id=id_,
            kind="refusal" if answer == NO_ANSWER else "answer",
            language=query.language,
            audience="patient",
            question=text,
            turns=(),
            passages=tuple(
                Numbered(n=n, id=h.passage.id, title=h.metadata.title, section=h.passage.section, text=h.passage.text)
                for n, h in pack(query, hits, CONTEXT_TOKENS)
            ),
            prompt=tuple(messages),
            completion=_says(answer),
            provenance=Provenance(
                document_id=top.passage.document_id,
                source_id=top.metadata.source_id,
                licence=top.metadata.licence,
                gold=(top.passage.id,),
                question_from="evals/data/topics.jsonl",
                answer_from="extractive",
                snapshot=self._snapshot,
                prompt_sha256=self._briefing.sha256,
            ),
        )


def _everything(hits: Sequence[Hit], shown: list[int]) -> tuple[str, str] | None:
    """All that the passages say, sentence by sentence: an answer that takes seconds to write."""
    said = [
        f"{sentence} [{n}]"
        for n in shown
        for sentence in (hits[n - 1].passage.text[start:end] for start, end in sentences(hits[n - 1].passage.text))
        if "\n" not in sentence and sentence.endswith((".", "。")) and len(sentence) > 12
    ]
    return (" ".join(said), "") if len(said) >= 10 else None


def write_lessons(folder: Path, lessons: Sequence[Lesson]) -> None:
    """The rows as ``medqa train sft`` reads them.

    ``short`` leaves out rules and passages: what to say is learnt from a tenth of the tokens. ``whole`` are the
    product's prompts. ``brief`` teaches short answers to them.
    """
    _write(folder / "short", [_with(lesson.row, prompt=_question_alone(lesson.row)) for lesson in lessons])
    verdicts = [verdict for lesson in lessons for verdict in lesson.verdicts]
    _write(folder / "whole", [*(lesson.row for lesson in lessons), *verdicts])
    _write(folder / "brief", [_with(each.row, answer=each.brief) for each in lessons if each.kind == "answer"])
    table = [{**asdict(lesson), "row": None, "verdicts": None} for lesson in lessons]
    (folder / "lessons.json").write_text(json.dumps(table, ensure_ascii=False, indent=1), "utf-8")


def _write(folder: Path, rows: Sequence[Row]) -> None:
    folder.mkdir(parents=True)
    write_rows(folder / "train.jsonl", rows)
    write_rows(folder / "validation.jsonl", [])


def _says(text: str) -> tuple[Message, ...]:
    return ({"role": "assistant", "content": text},)


def _with(row: Row, *, prompt: tuple[Message, ...] | None = None, answer: str | None = None) -> Row:
    completion = row.completion if answer is None else _says(answer)
    return replace(row, prompt=prompt or row.prompt, completion=completion)


def _question_alone(row: Row) -> tuple[Message, ...]:
    """The prompt from its question on."""
    content = row.prompt[-1]["content"]
    return ({"role": "user", "content": content[content.index("<question>") :]},)
