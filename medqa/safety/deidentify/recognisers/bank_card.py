"""Bank cards by Luhn's check digit, account numbers by ISO 13616 or by the word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.recognisers._patterns import Patterns
from medqa.safety.deidentify.span import Span

_CARD = r"(?<![\d.+])\d(?:[ -]?\d){12,18}(?![\d.]?\d)"
_IBAN = r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
_BY_CONTEXT = (
    r"(?i)\b(?:card|cc)(?: number| no\.?)? ?#?\s*(?P<v>\d{12,19})(?!\d)",
    r"(?i)(?:(?:credit|debit|bank) card(?: number| no\.?)?|card (?:number|no\.?)|account (?:number|no\.?)|银行卡号?|"
    r"卡号|银行账号|账号|账户)"
    r"\s*(?:is|was|：|:|#|为|是)*\s*(?P<v>\d[\d -]{6,24}\d)",
)


class BankCard:
    """Finds BANK_CARD."""

    def __init__(self) -> None:
        self._found = (
            Patterns("BANK_CARD", (_CARD,), _passes_luhn),
            Patterns("BANK_CARD", (_IBAN,), _is_iban, flags=re.IGNORECASE),
            Patterns("BANK_CARD", _BY_CONTEXT),
        )

    def find(self, text: str) -> Iterator[Span]:
        """Numbers that pass their check digit, or that are called a card or an account."""
        for patterns in self._found:
            yield from patterns.find(text)


plugin = BankCard


def _passes_luhn(number: str) -> bool:
    digits = [int(sign) for sign in reversed(number) if sign.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[1::2])
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_iban(number: str) -> bool:
    packed = number.replace(" ", "")
    turned = packed[4:] + packed[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
