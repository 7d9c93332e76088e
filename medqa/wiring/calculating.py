"""Clinical instruments with the card that an answer may call for: the calculators count, the safety cards speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from medqa.domain.calculation import Assessment, Calculation
from medqa.domain.safety import Finding, Screening
from medqa.errors import UsageError
from medqa.registry import load, names

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.protocols import Calculator
    from medqa.wiring.auditing import Auditor

_FOLDER = "medqa.calculators"


def calculators() -> tuple[Calculator, ...]:
    """Every instrument that there is, by name."""
    return tuple(calculator(name) for name in names(_FOLDER))


def calculator(name: str) -> Calculator:
    """One instrument. Raises UsageError that lists the known ones."""
    known = names(_FOLDER)
    if name not in known:
        listed = ", ".join(known)
        message = f"there is no such calculator: choose one of {listed}"
        raise UsageError(message, field="calculator", code="unknown_calculator", facts={"known": listed})
    return cast("Calculator", load(_FOLDER, name)())


def assess(
    calculator: Calculator,
    answers: Mapping[str, int],
    *,
    language: Language,
    jurisdiction: str | None,
    auditor: Auditor | None = None,
) -> Assessment:
    """What the answers come to; a crisis card whenever a crisis item is marked, whatever the total is or lacks.

    ``auditor`` records that it was done, where a log is wanted. Raises UsageError for an item or a score that the
    instrument does not have.
    """
    from medqa.answer.notice import notice

    calculation = calculator.calculate(answers)
    assessment = Assessment(
        language=language,
        calculation=calculation,
        screening=_screening(calculation, answers, language, jurisdiction),
        notice=notice(language),
    )
    if auditor is not None:
        auditor.calculated(assessment)
    return assessment


def _screening(
    calculation: Calculation, answers: Mapping[str, int], language: Language, jurisdiction: str | None
) -> Screening:
    """The verdict that the screen would give on the same thing said in words."""
    from medqa.safety.jurisdiction import card

    if not calculation.crisis_items:
        return Screening()
    instrument = calculation.instrument
    said = {choice.score: choice.text[language] for choice in instrument.choices}
    return Screening(
        level="crisis",
        findings=tuple(
            Finding(rule=f"{instrument.name}.item_{item}", presentation="suicide", tier="M", span=said[answers[item]])
            for item in calculation.crisis_items
        ),
        card=card("crisis", language=language, jurisdiction=jurisdiction),
        takeover=True,
    )
