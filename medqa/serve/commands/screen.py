"""``medqa screen``: safety screening alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.domain.conversation import Question
    from medqa.domain.safety import Screening


@click.command(name="screen", short_help="Look for emergencies and crises in a text.")
@click.argument("text", required=False)
@click.option("--lang", default="auto", show_default=True, help="auto, en or zh")
@options.jurisdiction
@options.as_json
@options.batch
@options.home
def plugin(text: str | None, as_json: bool, batch: TextIO | None, home: Path | None, **given: object) -> None:
    """Look for emergencies and crises in TEXT, and show the card for them.

    Needs no index and no model; takes a few milliseconds.

    \b
      medqa screen "crushing chest pain going into my left arm" --jurisdiction US
      medqa screen "我不想活了" --json
      medqa screen --batch messages.jsonl

    A batch row: {"id": "1", "text": "..."} or {"id": "1", "turns": ["...", {"role": "...", "content": "..."}]}
    """
    from medqa.safety.screen import RedFlagScreener
    from medqa.serve.batch import Row, print_json, run_batch
    from medqa.serve.presenting import Json, safety_json
    from medqa.serve.questions import read_conversation
    from medqa.serve.terminal import screening_text
    from medqa.telemetry import new_id

    options.one_input(text, batch, name="TEXT")
    settings = options.settings_from(home)
    screener, auditor = RedFlagScreener(once=batch is None), options.auditor_of(settings)

    def screen(row: Row) -> tuple[Question, Screening]:
        said = read_conversation(row, settings=settings)
        found = screener.screen(said.text, said.turns, language=said.language, jurisdiction=said.jurisdiction)
        if auditor is not None:
            auditor.screened(said, found)
        return said, found

    def answer(row: Row) -> Json:
        return {"id": new_id(), **safety_json(screen(row)[1])}

    if batch is not None:
        run_batch(batch, answer, defaults=given)
    elif as_json:
        print_json(answer({"text": text, **given}))
    else:
        said, screening = screen({"text": text, **given})
        click.echo(screening_text(screening, said.language))
