"""``medqa deidentify``: masks personal data."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from medqa.serve import options


@click.command(name="deidentify", short_help="Mask personal data in a text.")
@click.argument("text", required=False)
@options.as_json
@options.batch
@options.home
def plugin(text: str | None, as_json: bool, batch: TextIO | None, home: Path | None) -> None:
    """Mask names, dates, numbers and addresses in TEXT.

    \b
      medqa deidentify "John Smith, born 3 May 1961, phone 555-0134"
      medqa deidentify --batch notes.jsonl > masked.jsonl

    A batch row: {"id": "1", "text": "..."}. Offsets count characters of the input.
    """
    from medqa.safety.deidentify import deidentify
    from medqa.serve.batch import Row, print_json, run_batch
    from medqa.serve.presenting import Json, masked_json
    from medqa.serve.questions import MAX_MASKED_CHARS, read_verbatim
    from medqa.telemetry import new_id

    options.one_input(text, batch, name="TEXT")
    options.settings_from(home)

    def answer(row: Row) -> Json:
        original = read_verbatim(row.get("text"), field="text", limit=MAX_MASKED_CHARS)
        masked, spans = deidentify(original)
        return {"id": new_id(), **masked_json(original, masked, spans)}

    if batch is not None:
        run_batch(batch, answer, defaults={})
    elif as_json:
        print_json(answer({"text": text}))
    else:
        click.echo(answer({"text": text})["text"])
