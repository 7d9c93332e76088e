"""Takes sentences out of an answer so that text, claims and citations still agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from medqa.domain.answer import Answered, Claim

_MARKS = r"[ \t]*(?:\[\d+\][ \t]*)*"
_SENTENCE = re.compile(rf"(?:[^\n.!?。！？]|\.(?=\d))+[.!?。！？]*{_MARKS}")
_BARE_BULLET = re.compile(r"(?m)^[ \t]*(?:[-*+]|\d+[.)])[ \t]*$\n?")
_BLANK_LINES = re.compile(r"\n{3,}")


def without(answer: Answered, is_unfit: Callable[[str], bool]) -> Answered:
    """The answer without the claims and the other sentences that are unfit; the same object when there are none."""
    unfit = [claim for claim in answer.claims if is_unfit(claim.text)]
    text = answer.text
    for claim in unfit:
        text = re.sub(re.escape(claim.text) + _MARKS, "", text)
    text = _SENTENCE.sub(lambda m: "" if is_unfit(m[0]) else m[0], text)
    if text == answer.text and not unfit:
        return answer
    kept = tuple(claim for claim in answer.claims if claim not in unfit and claim.text in text)
    return _trimmed(replace(answer, text=_tidy(text)), kept)


def _trimmed(answer: Answered, claims: tuple[Claim, ...]) -> Answered:
    """With these claims, and only the citations that they use."""
    used = {n for claim in claims for n in claim.citations}
    return replace(answer, claims=claims, citations=tuple(c for c in answer.citations if c.n in used))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _BARE_BULLET.sub("", text)).strip()
