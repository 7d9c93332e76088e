"""``medqa ask``: one grounded answer."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from medqa.serve import options, threads


@click.command(name="ask", short_help="Answer a question, each sentence with its source.")
@click.argument("question", required=False)
@options.conversation
@options.as_json
@options.batch
@options.home
def plugin(
    question: str | None, as_json: bool, batch: TextIO | None, home: Path | None, **conversation: str | None
) -> None:
    """Answer QUESTION from the knowledge base, each sentence with its source.

    When there is no good evidence, the answer says so; that is a result, not a failure.

    \b
      medqa ask "What should my blood pressure be if I have diabetes?"
      medqa ask "对乙酰氨基酚有哪些注意事项？" --jurisdiction CN
      medqa ask "first-line drug for stage 2 hypertension" --audience clinician --json
      medqa ask --batch questions.jsonl > answers.jsonl

    A batch row: {"id": "1", "question": "...", "turns": [...], "audience": "...", "language": "..."}
    """
    import asyncio

    from medqa.serve.batch import Row, print_json, run_batch
    from medqa.serve.presenting import Json, reply_json
    from medqa.serve.progress import opened
    from medqa.serve.questions import read_row
    from medqa.serve.terminal import reply_text

    threads.one_a_product()
    options.one_input(question, batch, name="QUESTION")
    settings = options.settings_from(home)
    if batch is None:
        asked = read_row({"question": question, **conversation}, field="question", settings=settings)
        with opened(settings, once=True) as application:
            reply = asyncio.run(application.engine.ask(asked))
        if as_json:
            print_json(reply_json(reply))
        else:
            click.echo(reply_text(reply))
        return
    with opened(settings) as application, asyncio.Runner() as runner:

        def answer(row: Row) -> Json:
            asked = read_row(row, field="question", settings=settings)
            return reply_json(runner.run(application.engine.ask(asked)))

        run_batch(batch, answer, defaults=conversation)
