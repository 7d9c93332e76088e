"""Chinese text: which surname with one or two characters after it names a person.

Chinese marks names by nothing but their place, so a surname alone is not enough. A cue before it (患者, 我叫, 我女儿),
a title or a verb after it (医生, 女士, 说), or a list's punctuation around it decides; common words that begin like a
surname (高血压, 白蛋白, 帕金森) are left out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from medqa.safety.deidentify.chinese_callings import familiar_names
from medqa.safety.deidentify.chinese_cues import (
    END,
    GENDER,
    HAN,
    KIN,
    LEFT,
    OFTEN,
    STRONG,
    TITLE,
    any_of,
    clear_surnames,
)
from medqa.safety.deidentify.chinese_gaps import names_between_words
from medqa.safety.deidentify.wordlists import characters, ordinary_pairs, words


@cache
def _given() -> str:
    """A character of a given name: one of the list, or one so rare that ordinary text about health has it nowhere."""
    listed = "".join(sorted(characters("zh_given") - set("一二三四五六七八九十大小老")))
    return f"(?:[{listed}]|{_rare()})"


@cache
def _rare() -> str:
    """A character that ordinary text about health has nowhere."""
    ordinary = "".join(sorted(characters("zh_pairs") | words("zh_unclear") | set(":")))
    return f"(?:(?![{ordinary}])[{HAN}])"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    known = words("zh_surnames")
    clear = known - words("zh_unclear")
    given = _given()
    any_surname, plain = any_of(known), any_of(clear)
    free = rf"(?:·?[{HAN}]){{1,2}}"
    return (
        # after a word that announces a name: any characters may follow
        re.compile(rf"{STRONG}\s*(?:[：:]|是|为|叫|:)?\s*(?P<v>(?:{any_surname}){free}?){END}"),
        re.compile(rf"{STRONG}\s*(?:[：:]|是|为|叫)?\s*(?P<v>(?:{any_surname})[{HAN}]{{2}}){END}"),
        re.compile(rf"{STRONG}\s*[：:]?\s*(?P<v>[{HAN}]{{1,6}}(?:·[{HAN}]{{1,8}}){{1,3}})"),
        re.compile(rf"(?:姓名|联系人|签名|签字|收件人|户主|持卡人)\s*[：:]\s*(?P<v>[{HAN}]{{2,4}}){END}"),
        # after kinship or another person word, after a word that takes a person
        re.compile(rf"{KIN}\s*[：:（(]?\s*(?P<v>(?:{any_surname}){given}{{1,2}}?){END}"),
        re.compile(rf"{KIN}\s*[：:（(]?\s*(?P<v>(?:{plain})[{HAN}]{{1,2}}?){END}"),
        re.compile(rf"{LEFT}(?P<v>(?:{plain}|{OFTEN}){given}{{1,2}}?){END}"),
        re.compile(rf"(?:{KIN}|{LEFT})(?P<v>(?:{plain}){given}{{2}})"),
        re.compile(rf"{KIN}(?P<v>(?:{plain}|{OFTEN}){given}{{2}})"),
        re.compile(rf"(?:^|[^{HAN}])(?P<v>(?:{plain}|{OFTEN}){given}{{2}}|(?:{plain}){given})(?=的)"),
        re.compile(
            rf"(?:^|[^{HAN}])(?P<v>(?:{any_surname})[{HAN}]{{1,2}})(?=(?:签?收|亲启|敬上|谨上|留|"
            rf"转交)(?:[^{HAN}]|$))"
        ),
        re.compile(rf"的(?P<v>(?:{plain}){given}{{1,2}}?){END}"),
        re.compile(rf"[{HAN}]{{1,6}}\s?[：:]\s*(?P<v>(?:{any_surname}){given}{{1,2}})(?=[^{HAN}]|$)"),
        re.compile(
            rf"(?:^|[^{HAN}\w·])(?P<v>(?:{plain}|{OFTEN}){given}{{1,2}})(?=[和与跟]{any_surname}|"
            rf"[，,、\s]\s*[+\d]|[住在])"
        ),
        re.compile(rf"[和与跟、](?P<v>(?:{plain}|{OFTEN}){given}{{1,2}}?)(?=[都也]|一起|两人|[，,。；;、\s]|$)"),
        # before a title, an age or a sex
        re.compile(rf"(?<![{HAN}])(?P<v>(?:{any_surname})[{HAN}]{{1,2}}){TITLE}"),
        re.compile(rf"(?P<v>(?:{plain}|{OFTEN}){given}{{1,2}}){TITLE}"),
        re.compile(rf"[科院室](?P<v>(?:{any_surname})[{HAN}]{{1,2}}){TITLE}"),
        re.compile(rf"(?:^|[^{HAN}]|{LEFT})(?P<v>[小老阿]?(?:{any_surname})){TITLE}"),
        re.compile(rf"(?<![主责])(?P<v>{plain}){TITLE}"),
        re.compile(rf"(?:^|[^{HAN}])(?P<v>(?:{any_surname})[{HAN}]{{1,2}}){GENDER}"),
        # alone between marks, or at the head of a clause
        re.compile(rf"(?:^|[^{HAN}\w·])(?P<v>(?:{plain}|{OFTEN}){given}{{2}}){END}"),
        re.compile(
            rf"(?:^|[，,。；;、：:\n（(“\"\s])(?P<v>(?:{plain}){given})(?=[，,。；;、\n）)”\"\s]|$|说|问|的(?:妈|"
            rf"爸|女|儿|丈|妻|病历|报告|电话|"
            rf"检查|结果))"
        ),
        re.compile(rf"(?P<v>(?:{any_surname})某(?:某|[{HAN}](?=[，,。；;、\s男女的]))?)(?![些种个一人])"),
    )


@cache
def _rarer_patterns() -> tuple[re.Pattern[str], ...]:
    """By a number that is somebody's, by hearsay, by a character that only names have."""
    given, rare = _given(), _rare()
    any_surname = any_of(words("zh_surnames"))
    return (
        # after a number that is somebody's, after hearsay
        re.compile(rf"\d[xX]?的(?P<v>(?:{any_surname})[{HAN}]{{2}}){END}"),
        re.compile(
            rf"(?:听说|据说|得知|获悉|梦见|想起|认得|找到了?|碰到|遇到)(?P<v>(?:{any_surname}){given}{{1,2}}?){END}"
        ),
        # a character so rare that ordinary words have it nowhere
        re.compile(rf"(?:^|[^{HAN}]|{KIN}|{LEFT})(?P<v>(?:{any_surname})(?:[{HAN}]{rare}|{rare}[{HAN}]?)){END}"),
    )


