"""The names by which people know medicines, and the endings of those that no list holds."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_ENDINGS = (
    r"\w{3,}(?:cillin|mycin|floxacin|azole|prazole|statin|sartan|olol|dipine|pril|oxetine|triptyline|azepam|zolam|"
    r"idone|apine|gliptin|gliflozin|glutide|xaban|parin|semide|thiazide|codone|tidine|setron|etiracetam)"
)
_ZH_ENDINGS = (
    r"[一-龥]{1,5}(?:西林|霉素|沙星|洛尔|沙坦|普利|地平|他汀|拉唑|替丁|格雷|沙班|列净|列汀|西汀|氮平|西泮|松片)"
)


@cache
def names() -> tuple[str, str]:
    """The medicines as regular expressions, English and Chinese."""
    held = tomllib.loads((Path(__file__).parent / "_medicines.toml").read_text(encoding="utf-8"))
    english = [word.replace("*", r"\w*").replace("_", " ") for word in held["en"].split()]
    chinese = sorted(held["zh"].split(), key=len, reverse=True)
    return rf"\b(?:{'|'.join(english)}|{_ENDINGS})\b", rf"(?:{'|'.join(chinese)}|{_ZH_ENDINGS}|药(?![房店剂师]))"


@cache
def medicine() -> re.Pattern[str]:
    """Any of them, in either language and case."""
    english, chinese = names()
    return re.compile(f"{english}|{chinese}", re.IGNORECASE)
