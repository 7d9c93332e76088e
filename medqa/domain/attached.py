"""Documents that a person attaches to a conversation: how they are marked, and how questions speak of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

SOURCE_ID = "upload"
"""``Metadata.source_id`` of an attached document."""

_PAPER = (
    r"(?:letters?|labels?|leaflets?|reports?|documents?|files?|pdf|papers?|notes?|summary|results?|prescriptions?"
    r"|attachments?|uploads?|discharge \w+|test results?)"
)
_ZH_PAPER = r"(?:信|报告单?|化验单|检查单|检验单|出院小结|小结|病历|说明书|处方|文件|文档|附件|单子|标签)"
_FILLER = (
    r"(?:\s+(?:is|are|does|do|did|in|the|of|it|about|written|me|us|what|says?|tell|tells|mean|means|to|all|on|doctor"
    r"|write|this|my|our|that|attached|uploaded|for|please|i|have|here|there|stand|stands))*"
)
_WHOLE = re.compile(
    rf"^(?:please|can you|could you|would you|hi|hello|,|\s)*"
    rf"(?:what(?:'s)?|summari[sz]e|explain|read|tell|go through|help me understand){_FILLER}"
    rf"\s+{_PAPER}{_FILLER}\s*[?.!]*$"
    rf"|{_ZH_PAPER}(?:里|上|中|里面|上面)?(?:都|到底)?(?:说|写|讲|提到)(?:了|的)?(?:些|是)?(?:什么|啥)"
    rf"|(?:总结|解释|概括|解读|读)(?:一下)?(?:这份|这封|我的|附件|上传的?|这张)?{_ZH_PAPER}"
    rf"|(?:说|写)(?:了|的)(?:些|是)?(?:什么|啥).{{0,4}}{_ZH_PAPER}",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    rf"\b(?:my|this|the|our|attached|uploaded) (?:\w+ ){{0,2}}{_PAPER}\b|{_ZH_PAPER}", re.IGNORECASE
)


def asks_for_whole(question: str) -> bool:
    """Whether a question asks what an attached document says, and for nothing in it: "What does my letter say?"."""
    return bool(_WHOLE.search(question.strip()))


def papers(question: str) -> str:
    """The words by which a question speaks of a document: "my discharge letter"; empty where it speaks of none."""
    return " ".join(_MENTIONED.findall(question))


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that letters tell of their reader in words that a question about it does not use."""

    asked: re.Pattern[str]
    told: re.Pattern[str]
    words: re.Pattern[str]

    def tells(self, text: str) -> bool:
        """Whether a text of either language speaks of it."""
        return bool(self.told.search(text))

    def rest(self, question: str) -> str:
        """What the question says besides: the kidneys, in "when are my kidneys checked"."""
        return self.words.sub(" ", question)


def _matter(asked: str, told: str, words: str) -> Matter:
    return Matter(*(re.compile(pattern, re.IGNORECASE) for pattern in (asked, told, words)))


_WHEN = r"(?:什么时候|何时|多久(?:以后|之后|后)?|几时|哪天|几号)"
_AGAIN = r"(?:复查|复诊|随访|回诊)"
_MATTERS = (
    _matter(  # why somebody was in hospital
        r"\bwhy (?:was|am|were|did) (?:i|we)\b[^?.]{0,20}\b(?:hospital|admitted|ward|kept in|a&e)\b"
        r"|\bwhat (?:was|is) (?:wrong with|the matter with) me\b|\bwhat was i diagnosed with\b"
        r"|\bwhat (?:is|was) my diagnosis\b"
        r"|(?:为什么|为啥|为何|因为什么|什么原因)(?:会|要|被)?(?:住(?:了|进|过)?(?:医)?院|入院)"
        r"|我(?:得|患)的?(?:到底)?(?:是|了)?什么病|我的诊断是什么",
        r"\badmi(?:tted|ssion)\b|\bpresent(?:ed|ing)\b|\bdiagnos(?:is|ed|es)\b|\breason for (?:stay|visit|referral)\b"
        r"|入院|住院|诊断|主诉|因.{1,20}(?:就诊|收治)",
        r"\b(?:hospital|admitted|ward|kept|wrong|matter|diagnos\w+)\b|(?:住|入|医)\w{0,2}院|什么病|诊断|原因",
    ),
    _matter(  # when somebody is to be seen again
        r"\bwhen (?:is|are|do|should|will|must|am)\b[^?.]{0,24}\b(?:next|follow[- ]?up|check(?:ed|[- ]?up)?"
        r"|appointment|seen|see (?:a|the|my) doctor again|come back|go back|review)\b"
        rf"|{_WHEN}(?:要|需要|该|应该|再)*(?:去)?(?:医院)?(?:{_AGAIN}|再来|再去)"
        rf"|{_AGAIN}(?:时间)?(?:是|在)?{_WHEN}|下次{_WHEN}",
        r"\bfollow[- ]?up\b|\bnext (?:check|visit|appointment|review|blood test|scan)\b|\bappointment\b"
        r"|\breview(?:ed)? in\b"
        r"|\b(?:see|seen|come|return|checked|clinic)\b.{0,40}\b(?:in|on|after|within) (?:\d|one|two|three|four|six|a )"
        rf"|{_AGAIN}|门诊(?:.{{0,8}})(?:天|周|月|日)",
        r"\b(?:next|follow[- ]?up|check\w*|appointments?|seen?|doctor|come|back|review|visit)\b"
        rf"|{_WHEN}|{_AGAIN}|医院|时间|下次",
    ),
)


def matter(question: str) -> Matter | None:
    """What a question asks of a letter about its reader; nothing for other questions."""
    return next((each for each in _MATTERS if each.asked.search(question)), None)
