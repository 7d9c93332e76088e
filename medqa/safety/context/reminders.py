"""The lines under an answer: say it back in your own words, and when and where to seek help. Fixed texts.

The first after AHRQ's teach-back: only where the answer tells how something is done. The second where somebody is
unwell; its number is that of the place, from the cards.
"""

from __future__ import annotations

import re

from medqa.domain.conversation import Language, Question
from medqa.safety.jurisdiction import emergency_number

_HOW_TO = re.compile(
    r"\bhow (?:do|can|should|would|to|must|shall)\b(?! (?:you |i |we |they |doctors? )?(?:get |know |tell |catch |"
    r"diagnose |recogni[sz]e |spot |happen|work|spread|develop|cause))"
    r"|\b(?:steps?|instructions?|technique|right way|proper way|"
    r"correct way|way to|show me|teach me)\b|\bwhat (?:should|do|can|must|shall) (?:i|we|you) do\b|\bfirst aid\b"
    r"|怎么(?:办|用|做|吃|打|测|量|处理|护理|清洗|注射|喷|滴|锻炼|准备|换|喂|洗|贴|敷|缓解|急救|抢救|服|照顾|涂|冲|止|治|弄|"
    r"给|存|保存|降|补|按|洗鼻|漱)|如何(?:使用|正确|处理|护理|测量|注射|服用|清洗|准备|锻炼|缓解|急救|照顾|保存|涂|给|做)|"
    r"步骤|方法|咋(?:办|用|弄|整|量|测)|该做什么|应该做什么",
    re.IGNORECASE,
)
_UNWELL = re.compile(
    r"\b(?:i have|i've|i feel|i am|i'm|i got|my|he has|she has|he is|she is|we have)\b"
    r"|我|俺|孩子|宝宝|娃|老公|老婆|爸|妈|[疼痛痒晕胀麻肿吐泻烧咳]",
    re.IGNORECASE,
)
_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "teach_back": "To check that it is clear, say in your own words what you will do, step by step.",
        "help": "If it gets worse, does not get better, or worries you, see a doctor or ask a pharmacist. "
        "In an emergency, call {number}.",
    },
    "zh": {
        "teach_back": "为了确认讲清楚了，请用自己的话说一遍：您会怎么做。",
        "help": "如果加重、不见好转或不放心，请看医生或问药师。紧急时请拨打{number}。",
    },
}


def reminders(question: Question) -> tuple[str, ...]:
    """The lines that go under an answer to a patient; none for a clinician."""
    if question.audience == "clinician":
        return ()
    texts = _TEXTS[question.language]
    lines = []
    if _HOW_TO.search(question.text):
        lines.append(texts["teach_back"])
    if _UNWELL.search(question.text):
        number = emergency_number(question.language, question.jurisdiction)
        lines.append(texts["help"].format(number=number))
    return tuple(lines)