def chinese_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of Chinese names; they may overlap. A full name once found is found wherever it recurs."""
    found: list[tuple[int, int]] = []
    for pattern in (*_patterns(), *_rarer_patterns()):
        for match in pattern.finditer(text):
            start, end = match.span("v")
            if _is_word(text, start, end):
                continue
            found.append((start, end))
    found += [*_unannounced(text), *_after_a_cue(text), *familiar_names(text)]
    found += [span for span in names_between_words(text) if not _is_word(text, *span)]
    yield from found
    for name in {text[start:end] for start, end in found if end - start > 2}:
        at = text.find(name)
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))


@cache
def _free() -> re.Pattern[str]:
    surnames = any_of(clear_surnames())
    given = _given()
    return re.compile(rf"(?=(?P<v>(?:{surnames}){given}{{1,2}}))")


def _unannounced(text: str) -> Iterator[tuple[int, int]]:
    """Full names in running text: a surname and given characters that ordinary words do not put side by side."""
    pairs = ordinary_pairs()
    last = 0
    for match in _free().finditer(text):
        start, end = match.span("v")
        if start < last or end - start < 3 or _is_word(text, start, end):
            continue
        if text[max(0, start - 1) : start + 1] in words("zh_not_names"):
            continue
        around = [text[at : at + 2] for at in range(max(0, start - 1), end - 1)]
        if not pairs.intersection(around):
            last = end
            yield start, end


@cache
def _cued() -> re.Pattern[str]:
    surnames = any_of(clear_surnames() | {"于"})
    given = _given()
    return re.compile(rf"(?:^|[^{HAN}]|{KIN}|{LEFT}|收到|为什么|为何)(?P<v>(?:{surnames}){given})", re.MULTILINE)


def _after_a_cue(text: str) -> Iterator[tuple[int, int]]:
    """Names of two characters after a person word or at the head of a clause, where they are part of no word."""
    pairs = ordinary_pairs()
    for match in _cued().finditer(text):
        start, end = match.span("v")
        beside = {text[start : start + 2], text[end - 1 : end + 1]}
        if not pairs & beside and not _is_word(text, start, end):
            yield start, end


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether what stands here begins an ordinary or a clinical word rather than a name."""
    if text[start] in _JOINING and not _STRONG_BEFORE.search(text, max(0, start - 8), start):
        return True
    titled = end - start == 1 and text[start] not in words("zh_unclear") and _TITLED.match(text, end) is not None
    ahead = text[start : start + (1 if titled else 4)]
    if any(ahead[:size] in words("zh_not_names") for size in (4, 3, 2)) or _ends_in_word(text, start, end):
        return True
    return end - start > 1 and _CLINICAL_NEXT.match(text, end) is not None


_TITLED = re.compile(TITLE)
_JOINING = "和但都来粘"  # surnames of few, and words of everybody
_STRONG_BEFORE = re.compile(rf"{STRONG}[：:]?\s*$")
_CLINICAL_NEXT = re.compile(
    r"征(?![得求集用])|综合[征症]|氏|丸|蛇药|膏|散(?!步|发)|疫苗|评分|试验|颗粒|胶囊|口服液|疮|反射|定律|[杆球弧]?菌|病毒|"
    r"瘫(?!痪)|针(?![灸对眼])|片(?![子头])"
)
_TAILS = re.compile(
    r"(?:患者|病人|医生|医院|先生|女士|什么|怎么|多少|可以|不能|检查|治疗|手术|药|病|症|炎|癌|痛|区|市|县|省|路|街|"
    r"镇|村)$"
)


def _ends_in_word(text: str, start: int, end: int) -> bool:
    return _TAILS.search(text, start, end) is not None
