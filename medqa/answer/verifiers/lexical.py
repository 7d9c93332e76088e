"""The embedded check of a claim: amounts, medicines, denial and direction must agree, and the words must carry it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from medqa.answer.ledger.agreement import Disagreement, disagreements
from medqa.answer.ledger.clauses import strays
from medqa.answer.ledger.quotes import locate
from medqa.answer.ledger.statement import Statement, state
from medqa.answer.ledger.support import measures, probability
from medqa.answer.ledger.windows import Window, windows
from medqa.domain.answer import Claim, Verdict
from medqa.domain.naming import Vocabulary, knows_nothing
from medqa.domain.passage import Passage
from medqa.domain.sentences import sentences

_SUPPORTED = 0.75
_PARTIAL = 0.2
_ON_TOPIC = 0.35  # covered, from which a difference contradicts rather than misses
_ORDER: tuple[Verdict, ...] = ("contradicted", "unsupported", "partial", "supported")
_STATEMENTS = 4096
_PART = re.compile(r"[;；]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one window says about a claim, with what it was judged by."""

    verdict: Verdict
    support: float
    measures: dict[str, float]
    differs: tuple[Disagreement, ...] = ()
    evidence: tuple[str, ...] = ()

    def claim(self, text: str) -> Claim:
        """The claim as judged, without citations."""
        support = round(self.support, 3)
        return Claim(text=text, citations=(), verdict=self.verdict, support=support, evidence=self.evidence)

    @property
    def is_denied(self) -> bool:
        """Whether the window says the opposite: then no window that carries less of the claim can support it."""
        return any(each.kind in ("denial", "opposite") for each in self.differs)


class Lexical:
    """Judges by words, numbers and names; the vocabulary tells what words name in either language."""

    def __init__(self, vocabulary: Vocabulary = knows_nothing) -> None:
        self._state = lru_cache(maxsize=_STATEMENTS)(lambda text: state(text, vocabulary))

    def verify(self, text: str, cited: Sequence[Passage]) -> Claim:
        """The verdict on the claim's weakest part, each held against the passages that carry it best."""
        return self.weakest(text, cited).claim(text)

    def weakest(self, text: str, cited: Sequence[Passage]) -> Judgement:
        """The judgement on the part of the claim that stands worst."""
        if any(_says_so(text, passage.text) for passage in cited):
            return Judgement(verdict="supported", support=1.0, measures={})
        judged = [self.judge(part, cited) for part in _parts(text)]
        weakest = min(judged, key=lambda j: (_ORDER.index(j.verdict), j.support))
        return replace(weakest, evidence=tuple(dict.fromkeys(words for j in judged for words in j.evidence)))

    def judge(self, part: str, cited: Sequence[Passage]) -> Judgement:
        """The best judgement over the windows of the cited passages."""
        if any(_says_so(part, passage.text) for passage in cited):
            return Judgement(verdict="supported", support=1.0, measures={}, evidence=(part,))
        claim = self._state(part)
        found = windows(claim, cited, self._state)
        judged = [_judge(claim, window) for window in found]
        denied = [w.covered for j, w in zip(judged, found, strict=True) if j.is_denied and len(w.sentences) == 1][:1]
        if denied and all(w.covered <= denied[0] for w in found if len(w.sentences) == 1):
            judged = [j for j, w in zip(judged, found, strict=True) if w.covered >= denied[0]]
        nothing = Judgement(verdict="unsupported", support=0.0, measures={})
        best = max(judged, key=lambda j: (_ORDER.index(j.verdict), j.support), default=nothing)
        if best.verdict != "contradicted" and strays(part, cited, self._state):
            return replace(nothing, evidence=best.evidence)
        return best


def _judge(claim: Statement, window: Window) -> Judgement:
    found = measures(claim, window.statement, window.heading)
    differs = tuple(disagreements(claim, window))
    if differs:
        is_contradicted = window.covered >= _ON_TOPIC and any(each.is_opposite for each in differs)
        verdict: Verdict = "contradicted" if is_contradicted else "unsupported"
        return Judgement(verdict=verdict, support=0.0, measures=found, differs=differs, evidence=window.sentences)
    support = probability(found, is_other_language=claim.language != window.statement.language)
    verdict = "supported" if support >= _SUPPORTED else "partial" if support >= _PARTIAL else "unsupported"
    return Judgement(verdict=verdict, support=support, measures=found, evidence=window.sentences)


def _says_so(claim: str, passage: str) -> bool:
    """Whether the passage holds the claim word for word as whole sentences: half a sentence can say the opposite."""
    span = locate(claim, passage)
    if span is None:
        return False
    spans = sentences(passage)
    begins = any(start >= span[0] - 3 and start <= span[0] for start, _ in spans)
    return begins and any(span[1] <= end <= span[1] + 1 for _, end in spans)


def _parts(text: str) -> list[str]:
    """The statements of a claim: its sentences, cut at semicolons; a list is one."""
    if "\n" in text:
        return [text]
    whole = [text[start:end] for start, end in sentences(text)]
    return [part for sentence in whole for part in _PART.split(sentence) if part.strip(" .。")] or [text]


plugin = Lexical
