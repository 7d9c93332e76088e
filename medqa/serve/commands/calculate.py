"""``medqa calculate``: clinical questionnaires, counted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.domain.calculation import Assessment, Instrument
    from medqa.domain.conversation import Language
    from medqa.protocols import Calculator
    from medqa.settings import Settings
    from medqa.wiring.auditing import Auditor

_UNANSWERED = "-"
_ASKED = {
    "en": "{number} of {count}. {text}\n   {choices}\n   Your answer (Enter to leave it out)",
    "zh": "{number}/{count}　{text}\n   {choices}\n   您的回答（按回车键跳过）",
}
_AGAIN = {"en": "   Please type one of {scores}.", "zh": "   请输入其中一个数字：{scores}。"}


@click.command(name="calculate", short_help="Count a clinical questionnaire, such as the PHQ-9.")
@click.argument("name", required=False)
@click.argument("answers", nargs=-1)
@click.option("--list", "is_list", is_flag=True, help="List the calculators.")
@click.option("--lang", default="en", show_default=True, help="en or zh")
@options.jurisdiction
@options.as_json
@options.batch
@options.home
def plugin(
    name: str | None,
    answers: tuple[str, ...],
    is_list: bool,
    as_json: bool,
    batch: TextIO | None,
    home: Path | None,
    **given: str | None,
) -> None:
    """Count the ANSWERS to the questionnaire NAME, an answer an item; - for one that was not answered.

    Without answers, a terminal is asked one by one. An answer that calls for it brings a crisis card first,
    whatever the sum is. Needs no index and no model; nothing is stored.

    \b
      medqa calculate --list
      medqa calculate phq_9
      medqa calculate phq_9 0 1 2 0 1 0 0 1 0 --lang zh
      medqa calculate phq_9 1 1 - 0 0 0 0 0 0 --json
      medqa calculate phq_9 --batch sheets.jsonl

    A batch row: {"id": "1", "answers": [0, 1, null, 0, 1, 0, 0, 1, 0]} or {"id": "1", "answers": {"9": 1}}
    """
    from medqa.serve.batch import Row, print_json, run_batch
    from medqa.serve.presenting import Json, assessment_json
    from medqa.serve.terminal import assessment_text
    from medqa.telemetry import new_id

    if is_list:
        _list(as_json)
        return
    settings = options.settings_from(home)
    chosen, auditor = _chosen(name, is_twice=bool(answers and batch)), options.auditor_of(settings)

    def answer(row: Row) -> Json:
        return assessment_json(_assessed(row, chosen, settings, auditor), new_id())

    if batch is not None:
        run_batch(batch, answer, defaults=given)
        return
    row = {"answers": _given(answers) if answers else _asked(chosen.instrument, given, settings), **given}
    if as_json:
        print_json(answer(row))
    else:
        click.echo(assessment_text(_assessed(row, chosen, settings, auditor)))


def _chosen(name: str | None, *, is_twice: bool) -> Calculator:
    from medqa.wiring.calculating import calculator

    if name is None:
        raise click.UsageError("name a calculator; medqa calculate --list shows them")
    if is_twice:
        raise click.UsageError("give either ANSWERS or --batch FILE")
    return calculator(name)


def _assessed(
    row: Mapping[str, object], calculator: Calculator, settings: Settings, auditor: Auditor | None
) -> Assessment:
    from medqa.serve.answer_sheets import read_sheet
    from medqa.wiring.calculating import assess

    sheet = read_sheet(row, calculator.instrument, settings=settings)
    return assess(calculator, sheet.answers, language=sheet.language, jurisdiction=sheet.jurisdiction, auditor=auditor)


def _list(as_json: bool) -> None:
    from medqa.serve.batch import print_json
    from medqa.serve.presenting import instrument_json
    from medqa.wiring.calculating import calculators

    for each in calculators():
        instrument = each.instrument
        if as_json:
            print_json(instrument_json(instrument))
        else:
            click.echo(f"{instrument.name:<10} {instrument.title['en']}\n{'':<10} {instrument.title['zh']}")


def _given(answers: tuple[str, ...]) -> list[int | str | None]:
    """Scores as numbers; what is none stays as it is, for the gate to refuse."""
    return [None if each == _UNANSWERED else int(each) if each.isdecimal() else each for each in answers]


def _asked(instrument: Instrument, given: dict[str, str | None], settings: Settings) -> dict[str, int]:
    """The answers of whoever sits at the terminal. Raises click.UsageError where nobody does."""
    from medqa.serve.questions import read_options

    if not sys.stdin.isatty():
        raise click.UsageError("give an answer for each item, or --batch FILE; a terminal is asked one by one")
    language, _ = read_options(given, settings)
    click.echo(f"{instrument.title[language]}\n{instrument.stem[language]}\n", err=True)
    answers = {}
    for number, item in enumerate(instrument.items, start=1):
        choices = "   ".join(f"{choice.score} {choice.text[language]}" for choice in instrument.choices)
        question = _ASKED[language].format(
            number=number, count=len(instrument.items), text=item.text[language], choices=choices
        )
        if (score := _score(question, instrument, language)) is not None:
            answers[item.id] = score
    return answers


def _score(question: str, instrument: Instrument, language: Language) -> int | None:
    scores = {str(choice.score): choice.score for choice in instrument.choices}
    while True:
        typed = click.prompt(question, default="", show_default=False, err=True).strip()
        if typed in ("", _UNANSWERED):
            return None
        if typed in scores:
            return scores[typed]
        click.echo(_AGAIN[language].format(scores=", ".join(scores)), err=True)
