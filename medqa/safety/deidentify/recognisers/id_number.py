"""Identity numbers: Chinese resident (GB 11643), US social security, UK NHS, and others by the word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.recognisers._patterns import Patterns
from medqa.safety.deidentify.span import Span

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, section 4
_CHECK = "10X98765432"
_RESIDENT = (
    r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|"
    r"3[01])[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_NHS = r"(?<!\d)\d{3}[ -]\d{3}[ -]\d{4}(?!\d)"
_BY_CONTEXT = (
    r"(?i)(?:\bssn|social security(?: number)?|national insurance(?: number)?|\bnino|passport(?: number| no\.?)?|"
    r"driver'?s? licen[cs]e(?: number| no\.?)?|insurance (?:number|id|no\.?)|member(?:ship)? (?:id|number|no\.?)|"
    r"medicare(?: number| no\.?)?|\bnhs (?:number|no\.?)|\bid (?:number|no\.?|card))"
    r"\s*(?:is|was|:|#|：|no\.?)*\s*(?P<v>(?=[A-Z0-9 -]*\d)[A-Z0-9][A-Z0-9-]{4,18}(?: \d{2,4}){0,4}(?![A-Za-z0-9]))",
    r"(?:护照|通行证|回乡证|台胞证|军官证|驾驶证|社保卡?|医保卡?|身份证|证件)(?:号码?|编号)?\s*(?:为|是|：|:)?\s*"
    r"(?P<v>(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,20})",
    r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])",
    r"(?<![A-Za-z0-9])[A-Z]{1,2}\d{6}\([0-9A]\)",  # Hong Kong
    r"(?<![A-Za-z0-9])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])",  # UK insurance
)


class IdNumber:
    """Finds ID."""

    def __init__(self) -> None:
        self._found = (
            Patterns("ID", (_RESIDENT,), _has_check_digit),
            Patterns("ID", (_NHS,), _is_nhs),
            Patterns("ID", _BY_CONTEXT),
        )

    def find(self, text: str) -> Iterator[Span]:
        """Numbers that pass their check digit, or that are called an identity number."""
        for patterns in self._found:
            yield from patterns.find(text)


plugin = IdNumber


def _has_check_digit(number: str) -> bool:
    digits = re.sub(r"[ -]", "", number).upper()
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == digits[17]


def _is_nhs(number: str) -> bool:
    """The NHS number's modulus 11 check (NHS Data Dictionary)."""
    digits = [int(sign) for sign in number if sign.isdigit()]
    check = 11 - sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == digits[9]
