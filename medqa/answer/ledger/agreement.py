"""What must agree between a claim and the words that it rests on, whatever else they share.

Amounts with their units, bounds and periods; medicines; what is denied; which of two opposites is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from medqa.answer.ledger.bounds import bound, periods
from medqa.answer.ledger.polarity import denies, opposes
from medqa.answer.ledger.quantities import half_width, quantities, same
from medqa.answer.ledger.statement import Statement
from medqa.answer.ledger.windows import Window
from medqa.domain.quantity import Quantity

Kind = Literal["amount", "bound", "period", "medicine", "denial", "opposite"]

_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_POINTING = re.compile(r"[这那下上每第另同]$")  # 这一次 counts nothing
_PERIOD_HOURS = {1.0: "hour", 24.0: "day", 168.0: "week"}
_PERIOD_MONTHS = {1.0: "month", 12.0: "year"}

# Words for any medicine: naming one instead of another changes nothing.
GENERIC_MEDICINES = frozenset(
    {"药物", "药品", "疫苗", "处方药", "非处方药", "药片", "药膏", "止痛药", "退烧药", "葡萄糖", "碘"}
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing in which claim and source differ. ``is_opposite``: the source speaks of it and says another thing."""

    kind: Kind
    is_opposite: bool


def disagreements(claim: Statement, window: Window) -> list[Disagreement]:
    """What differs; a medicine may be named anywhere in the passage. No second sentence mends what the first denies."""
    said = window.statement
    found = [*_amounts(claim, said), *_periods(claim, said), *_medicines(claim, said, window.around)]
    if denies(claim, said) or denies(claim, window.first):
        found.append(Disagreement("denial", is_opposite=True))
    if claim.language == said.language and (opposes(claim, said) or opposes(claim, window.first)):
        found.append(Disagreement("opposite", is_opposite=True))
    return found


def _amounts(claim: Statement, window: Statement) -> list[Disagreement]:
    found = []
    held, spoken = quantities(window.text), quantities(claim.text)
    for mine in spoken:
        equal = [theirs for theirs in held if _equal(claim.text, mine, window.text, theirs)]
        if not equal:
            if not _is_period(mine, window.text) and not _is_article(claim.text, mine, held):
                found.append(Disagreement("amount", is_opposite=any(p.unit == mine.unit for p in held)))
        elif (side := bound(claim.text, mine)) and {bound(window.text, p) for p in equal} - {0} == {-side}:
            also = {bound(claim.text, p) for p in spoken if _equal(claim.text, p, claim.text, mine)}
            if claim.language != window.language and -side in also:
                continue  # the claim has that bound too: "A1 below 30, A2 from 30 to 300"
            found.append(Disagreement("bound", is_opposite=True))
    return found


def _equal(text: str, mine: Quantity, other_text: str, theirs: Quantity) -> bool:
    """The same amount; where one of them has no unit, the same number."""
    if bool(mine.unit) == bool(theirs.unit):
        return same(mine, theirs)
    bare, (whole, named) = (mine, (other_text, theirs)) if not mine.unit else (theirs, (text, mine))
    written = half_width(whole[named.start : named.end])
    return any(float(n.replace(",", "")) == bare.value for n in _DIGITS.findall(written))


def _is_period(quantity: Quantity, text: str) -> bool:
    """Whether the quantity is a period ("一日", "24 hours") that the text names without a number ("daily")."""
    by_unit = {"h": _PERIOD_HOURS, "month": _PERIOD_MONTHS}.get(quantity.unit, {})
    return by_unit.get(quantity.value) in periods(text)


def _is_article(text: str, mine: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether "one unit" or "一次" counts nothing: the source gives no amount of that kind."""
    is_one = text[mine.start : mine.end].lower().startswith(("one", "一"))
    return is_one and (bool(_POINTING.search(text[: mine.start])) or all(p.unit != mine.unit for p in held))


def _periods(claim: Statement, window: Statement) -> list[Disagreement]:
    mine, theirs = periods(claim.text), periods(window.text)
    if claim.language != window.language:  # "24小时" and "daily" may stand for one another, and beside one another
        is_other = bool(mine and theirs) and mine.isdisjoint(theirs)
    else:
        is_other = bool(mine and theirs) and not mine <= theirs
    return [Disagreement("period", is_opposite=True)] if is_other else []


def _medicines(claim: Statement, window: Statement, around: Statement) -> list[Disagreement]:
    mine, theirs = claim.drugs(GENERIC_MEDICINES), window.drugs(GENERIC_MEDICINES)
    missing = mine - theirs
    if not missing:
        return []
    is_another_named = bool(theirs - mine)
    if not is_another_named and (missing <= around.drugs(frozenset()) or claim.language != window.language):
        return []  # named elsewhere in the passage; or in a word of the other language that the lexicon lacks
    return [Disagreement("medicine", is_opposite=is_another_named)]
