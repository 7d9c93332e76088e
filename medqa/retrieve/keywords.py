"""The content words of a question, for texts that the lexicon knows nothing of."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9]+(?:[-'./][A-Za-z0-9]+)*|[\u3400-\u4dbf\u4e00-\u9fff]+")
_ENGLISH = frozenset(
    """
    a about after again all also am an and any are as at be because been before being both but by can could did do
    does doing done for from get gets getting give go good got had has have having he hello help her here hi him his
    how i if in into is it its just know let like make may me might more most much my need no not of on one or other
    our out over please really s said say she should so some such t take than thank thanks that the their them then
    there these they thing this those to too up us use very want was way we well were what when where which while who
    whom whose why will with would you your dear doctor sir madam
    """.split()  # noqa: SIM905
)
_CHINESE = re.compile(
    "请问|你好|您好|医生|谢谢|什么|怎么办|怎么样|怎么|怎样|如何|为什么|哪些|哪个|哪里|多少|多久|是否|可以|能不能|会不会|"
    "应该|需要|一个|一些|一下|以及|我们|你们|他们|这个|那个|这些|那些|如果|因为|所以|还是|有没有|是不是|要不要|"
    "[的了是在有和与或及就都也很把被让给吗呢吧啊呀么嘛我你您他她它这那哪几能会要去来说想对从到为于之其并而但还又再着过]"
)


def keywords(text: str) -> list[str]:
    """Content words in order, without repeats; Chinese ones are the runs between function words."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if word[0].isascii():
            found += [] if word.lower() in _ENGLISH else [word]
        else:
            found += [part for part in _CHINESE.split(word) if part]
    return list(dict.fromkeys(found))
