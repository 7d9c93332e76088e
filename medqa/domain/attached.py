"""Documents that a person attaches to a conversation: how they are marked, and how questions speak of them."""

from __future__ import annotations

import re

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
