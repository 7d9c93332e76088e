"""Named hospitals, schools, firms and other bodies, by the word that says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.english_words import Kind, kind_of
from medqa.safety.deidentify.recognisers._patterns import Patterns
from medqa.safety.deidentify.span import Span

_WORD = r"[A-ZÀ-Þ][\w&'’.-]{0,30}"
_NAME = r"(?:\d )?[A-ZÀ-Þ][\w&'’.-]{1,30}?(?: (?:and |of |& )?[A-ZÀ-Þ][\w&'’-]{1,30}){0,3}"
_BODY = (
    r"(?:Hospitals?|Clinic|Medical (?:Cent(?:er|re)|Practice|Group|School)|Health (?:Cent(?:er|re)|System|Trust)|"
    r"Dental (?:Practice|Clinic|Care|Surgery)|University|College|"
    r"(?:Primary |High |Middle |Elementary |Secondary |Grammar |Infant |Junior )?School|Academy|Surgery|Hospice|Bank|"
    r"Foundation|Pharmacy|Institute|Infirmary|Polyclinic|Sanatorium|"
    r"Nursing Home|Care Home|Nursery|Kindergarten|Library|Church|Laborator(?:y|ies)|Orchestra|Airlines|Hotel|Museum|"
    r"Restaurant)"
)
_ENGLISH = (
    rf"\b(?:{_WORD} (?:of |for |the |and |& )?){{1,5}}{_BODY}\b(?: of {_WORD})?",
    rf"\b(?:University|College|Hospital|Bank|Institute|School) of (?:the )?{_WORD}(?: {_WORD}){{0,2}}",
    rf"\b{_WORD}(?:,? (?:and |& )?{_WORD}){{0,4}},? (?:Inc|Ltd|LLC|LLP|Corp|Corporation|GmbH|PLC|Plc|Group|and Sons|"
    rf"& Sons|Company|Co|Holdings|Limited|Logistics|Technologies|Solutions|"
    rf"Industries|Systems|Partners|Consulting|Enterprises|Associates|Insurance)\b\.?(?: Inc\b\.?| Ltd\b\.?)?",
    rf"\b(?:[Ww]ork(?:s|ed|ing)? (?:at|for)|[Ee]mployed (?:at|by)|[Ee]mployer(?: is)?:?) (?P<v>{_WORD}(?: (?:and |"
    rf"& )?{_WORD}){{0,3}})",
    r"\b[A-ZÀ-Þ][\w'’-]+, [A-ZÀ-Þ][\w'’-]+ and [A-ZÀ-Þ][\w'’-]+(?= (?:Orchestra|office|Inc|Ltd))",
    r"\b[a-z][\w'’-]+(?: [a-z][\w'’-]+)? (?:inc|ltd|llc|corp)\b\.?",
    # whose letter, contract or speaker it is
    rf"\b(?:[Hh]is|[Hh]er|[Tt]heir|[Mm]y|[Yy]our) (?P<v>{_NAME}) (?:resignation|redundancy|severance|employment|"
    r"contract|payslip|pension|severance|badge|salary|payroll|shares|coworkers?|colleagues?|internship)\b",
    rf"(?:^|(?<=[.!?] )|(?<=\n))(?P<v>{_NAME}) (?:songwriter|spokes(?:man|woman|person)|analyst|economist|"
    r"executive|lawyer|engineer|researcher|employee|staffer|chief|boss|chairman|director) "
    r"(?=[A-ZÀ-Þ][^\W\d_]+ [A-ZÀ-Þ])",
    # what only a body has or does: an office, a web site, staff, an agency's trade
    rf"\b[Tt]he (?P<v>{_NAME}) (?:office|website|web site|headquarters|helpline|branch|payroll)\b",
    rf"\b(?:later|since) (?:became|called|renamed|known as) (?P<v>{_NAME})(?= in \d|[.,;]|$)",
    rf"\b(?:year|month|summer|internship|placement|job|career|shift)s? (?:at|with) (?P<v>{_NAME})(?= (?:in|"
    rf"as|before|and|until|"
    r"where)\b|[.,;]|$)",
    rf"\b(?:meet|met|meeting|appointment)\b[^.\n]{{0,20}} at (?P<v>{_NAME})(?=, \d)",
    rf"(?:^|(?<=[.!?\n] )|(?<=\n))(?P<v>{_NAME}) is an? (?:[A-Za-z-]+ ){{0,3}}(?:agency|company|firm|"
    rf"startup|start-up|manufacturer|"
    r"maker|retailer|charity|supplier|insurer|bank|brand|provider of)\b",
    rf"\b(?:CEO|CTO|CFO|[Ff]ounder|[Pp]resident|[Cc]hair(?:man|woman)?|[Dd]irector|[Mm]anager|[Oo]wner|"
    rf"[Hh]ead|[Ee]mployee) (?:of|at) "
    rf"(?P<v>(?!the\b){_NAME})(?=[.,;'’]|$| (?:and|in|who|since)\b)",
    rf"\bof (?P<v>{_NAME})(?= is the (?:CEO|CTO|CFO|founder|president|owner|director|chair))",
    # the line between a name and a street in an address block
    rf"(?<=\n)[ \t]*(?:\?+ )?(?P<v>{_NAME})[ \t]*(?=\n[ \t]*(?:\?+ )?(?:\d{{2,6}} \w|(?:Unit|UNIT|PSC|"
    rf"USNS|USS|USNV|USCGC|CMR) |"
    r"[Tt]he corner))",
)
_OF_A_BODY = re.compile(
    rf"\b(?P<given>[^\W\d_]+)(?: [A-ZÀ-Þ]\.)? (?:[^\W\d_]+) (?:of|from|at) (?P<v>{_NAME})(?=['’]s\b|[.,;]|$)",
    re.MULTILINE,
)
_FROM = re.compile(
    rf"\b(?P<given>[^\W\d_]+) (?:is|was|works|comes) (?:from|at|for) (?P<v>{_NAME})(?=[.,;]|$)", re.MULTILINE
)
_LIST = re.compile(rf"(?P<v>{_NAME}(?:, {_NAME}){{0,4}},? and {_NAME})(?=['’.,;]|$)", re.MULTILINE)
_SUFFIX = re.compile(
    r"\b(?:Inc|Ltd|LLC|Corp|Corporation|GmbH|Group|Company|Holdings|Consulting|Analytics|Technologies|" r"Systems)\b"
)
_WHOSE = re.compile(rf"(?P<v>{_NAME})['’]s (?:(?:Mr|Mrs|Ms|Dr)\.? )?(?P<given>[^\W\d_]+) [A-ZÀ-Þ]")
_PARTNERS = re.compile(r"(?P<v>[A-ZÀ-Þ][\w'’]+(?:-[A-ZÀ-Þ][\w'’]+|(?:, [A-ZÀ-Þ][\w'’]+)+,? (?:and|&) [A-ZÀ-Þ][\w'’]+))")
_FIRM = re.compile(
    r"\b(?:from|at|with|by|for|joined|left|behind) "
    r"(?P<v>[A-ZÀ-Þ][\w'’-]+(?:, [A-ZÀ-Þ][\w'’-]+)+,? (?:and|&) [A-ZÀ-Þ][\w'’-]+)(?= as\b|[.,;\n]|$)"
)
_KIND_ZH = (
    "人民医院|中心医院|中医院|附属医院|妇幼保健院|保健院|卫生服务中心|卫生服务站|卫生院|卫生室|卫生所|"
    "医科大学|大学|学院|医院|诊所|门诊部|体检中心|血站|急救中心|"
    "有限责任公司|股份有限公司|有限公司|集团|公司|中学|小学|学校|幼儿园|托儿所|派出所|公安局|法院|养老院|"
    "敬老院|福利院|护理院|研究所|研究院|银行|药房|药店|工厂|电子厂"
)
_CHINESE = re.compile(
    rf"(?P<v>[一-龥]{{2,14}}?(?:{_KIND_ZH}))(?:第[一二三四五六七八九十]附属医院|附属第?[一二三四五六七八九十]?医院|"
    rf"[一-龥]{{0,3}}(?:院区|分院|分行|支行))?"
    r"(?!生|毕业|城|里的|教授)"
)
_LEAD = re.compile(
    r"^.*(?:入住|就诊于|就诊|转入|转至|转到|送到|送往|送至|住进|住在|来到|去了?|到了?|在|于|从|往|回|被|由|经|至|"
    r"和|与|及|或|向|让|找|(?:可能|没|我|也|就|还|都|只)有|挂了?|"
    r"看了?|是|的|说|叫|我们|他们|她们|[我他她你]|因|请|为|了|患者|"
    r"医生|年|月|日|号|岁|男|女)(?=[一-龥]{3,})"
)
_GENERAL = re.compile(
    r"^(?:当地|附近|楼下|楼上|路口|街角|村口|小区|门口|对面|上级|下级|[一二三]级|三甲|二甲|三级甲等|社区|哪家|哪个|哪所|什么|一家|一所|这家|这所|那家|某|"
    r"本|我们|外院|其他|别的|各|大|小|公立|私立|民营|军队|武警|综合|专科|专业|正规|"
    r"定点|基层|县级?|市级?|省级?|区级?|镇|乡镇?|村|急诊|最近|就近|任何|该|同|每|全国|国内|国外|海外|互联网|线上|"
    r"医药|保险|制药|生物|食品|妇产|儿童|肿瘤|口腔|眼科|精神病?|传染病?|中医|西医|"
    r"扣款|开户|发卡|所属|工商|农业|建设|中国|交通|招商|邮政|储蓄|中西医结合|康复|教学|宠物|医学|师范|重点|农村|"
    r"城市|学校|单位|所在|不同|多家|几家|两家|所有|许多|很多|大型|小型|上市|外资|跨国|"
    r"网络|户口所在地|居住地|周边)+"
    rf"(?:{_KIND_ZH})?$"
)


_ERRAND = re.compile(rf"(?:[去到回转上或问交]|告诉|联系)(?:{_KIND_ZH})$")


class Organisation:
    """Finds ORG."""

    def __init__(self) -> None:
        self._english = Patterns(
            "ORG", _ENGLISH, lambda words: not words.startswith(("The Hospital", "The Clinic", "My "))
        )

    def find(self, text: str) -> Iterator[Span]:
        """Bodies with a name of their own; "the hospital" and 三甲医院 have none."""
        yield from self._english.find(text)
        yield from _by_their_people(text)
        for match in _CHINESE.finditer(text):
            words = match["v"]
            lead = _LEAD.match(words)
            kept = words[lead.end() :] if lead else words
            if len(kept) > 3 and not _ERRAND.search(kept) and not _GENERAL.match(kept) and not _GENERAL.match(words):
                yield Span(match.end("v") - len(kept), match.end(), "ORG")


def _by_their_people(text: str) -> Iterator[Span]:
    """Bodies that somebody with a given name is of, and firms called after their partners."""
    for match in _LIST.finditer(text):
        if _SUFFIX.search(match["v"]):
            yield Span(match.start("v"), match.end("v"), "ORG")
    for pattern in (_OF_A_BODY, _FROM, _WHOSE):
        for match in pattern.finditer(text):
            known = kind_of(match["v"].split(" ")[0])
            if kind_of(match["given"]) & Kind.GIVEN and not known & (Kind.PLACE | Kind.CLINICAL | Kind.EPONYM):
                yield Span(match.start("v"), match.end("v"), "ORG")
    for match in _FIRM.finditer(text):
        parts = [kind_of(word) for word in re.split(r",? (?:and|&) |, ", match["v"])]
        if not any(kind & (Kind.PLACE | Kind.CLINICAL | Kind.EPONYM) for kind in parts) and (
            sum(bool(kind & Kind.SURNAME) for kind in parts) >= 2
        ):
            yield Span(match.start("v"), match.end("v"), "ORG")
    for match in _PARTNERS.finditer(text):
        kinds = [kind_of(word) for word in re.findall(r"[^\W\d_][\w'’]+", match["v"]) if word not in ("and",)]
        named = [
            kind for kind in kinds if kind & Kind.SURNAME and not kind & (Kind.EPONYM | Kind.CLINICAL | Kind.PLACE)
        ]
        if len(named) == len(kinds) and any(not kind & Kind.COMMON for kind in named):
            yield Span(match.start("v"), match.end("v"), "ORG")


plugin = Organisation
