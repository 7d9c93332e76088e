"""Chinese text: weekdays, months, feasts and seasons that tell when something happened to somebody.

As in English (``english_days``), a habit stays readable (每周一, 每年3月, 周一三五透析, 周三吃甲氨蝶呤), a number of
weeks is no weekday (一周一次, 孕28周), and words that say nothing without today's date (昨天, 上个月) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_N = "[0-9〇零一二两三四五六七八九十]"
_WEEKDAY = re.compile(
    r"(?:(?<![0-9一二两三四五六七八九十几半数多孕满第四每逢各隔])|(?<=[周期拜][一二三四五六日天]))(?P<v>(?P<which>上上个?|下下个?|[上下本这那当]个?)?"
    r"(?:周|星期|礼拜)(?:"
    r"一(?![直般共边样些定点旦律家个次天片度向切夜再]|下子|起(?:去|来|吃|住|得))|二(?![便胎甲尖次天]|手烟)|"
    r"三(?![餐分番次天甲联高级顿个]|叉)|四(?![肢周处季川次天]|环素)|五(?![官脏颜次天]|谷)|六(?![神次天]|味)|日(?!均)|天))"
    r"(?![0-9]|[、,，]?[一二三四五六日](?![日号月]))"
)
_HABIT = re.compile(r"(?:每|逢|凡|一到|各)(?:到|个|逢|年|月|隔|[一两]|的)*$")
_WHOLE_WEEK = re.compile(r"\s?[至到~—-]\s?(?:周|星期|礼拜)[五六日天]")
_FROM_MONDAY = re.compile(r"(?:周|星期|礼拜)一\s?[至到~—-]\s?$")
_SCHEDULE = re.compile(
    r"(?:[上下]午|早上|晚上|早晚|中午|晚|早)?(?:各|也|都|再)?(?:吃|服|口服|注射|透析|打|用|坐诊|出诊|休息|开诊)(?!用?[了过的完掉])"
)
_YEAR = r"(?:大前年|前年|去年|今年|明年|同年|当年|当年的|(?:1[89]|20)\d\d年)"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_PART = r"(?:份|初|上旬|中旬|下旬|中(?![风暑毒耳])|末|底)"
_FEAST = (
    r"(?:春节|新年|元旦|国庆节?|中秋节?|端午节?|(?<![志识神智目])清明节?|除夕|元宵节?|重阳节?|圣诞节?|"
    r"(?<![一二三四五六七八九十\d])五一(?![一二三四五六七八九十\d])|"
    r"劳动节|儿童节|妇女节|情人节|母亲节|父亲节|教师节|冬至|小年|大年三十|双十一|过年|十一(?=假期|长假|黄金周))"
)
_LUNAR = (
    r"(?:[正腊冬]月(?:初?[一二三四五六七八九十]|(?:二?十|廿)[一二三四五六七八九]?)|"
    r"大年(?:初[一二三四五六七八九十]|三十)夜?)"
)
_SEASON = r"(?:年初|年中|年底|年末|初|底|末|[春夏秋冬](?:天|季)?|入[春夏秋冬])"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<v>{_YEAR}的?(?:{_MONTH}{_PART}?|{_FEAST}|{_SEASON}|暑假|寒假))",
        rf"(?<!{_N})(?P<v>(?:{_N}{{1,2}}[-~至到、])?{_MONTH}{_PART})(?!药)",
        rf"(?:自从?|从|于|在|到|至|等到?|是)(?P<v>{_MONTH})(?![龄经子嫂饼大全均]|{_N})",
        rf"(?:过完?了?|自从?|从|是|于|等到?|到|这个?)(?P<v>{_FEAST})(?!期间)",
        rf"(?P<v>{_FEAST})(?=那[天晚]|当[天晚日]|前(?!列)|后|以后|之[前后]|以来|夜里|晚上|凌晨|假期|长假|回)",
        rf"(?P<v>{_LUNAR})",
        r"(?P<v>(?:上上?个?|本|这个?|下个?|当)月\s?(?:初|底|末|中旬|上旬|下旬|(?:[12]?\d|3[01])[号日]))",
        r"(?<![\d第])(?P<v>(?:[12]?\d|3[01])[号日])(?=[上下]午|晚上|早上|中午|凌晨|那[天晚]|当[天晚]|出院|入院|住院|复查|复诊|手术|来院)",
    )
)


def chinese_days(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the words that name a day, a month, a feast or a season of something that happened or will."""
    for match in _WEEKDAY.finditer(text):
        if match["which"] or not _recurs(text, match.start(), match.end()):
            yield match.span("v")
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _HABIT.search(text, max(0, match.start() - 6), match.start("v")):
                yield match.span("v")


def _recurs(text: str, start: int, end: int) -> bool:
    """Whether the weekday is one of every week: by a word before it, a working week, or a medicine taken on it."""
    if _HABIT.search(text, max(0, start - 6), start) or _FROM_MONDAY.search(text, max(0, start - 5), start):
        return True
    after = _LISTED.match(text, end)
    end = after.end() if after else end
    return bool(_WHOLE_WEEK.match(text, end) or _SCHEDULE.match(text, end))


_LISTED = re.compile(r"(?:[、,，和及]\s?(?:周|星期|礼拜)[一二三四五六日天]){1,6}")
