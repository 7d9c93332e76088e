"""Pairs for preference training: two answers to one prompt, the better one by the claim ledger first."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from medqa.domain.answer import Claim
from medqa.domain.conversation import Question
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.train.rows import Message, Row

Check = Callable[[Question, str, Sequence[Hit]], Sequence[Claim]]
"""The claims of a text as the claim ledger judges them, their citations being the marks as written."""

Sampler = Callable[[Sequence[Message]], Awaitable[Sequence[str]]]
"""Several answers of a served model to a prompt."""

_MARK = re.compile(r"\s*\[\d{1,3}\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?!\d*\])")
_WORTH = {"supported": 1.0, "partial": 0.4, "unsupported": -0.5, "contradicted": -1.0}
_UNCITED = -0.25  # a sentence without a mark
_LEAST_MARGIN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One comparison. Ranks are the ledger's, in [-1, 1]; ``flaw`` says what differs."""

    row_id: str
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    rank_chosen: float
    rank_rejected: float
    flaw: str


def rank(row: Row, text: str, check: Check, refusal: str) -> float:
    """How well the ledger thinks of an answer to the row's prompt, in [-1, 1].

    Where the passages answer, the mean worth of its sentences, and -1 for a refusal; where they do not, 1 for a
    refusal and -1 for anything else.
    """
    refuses = text.strip().startswith(refusal)
    if row.kind == "refusal":
        return 1.0 if refuses else -1.0
    if refuses or not text.strip():
        return -1.0
    claims = check(_question(row), text, hits_of(row))
    worths = [_WORTH[c.verdict] if c.citations else _UNCITED for c in claims]
    return sum(worths) / len(worths) if worths else -1.0


def hits_of(row: Row) -> list[Hit]:
    """The row's passages at their numbers; numbers that the prompt does not show hold nothing."""
    shown = {passage.n: passage for passage in row.passages}
    found = []
    for n in range(1, max(shown, default=0) + 1):
        held = shown.get(n)
        passage = Passage(
            id=held.id if held else f"none#{n}",
            document_id=row.provenance.document_id,
            ordinal=n,
            text=held.text if held else "",
            section=held.section if held else None,
            language=row.language,
        )
        metadata = Metadata(title=held.title if held else "", source_id=row.provenance.source_id, source="")
        found.append(Hit(rank=n, score=1.0, passage=passage, metadata=metadata))
    return found


class PairMaker:
    """Makes pairs from rows. ``dropped`` counts, by reason, what came to nothing."""

    def __init__(self, check: Check, refusal: str, *, seed: int) -> None:
        self._check = check
        self._refusal = refusal
        self._dice = random.Random(seed)
        self.dropped: Counter[str] = Counter()

    def corrupted(self, rows: Sequence[Row], wanted: int) -> list[Pair]:
        """The row's own answer against the same with one flaw of each kind in turn, if the ledger ranks it lower."""
        usable = [row for row in rows if row.kind != "rewrite"]
        others = [row.answer for row in usable if row.kind != "refusal"]
        found: list[Pair] = []
        for place, row in enumerate(self._dice.sample(usable, len(usable))):
            flaw, text = self._flawed(row, place, others)
            if text is None or text == row.answer:
                self.dropped[f"no place for a flaw: {flaw}"] += 1
                continue
            pair = self._pair(row, row.answer, text, flaw)
            if pair is not None:
                found.append(pair)
            if len(found) >= wanted:
                break
        return found

    async def sampled(self, rows: Sequence[Row], wanted: int, sample: Sampler) -> list[Pair]:
        """The best against the worst of a served model's answers to a prompt, and of the row's own."""
        usable = [row for row in rows if row.kind != "rewrite"]
        chosen = self._dice.sample(usable, min(wanted, len(usable)))
        answers = await asyncio.gather(*(sample(row.prompt) for row in chosen))
        found = []
        for row, texts in zip(chosen, answers, strict=True):
            ranked = sorted((rank(row, text, self._check, self._refusal), text) for text in [*texts, row.answer])
            pair = self._pair(row, ranked[-1][1], ranked[0][1], "sampled")
            if pair is not None:
                found.append(pair)
        return found

    def _pair(self, row: Row, better: str, worse: str, flaw: str) -> Pair | None:
        high, low = (rank(row, text, self._check, self._refusal) for text in (better, worse))
        if high - low < _LEAST_MARGIN:
            self.dropped[f"the ledger sees no difference: {flaw}"] += 1
            return None
        return Pair(
            row_id=row.id,
            prompt=row.prompt,
            chosen=better,
            rejected=worse,
            rank_chosen=round(high, 3),
            rank_rejected=round(low, 3),
            flaw=flaw,
        )

    def _flawed(self, row: Row, place: int, others: Sequence[str]) -> tuple[str, str | None]:
        if row.kind == "refusal":
            return "answers where nothing answers", self._dice.choice(others) if others else None
        numbers = [passage.n for passage in row.passages]
        flaws: list[tuple[str, Callable[[], str | None]]] = [
            ("refuses where the passages answer", lambda: self._refusal),
            ("another number", lambda: self._another_number(row.answer)),
            ("no citations", lambda: _MARK.sub("", row.answer)),
            ("another passage's number", lambda: self._another_mark(row.answer, numbers)),
            ("sentences of another answer", lambda: self._dice.choice(others)),
        ]
        name, make = flaws[place % len(flaws)]
        return name, make()

    def _another_number(self, answer: str) -> str | None:
        """The answer with one number ten times as large."""
        found = [m for m in _NUMBER.finditer(answer) if answer[max(0, m.start() - 1) : m.start()] != "["]
        if not found:
            return None
        number = self._dice.choice(found)
        return f"{answer[: number.start()]}{float(number[0]) * 10:g}{answer[number.end() :]}"

    def _another_mark(self, answer: str, numbers: Sequence[int]) -> str | None:
        """The answer citing one other passage throughout."""
        cited = {int(n) for n in re.findall(r"\[(\d{1,3})\]", answer)}
        free = [n for n in numbers if n not in cited]
        return re.sub(r"\[\d{1,3}\]", f"[{self._dice.choice(free)}]", answer) if free else None


def write_pairs(path: Path, pairs: Sequence[Pair]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(asdict(pair), ensure_ascii=False) + "\n" for pair in pairs), "utf-8")


def _question(row: Row) -> Question:
    return Question(text=row.question, language=row.language, audience=row.audience)
