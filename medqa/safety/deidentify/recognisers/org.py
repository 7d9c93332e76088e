"""Named hospitals, schools, firms and other bodies."""

from __future__ import annotations

import re

from medqa.safety.deidentify.recognisers._patterns import Patterns

_GENERAL = re.compile(
    r"^(?:[去到在的从往回及和与或向由被让]|当地|附近|上级|下级|三甲|二甲|社区|哪家|哪个|什么|一家|这家|那家|某|本|"
    r"我们|外院|其他|各|大|小|公立|私立|"
    r"综合|专科|专业|正规|定点|基层|县级|市级|省级|急诊|最近|就近|任何|该|同|每|全国|国内|国外|互联网|线上|医药|"
    r"保险|制药)"
)


def plugin() -> Patterns:
    """Finds ORG."""
    return Patterns(
        "ORG",
        (
            r"\b(?:[A-Z][\w&'.-]*\s(?:of |for |the |and |& )?){1,5}"
            r"(?:Hospital|Clinic|Medical Cent(?:er|re)|Health Cent(?:er|re)|University|College|School|Surgery|"
            r"Hospice|Bank|Foundation|"
            r"Pharmacy|Institute|Infirmary)\b(?: of [A-Z]\w+)?",
            r"\b[A-Z][\w&'-]*(?:,? (?:and |& )?[A-Z][\w&'-]*){0,4},? (?:Inc|Ltd|LLC|Corp|GmbH|PLC|Plc|Group|"
            r"and Sons|& Sons|Company|Holdings)\b\.?",
            r"[一-龥]{2,14}?(?:人民医院|中心医院|中医院|附属医院|医科大学|大学|医院|卫生院|诊所|有限公司|公司|中学|"
            r"小学|幼儿园|派出所|养老院|研究所|银行)(?:第[一二三四五六七八九十]附属医院)?",
        ),
        lambda words: not _GENERAL.match(words) and not words.startswith(("The Hospital", "The Clinic", "My ")),
    )
