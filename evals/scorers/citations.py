"""Citation recall and precision in the sense of ALCE (Gao et al., EMNLP 2023), with any verifier as judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medqa.domain.answer import Verdict
from medqa.domain.passage import Passage
from medqa.protocols import Verifier


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the passages that it cites."""

    text: str
    cited: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationScore:
    """Of one answer: shares in [0, 1], and the verdict of each statement. ``precision`` is unknown without citations.

    ``recall``: statements supported by what they cite, taken together. ``precision``: citations that are needed, that
    is, of a supported statement, and either supporting it alone or not to be left out.
    """

    recall: float
    precision: float | None
    verdicts: tuple[Verdict, ...]

    @property
    def is_fully_supported(self) -> bool:
        """Whether every statement is supported by what it cites."""
        return all(verdict == "supported" for verdict in self.verdicts)

    @property
    def is_contradicted(self) -> bool:
        """Whether some statement says the opposite of what it cites."""
        return "contradicted" in self.verdicts


def score_citations(statements: Sequence[Statement], judge: Verifier) -> CitationScore:
    """The score of an answer of at least one statement. A statement without a citation has no support."""
    if not statements:
        raise ValueError("an answer without a statement has no citations to score")
    verdicts = tuple(_verdict(statement, judge) for statement in statements)
    needed = [is_needed for s, v in zip(statements, verdicts, strict=True) for is_needed in _needed(s, v, judge)]
    return CitationScore(
        recall=sum(verdict == "supported" for verdict in verdicts) / len(verdicts),
        precision=sum(needed) / len(needed) if needed else None,
        verdicts=verdicts,
    )


def _verdict(statement: Statement, judge: Verifier) -> Verdict:
    return judge.verify(statement.text, statement.cited).verdict if statement.cited else "unsupported"


def _needed(statement: Statement, verdict: Verdict, judge: Verifier) -> list[bool]:
    """For each citation whether it counts as precise."""
    cited = statement.cited
    if verdict != "supported" or len(cited) < 2:
        return [verdict == "supported"] * len(cited)
    found = []
    for at, passage in enumerate(cited):
        rest = (*cited[:at], *cited[at + 1 :])
        alone = judge.verify(statement.text, [passage]).verdict == "supported"
        found.append(alone or judge.verify(statement.text, rest).verdict != "supported")
    return found
