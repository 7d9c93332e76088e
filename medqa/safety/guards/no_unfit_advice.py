"""What the rules of the other guards miss: a small classifier's view of each sentence that a chat model wrote itself.

A sentence that stands word for word in its source is the source's and stays: the rules alone judge those. The
classifier adds to the rules and takes nothing back. Patients are kept from doses and from changes of medicines;
nobody is told how to come to harm, nor that MedQA is a clinician.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._classifier.model import Classifier, Judgement
from medqa.safety.guards._sentences import without

_CITED = re.compile(r"\[\d+\]")
_END = re.compile(r"[.!?。！？\n]")
_SIGN = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[a-z]{2,}|[\u4e00-\u9fff]{2,}", re.IGNORECASE)


class NoUnfitAdvice:
    """Drops the sentences of a chat model that prescribe, pose or lead to harm in words that no rule knows."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without such sentences; what its sources say word for word stays."""
        is_patient = question.audience != "clinician"
        quoted = [_pieces(words) for words in _quotes(answer)]
        announced = _announcement(answer)

        def is_unfit(sentence: str) -> bool:
            plain = _plain(sentence)
            if sentence in announced or _WORDS.search(plain) is None:
                return False
            if any(_stands_in(plain, pieces) for pieces in quoted):
                return False
            known = _classifier()
            return _danger(known.judge(sentence), is_patient=is_patient) >= known.threshold

        return without(answer, is_unfit)


def _danger(judged: Judgement, *, is_patient: bool) -> float:
    """How likely the sentence is one that this reader must not get, in [0, 1]."""
    anyone = judged.posing + judged.harm
    return anyone + judged.dose + judged.change if is_patient else anyone


def _announcement(answer: Answered) -> str:
    """The first line where MedQA names the reader's own document, whose name may be any words; else empty."""
    first = answer.text.partition("\n")[0]
    is_one = first.endswith((":", "：")) and any(citation.title in first for citation in answer.citations)
    return first if is_one else ""


def _quotes(answer: Answered) -> list[str]:
    """What the sources say, as far as the answer holds it."""
    return [citation.quote for citation in answer.citations] + [
        words for claim in answer.claims for words in claim.evidence
    ]


def _stands_in(plain: str, pieces: Sequence[str]) -> bool:
    """Whether whole sentences of a quotation, one or several, say just this; a part of one may say the opposite."""
    for start in range(len(pieces)):
        said = ""
        for piece in pieces[start:]:
            said += piece
            if said == plain:
                return True
            if not plain.startswith(said):
                break
    return False


def _pieces(text: str) -> list[str]:
    return [plain for piece in _END.split(_CITED.sub("", text)) if (plain := _plain(piece))]


def _plain(text: str) -> str:
    """Letters and digits alone, so that marks, Markdown and spaces do not matter."""
    return _SIGN.sub("", _CITED.sub("", text)).casefold()


@cache
def _classifier() -> Classifier:
    return Classifier()


plugin = NoUnfitAdvice
