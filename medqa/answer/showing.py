"""What a reader is shown: drafts that passed verification and the guards, and nothing before it passed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from medqa.answer.ledger.citing import Ledger
from medqa.answer.ledger.claims import Draft
from medqa.domain.answer import Answered, Citation, Claim
from medqa.domain.conversation import Question
from medqa.domain.passage import Hit
from medqa.protocols import Guard, Verifier
from medqa.telemetry import Stopwatch

_SHOWN = frozenset({"supported", "partial"})
_LEFT_OUT = 2  # to one that is shown: with more, what is left is no answer to the question


class Shown:
    """The answer as far as it has been shown."""

    def __init__(
        self, hits: Sequence[Hit], question: Question, verifier: Verifier, guards: Sequence[Guard], watch: Stopwatch
    ) -> None:
        self._ledger = Ledger(hits, verifier)
        self._question = question
        self._guards = guards
        self._watch = watch
        self._preface = ""
        self._pieces: list[str] = []
        self.claims: list[Claim] = []
        self.left_out = 0
        self._mended_claims = 0
        self._shown_before: float = math.inf

    def preface(self, line: str) -> None:
        """A line of MedQA's own above the first claim."""
        self._preface = f"{line}\n\n"

    def show(self, draft: Draft) -> str:
        """The text to append; nothing when the draft does not hold, repeats, or a guard takes it out.

        What a source contradicts is said in the source's own words, unless they have been shown.
        """
        if self.holds(draft):
            return ""
        with self._watch.stage("verify"):
            claim, citations = self._ledger.check(draft)
            if claim.verdict == "contradicted":
                claim, citations, draft = self._mended(claim, citations, draft)
            if claim.verdict not in _SHOWN or not citations:
                self.left_out += 1
                return ""
            marks = "".join(f"[{c.n}]" for c in citations)
            reviewed = self._reviewed(Answered(text=f"{claim.text} {marks}", claims=(claim,), citations=citations))
        if not reviewed.claims or not reviewed.text.strip():
            return ""
        self._ledger.admit(citations)
        self.claims += reviewed.claims
        piece = (draft.before or " " if self._pieces else self._preface) + reviewed.text
        self._pieces.append(piece)
        return piece

    @property
    def has_own_words(self) -> bool:
        """Whether something of what is shown stands as it was written."""
        return len(self.claims) > self._mended_claims

    @property
    def stands(self) -> bool:
        """Whether what was written is an answer: at least a third of it holds as it was written."""
        return self._is_enough(len(self.claims) - self._mended_claims)

    def start_over(self) -> None:
        """Another model writes: if any of its sentences holds, what the first one made up no longer counts."""
        self._shown_before = len(self.claims)

    def _is_enough(self, shown: int) -> bool:
        return shown > 0 and self.left_out <= _LEFT_OUT * shown

    def _mended(
        self, claim: Claim, citations: tuple[Citation, ...], draft: Draft
    ) -> tuple[Claim, tuple[Citation, ...], Draft]:
        instead = self._ledger.restated(draft, citations)
        if instead is None or self.holds(instead):
            return claim, citations, draft
        self._mended_claims += 1
        return (*self._ledger.check(instead), instead)

    def holds(self, draft: Draft) -> bool:
        """Whether the same words have been shown already."""
        return any(claim.text == draft.text for claim in self.claims)

    def answered(self) -> Answered | None:
        """The whole answer after the guards have seen it as one; nothing when too little is left."""
        if not self._is_enough(len(self.claims)) and len(self.claims) <= self._shown_before:
            return None
        cited: tuple[Citation, ...] = tuple(self._ledger.citations)
        whole = Answered(text="".join(self._pieces), claims=tuple(self.claims), citations=cited, left_out=self.left_out)
        with self._watch.stage("verify"):
            reviewed = self._reviewed(whole)
        return reviewed if reviewed.claims else None

    def _reviewed(self, answer: Answered) -> Answered:
        for guard in self._guards:
            answer = guard.review(self._question, answer)
        return answer
