"""Questions that only a number answers: how long, how many, at what age."""

from __future__ import annotations

import re
from functools import lru_cache

_ASKS = re.compile(
    r"\bhow (?:many|much|often|long|soon|high|low|old|fast|far|big)\b|\bwhat (?:age|level|number|dose|temperature)\b"
    r"|\b(?:normal|maximum|max|target|limit)\b"
    r"|多少|几(?!乎)|多久|多长|多高|多低|多大|多快|正常值|正常范围|最多|最少|标准",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twice|half)\b|[一二三四五六七八九十两半]\s?(?:天|周|个|年|次|岁|小时|分钟)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def asks_number(question: str) -> bool:
    """Whether the question asks for a number."""
    return bool(_ASKS.search(question))


@lru_cache(maxsize=16_384)
def tells_number(sentence: str) -> bool:
    """Whether the sentence holds one, in digits or as a word."""
    return bool(_TELLS.search(sentence))
