"""``medqa search``: ranked passages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from medqa.serve import options, threads

if TYPE_CHECKING:
    from medqa.domain.conversation import Question
    from medqa.domain.passage import Hit
    from medqa.wiring import Application


@click.command(name="search", short_help="Find the passages that fit a query best.")
@click.argument("query", required=False)
@click.option("-k", type=int, default=10, show_default=True, help="How many passages, 1 to 1,000.")
@click.option(
    "--filter", "filters", multiple=True, metavar="KEY=VALUE", help="Keep only such passages; may be repeated."
)
@click.option("--lang", default="auto", show_default=True, help="auto, en or zh")
@options.as_json
@options.batch
@options.home
def plugin(query: str | None, as_json: bool, batch: TextIO | None, home: Path | None, **given: object) -> None:
    """Find the passages that fit QUERY best.

    \b
      medqa search "metformin side effects" -k 5
      medqa search "高血压 饮食" --filter language=zh
      medqa search "asthma" --filter year=2020..2026 --filter audience=clinician --json

    A batch row: {"id": "1", "query": "...", "k": 10, "filters": {"language": "en"}}
    """
    from medqa.serve.batch import Row, print_json, run_batch
    from medqa.serve.presenting import Json, search_json
    from medqa.serve.progress import opened
    from medqa.serve.questions import read_filters, read_k, read_row
    from medqa.serve.terminal import hits_text
    from medqa.telemetry import Stopwatch, new_id

    threads.one_a_product()
    options.one_input(query, batch, name="QUERY")
    settings = options.settings_from(home)

    def search(application: Application, row: Row) -> tuple[Question, list[Hit], dict[str, float]]:
        asked = read_row(row, field="query", settings=settings)
        k, filters = read_k(row["k"]), read_filters(row.get("filters"))
        watch = Stopwatch()
        with watch.stage("retrieve"):
            hits = application.search(asked, k, filters)
        return asked, hits, watch.timings_ms()

    def answer(application: Application, row: Row) -> Json:
        asked, hits, timings_ms = search(application, row)
        return search_json(asked.text, asked.language, hits, id_=new_id(), timings_ms=timings_ms)

    row = {"query": query, **given}
    if batch is None:
        read_row(row, field="query", settings=settings)
        read_k(row["k"])
        read_filters(row["filters"])
    with opened(settings, once=batch is None) as application:
        if batch is not None:
            run_batch(batch, lambda row: answer(application, row), defaults=given)
        elif as_json:
            print_json(answer(application, row))
        else:
            asked, hits, _ = search(application, row)
            click.echo(hits_text(hits, asked.language))
