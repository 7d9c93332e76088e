"""Names of people, by title, by the word before them, and by common first names and surnames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from medqa.safety.deidentify.span import Span

_DATA = Path(__file__).parent.parent / "names.toml"
_WORD = r"[A-ZÀ-ÖØ-ÞŁŠŽČ][\w'’À-ž-]+"
_FULL = (
    rf"{_WORD}(?: (?:[A-Z]\.|(?:van|von|de|der|den|da|di|la|le|bin|al|ibn|el|del|"
    rf"dos)(?= ))){{0,2}}(?: {_WORD}){{0,2}}"
)
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Dame|Nurse|Mister|Madam|Sister|Rev)\.? (?P<v>{_FULL})"
)
_CALLED = re.compile(
    rf"(?:\b(?:[Mm]y name is|[Nn]ame ?[:：]|[Nn]ame is|[Cc]alled|[Pp]atient(?: name)? ?[:：]|[Pp]atient(?: is)?|"
    rf"[Nn]amed|"
    rf"I am|I'm|[Tt]his is|[Cc]ontact ?[:：]?|[Nn]ext of kin ?[:：]?|[Ss]igned(?: by)?|[Ss]een by|[Rr]eferred by|"
    rf"[Dd]ear|[Hh]i|[Hh]ello|[Rr]egards,?|[Ss]incerely,?|[Ww]ife|[Hh]usband|[Ss]on|[Dd]aughter|[Mm]other|[Ff]ather|"
    rf"[Bb]rother|[Ss]ister|[Ff]riend|[Nn]eighbour|[Nn]eighbor|[Cc]arer|[Ss]pouse),? )(?P<v>{_FULL})"
)
_CAPITALISED = re.compile(rf"(?<![\w'’-])(?=(?P<v>{_FULL}))")
_ZH_STRONG = (
    r"(?:患者姓名|病人姓名|姓名|联系人|紧急联系人|监护人|签名|签字|主治医师|主治医生|经治医师|主管医师|主刀医生|"
    r"接诊医生|我叫|我是|名叫|叫做|名字(?:是|叫)?|"
    r"收件人|开户人|户主|本人)"
)
_ZH_WEAK = (
    r"(?:患者|病人|家属|病患|病号|老公|老婆|丈夫|妻子|父亲|母亲|儿子|女儿|爸爸|妈妈|哥哥|姐姐|弟弟|妹妹|朋友|同事|"
    r"邻居|陪护)"
)
_ZH_END = (
    r"(?=[，,。；;、：:！!？?\s（(）)/|]|$|男|女|性别|年龄|今年|现年|电话|手机|身份证|住院|住址|因|于(?:\d|今|昨|"
    r"[一二三])|的|，|和|与|在|来|说|医生|医师|主任|先生|女士|已|于)"
)
_ZH_TITLE = r"(?=(?:先生|女士|小姐|太太|医生|医师|主任|大夫|护士长?|老师|教授|院长|阿姨|叔叔|同志|药师|师傅|总))"


_ALSO_WORDS = frozenset(
    ["may", "april", "june", "august", "will", "mark", "grace", "hope", "faith", "rose", "art", "bill"]
)


class Name:
    """Finds NAME."""

    def find(self, text: str) -> Iterator[Span]:
        """English names where the text has capitals, Chinese ones where it has surnames; each wherever it recurs."""
        found = list(_english(text))
        yield from found
        parts = {part for span in found for part in text[span.start : span.end].split() if len(part) > 2}
        for part in parts - {part for part in parts if part.casefold() in _ALSO_WORDS or not part[0].isupper()}:
            for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text):
                yield Span(*match.span(), "NAME")
        if re.search(r"[一-龥]", text):
            yield from _chinese(text)


plugin = Name


def _english(text: str) -> Iterator[Span]:
    known = _lists()
    for pattern in (_TITLED, _CALLED):
        for match in pattern.finditer(text):
            words = _without_tail(match["v"], known["not_names"])
            if words and (pattern is _TITLED or _is_likely(words, known)):
                yield Span(match.start("v"), match.start("v") + len(words), "NAME")
    for match in _CAPITALISED.finditer(text):
        words = _without_tail(match["v"], known["not_names"])
        if words and _is_name(words, known):
            yield Span(match.start(), match.start() + len(words), "NAME")


def _chinese(text: str) -> Iterator[Span]:
    for pattern in _zh_patterns():
        for match in pattern.finditer(text):
            if not match["v"].startswith(tuple(_lists()["zh_not_names"])):
                yield Span(match.start("v"), match.end("v"), "NAME")


def _without_tail(words: str, stop: frozenset[str]) -> str:
    """The words up to the first that is no part of a name."""
    kept: list[str] = []
    for word in words.split(" "):
        if re.sub(r"['’]s$", "", word).casefold() in stop:
            break
        kept.append(word)
    joined = " ".join(kept)
    return re.sub(r"['’]s$", "", joined)


def _is_likely(words: str, known: dict[str, frozenset[str]]) -> bool:
    return " " in words or words.casefold() in known["first_names"] or words.casefold() not in known["english_words"]


def _is_name(words: str, known: dict[str, frozenset[str]]) -> bool:
    """By a common first name, by an initial in the middle, or by letters that English words do not have."""
    first, _, rest = words.partition(" ")
    if first.casefold() in known["first_names"]:
        return bool(rest) or first.casefold() not in _ALSO_WORDS
    return bool(rest) and (re.search(r" [A-Z]\. ", words) is not None or not words.isascii())


@cache
def _zh_patterns() -> tuple[re.Pattern[str], ...]:
    known = _lists()
    surnames = "|".join(sorted(known["zh_surnames"], key=len, reverse=True))
    clear = "|".join(sorted(known["zh_surnames"] - known["zh_words"], key=len, reverse=True))
    return (
        re.compile(rf"{_ZH_STRONG}\s*(?:[：:]|是|为|叫)?\s*(?P<v>(?:{surnames})[一-龥·]{{1,3}}?){_ZH_END}"),
        re.compile(rf"{_ZH_WEAK}\s*[：:]?\s*(?P<v>(?:{clear})[一-龥]{{1,2}}?){_ZH_END}"),
        re.compile(rf"(?<![一-龥])(?P<v>(?:{clear})[一-龥]{{1,2}}){_ZH_TITLE}"),
        re.compile(rf"(?P<v>{clear}){_ZH_TITLE}(?!们)"),
        re.compile(rf"(?:^|[，,。；;\s：:（(])(?P<v>(?:{clear})[一-龥]{{1,2}})[，,]\s*(?:男|女)(?![儿孩人性生朋])"),
    )


@cache
def _lists() -> dict[str, frozenset[str]]:
    import tomllib

    return {name: frozenset(words.split()) for name, words in tomllib.loads(_DATA.read_text("utf-8")).items()}
