"""Clauses that a source does not carry: a true sentence must not bring a false one along.

Verification weighs the words of a whole claim, so that a few foreign words among many of the source's weigh little.
Each clause is therefore held against the whole of what is cited as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from medqa.answer.ledger.statement import Statement, weight_of
from medqa.answer.ledger.support import coverage
from medqa.domain.language import language_of
from medqa.domain.passage import Passage

_CUT = re.compile(
    r"[,;，；—–]\s*|\s+(?:and|but|so|because|therefore|while|whereas|although)\s+|(?:但是?|因此|所以|因为|而且|并且)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"\b[a-z]{3,}\b")
_FOREIGN = 4  # words or characters of the other language that are more than a name
_HEAVY = {"en": 1.0, "zh": 2.0}  # weight from which a clause says something of its own
_CARRIED = {"en": 0.3, "zh": 0.15}
# "According to WHO, ...", "成人每年...": where, for whom and by whom may be said in words of the writer's own.
_SETTING = re.compile(
    r"\s*(?:according to|in|for|by|at|on|with|during|when|if|as)\b|\s*(?:据|按|根据|在|对|有|用|当|成人|儿童|孕)",
    re.IGNORECASE,
)


def strays(claim: str, cited: Sequence[Passage], reader: Callable[[str], Statement]) -> bool:
    """Whether a clause of the claim says what none of the cited passages speaks of, or changes the language."""
    clauses = [clause for clause in _CUT.split(claim) if clause.strip(" .。")]
    language = language_of(claim)
    if any(_changes_language(clause, language) for clause in clauses):
        return True
    around = [reader(f"{passage.section or ''}\n{passage.text}") for passage in cited]
    held = [each for each in around if each.language == language]
    if len(clauses) < 2 or not held or len(held) < len(around):
        return False
    nothing = reader("")
    own = clauses[1:] if _SETTING.match(clauses[0]) else clauses
    return any(
        sum(map(weight_of, said.terms)) >= _HEAVY[language]
        and max(coverage(said, each, nothing) for each in held) < _CARRIED[language]
        for said in map(reader, own)
    )


def _changes_language(clause: str, language: str) -> bool:
    if language == "en":
        return len(_HAN.findall(clause)) >= _FOREIGN
    return len(_LATIN.findall(clause)) >= _FOREIGN and not _HAN.search(clause)
