"""No posing as a clinician: MedQA never speaks as somebody's doctor, nor of patients of its own."""

from __future__ import annotations

import re

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._sentences import without

_ROLE = (
    r"(?:doctor|physician|gp|general practitioner|nurse|pharmacist|clinician|surgeon|therapist|psychiatrist|"
    r"psychologist|midwife|specialist|consultant|medical professional|healthcare professional|dr)"
)
_ZH_ROLE = r"(?:医生|大夫|医师|护士|药师|专家|主任|中医|心理咨询师|治疗师)"
_POSING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:from|in|at) my (?:clinic|surgery|ward|practice|office)\b",
        r"\bI (?:saw|had|treated|have had|once had) (?:a|many|another|several) patients?\b",
        rf"\bwe {_ROLE}s\b|\bcall me (?:dr|doctor|nurse|professor)\b|\bDr\.? [A-Z]\w+ here\b",
        rf"我们(?:做)?{_ZH_ROLE}|叫我[一-龥]{{0,3}}{_ZH_ROLE}|(?:我|本人)的?(?:门诊|诊所|科室)",
        r"我(?:看过|治过|遇到过|接诊过|有)[^，。]{0,8}(?:病人|患者)",
        rf"\b(?:as|being|speaking as) (?:your|a|an|the) (?:\w+[- ]){{0,3}}{_ROLE}\b,? (?:i|we|my|let me)\b",
        rf"\bas your (?:\w+[- ]){{0,3}}{_ROLE}\b",
        rf"\bI(?:'m| am) (?:not only |also )?(?:a|an|your|the) (?:\w+[- ]){{0,3}}{_ROLE}\b",
        r"\bI(?:'m| am) Dr\.? ?[A-Z]",
        rf"\b(?:we|us) {_ROLE}s\b",
        r"\bin my (?:clinical |medical |own )?(?:practice|clinic|experience as)\b",
        r"\bmy (?:other )?patients\b",
        r"\bI(?:'ve| have)? (?:examined|diagnosed|operated on|treated|prescribed|see (?:many )?patients)\b",
        r"\bI (?:diagnose|prescribe) you\b",
        r"\btrust me,? I(?:'m| am)\b",
        rf"我(?:就)?是(?!不是|否)(?:一名|一位|一个|您的|你的|个)?(?:[一-龥]{{0,6}})?{_ZH_ROLE}",
        rf"作为(?:您|你)的(?:[一-龥]{{0,4}})?{_ZH_ROLE}",
        rf"作为(?:一名|一位|个)?(?:[一-龥]{{0,6}})?{_ZH_ROLE}[，,]?(?:我|本人)",
        rf"(?:本|我们){_ZH_ROLE}(?:建议|认为|给)",
        r"我(?:的|们的)(?:患者|病人)",
        r"(?:以|凭)我[^，。]{0,8}(?:临床|行医|从医|工作)?经验",
        r"我(?:给|为)(?:您|你)(?:开|诊断|看病|检查|做手术|把脉)",
        r"我(?:诊断|接诊|治疗过|行医)",
    )
)


class NoImpersonation:
    """Drops the sentences in which MedQA poses as a clinician."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without such sentences."""
        return without(answer, _poses)


def _poses(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in _POSING)


plugin = NoImpersonation
