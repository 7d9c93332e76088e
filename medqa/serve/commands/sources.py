"""``medqa sources``: brings real literature, keeps it up to date, and says what is here."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.settings import Settings
    from medqa.wiring.sourcing import Brought


@click.group(name="sources", short_help="Bring real literature, and see what is here.")
def plugin() -> None:
    """Bring open medical literature into the knowledge base, keep it up to date, and see what is here.

    \b
      medqa sources list
      medqa sources fetch medlineplus
      medqa sources fetch pubmed_query --option query="asthma inhaler technique" --limit 500
      medqa sources update
      medqa sources show medlineplus
      medqa sources remove medlineplus

    docs/sources.md says more about each source and its terms.
    """


@plugin.command(name="list")
@options.as_json
@options.home
def list_(as_json: bool, home: Path | None) -> None:
    """Show the recipes, and the sources that are here."""
    from medqa.serve.batch import print_json
    from medqa.serve.source_reports import list_text, offer_json, recorded_json
    from medqa.wiring import sourcing

    settings = options.settings_from(home)
    offers = sourcing.offers()
    counts = sourcing.library_sources(settings)
    held = {each.source_id: each.recorded for each in sourcing.held(settings)}
    if not as_json:
        click.echo(list_text(offers, counts, held))
        return
    sources = [
        {"id": name, "documents": counts.get(name, 0), **recorded_json(held.get(name))}
        for name in sorted({*counts, *held})
    ]
    print_json({"recipes": [offer_json(name, offer) for name, offer in offers.items()], "sources": sources})


@plugin.command()
@click.argument("recipe")
@click.option("--option", "given", multiple=True, metavar="NAME=VALUE", help="What is wanted; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many documents or files.")
@click.option("--source-id", metavar="ID", help="Name of the source.  [default: made of the recipe's]")
@click.option("--no-ingest", is_flag=True, help="Fetch the files only.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when anything could not be fetched.")
@options.as_json
@options.home
def fetch(recipe: str, given: tuple[str, ...], as_json: bool, home: Path | None, **asked: Any) -> None:
    """Bring a source by RECIPE, ingest it and publish a new index.

    It may be interrupted and run again; what has arrived is kept. Files lie in <home>/sources/<id>/files.

    \b
      medqa sources fetch medlineplus
      medqa sources fetch pubmed_query --option query="asthma[mh] AND guideline[pt]" --option since=2020-01-01
      medqa sources fetch dailymed --option drug=metformin --limit 20
      medqa sources fetch bucket --option bucket=guidelines --option base_url=https://s3.example.org
    """
    from medqa.serve.progress import ProgressLine
    from medqa.wiring import sourcing

    settings = options.settings_from(home)
    wish = sourcing.Wish(recipe=recipe, options=_options(given), limit=asked["limit"], source_id=asked["source_id"])
    _hold_terms(recipe, as_json=as_json)
    with contextlib.closing(ProgressLine()) as progress:
        brought = sourcing.fetch(settings, wish, progress)
    _finish(settings, [brought], ingest=not asked["no_ingest"], as_json=as_json, strict=asked["strict"])


@plugin.command()
@click.argument("source_ids", nargs=-1, metavar="[ID]...")
@click.option("--no-ingest", is_flag=True, help="Fetch the files only.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when anything could not be fetched.")
@options.as_json
@options.home
def update(source_ids: tuple[str, ...], no_ingest: bool, strict: bool, as_json: bool, home: Path | None) -> None:
    """Bring what is new, changed, retracted or withdrawn since the last time: of the sources named, or of all."""
    from medqa.errors import FetchError, UsageError
    from medqa.serve.progress import ProgressLine
    from medqa.wiring import sourcing

    settings = options.settings_from(home)
    held = {each.source_id: each for each in sourcing.held(settings)}
    for name in source_ids:
        if name not in held:
            raise UsageError(f"no recipe brought a source {name!r} here: {', '.join(held) or 'there is none yet'}")
    brought, failed = [], 0
    with contextlib.closing(ProgressLine()) as progress:
        for name in source_ids or held:
            try:
                brought.append(sourcing.update(settings, held[name], progress))
            except FetchError as err:  # one publisher that is away must not keep the others from being updated
                failed += 1
                click.secho(f"medqa: {name}: {err}", fg="red", err=True)
    _finish(settings, brought, ingest=not no_ingest, as_json=as_json, strict=strict)
    if failed:
        raise click.exceptions.Exit(1)


@plugin.command()
@click.argument("source_id", metavar="ID")
@options.as_json
@options.home
def show(source_id: str, as_json: bool, home: Path | None) -> None:
    """Show what is held of a source: counts, languages, dates, licence, what is stale or retracted."""
    from medqa.serve.batch import print_json
    from medqa.serve.source_reports import holdings_text, recorded_json
    from medqa.wiring import sourcing

    settings = options.settings_from(home)
    holdings = sourcing.describe(settings, source_id)
    made = {each.source_id: each.recorded for each in sourcing.held(settings)}.get(source_id)
    if as_json:
        print_json({**holdings.as_json(), **recorded_json(made)})
    else:
        click.echo(holdings_text(holdings, recorded_json(made)))


@plugin.command()
@click.argument("source_id", metavar="ID")
@options.as_json
@options.home
def remove(source_id: str, as_json: bool, home: Path | None) -> None:
    """Take a source out: its documents, its fetched files. A new index without it is published.

    `medqa index rollback` brings back the index, not the files.
    """
    from medqa.serve.batch import print_json
    from medqa.serve.progress import ProgressLine
    from medqa.wiring import sourcing

    with contextlib.closing(ProgressLine()) as progress:
        removed, snapshot_id = sourcing.remove(options.settings_from(home), source_id, progress)
    if as_json:
        print_json({"source": source_id, "deleted": removed, "snapshot": snapshot_id})
    else:
        click.echo(f"removed {source_id}: {removed:,} documents; published: {snapshot_id}")


def _options(given: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    wrong = next((name for name, equals, _ in pairs if not equals or not name), None)
    if wrong is not None:
        raise click.UsageError(f"--option {wrong!r} is no NAME=VALUE")
    return {name.strip(): value for name, _, value in pairs}


def _hold_terms(recipe: str, *, as_json: bool) -> None:
    """Says under which terms the source comes, before anything is fetched."""
    from medqa.wiring import sourcing

    offer = sourcing.offers().get(recipe)
    if offer and not as_json:
        click.secho(f"Licence: {offer.licence or 'as you name it'}. {offer.terms}", dim=True, err=True)


def _finish(settings: Settings, brought: Sequence[Brought], *, ingest: bool, as_json: bool, strict: bool) -> None:
    """Ingests, publishes and says what happened. Exits with status 1 if ``strict`` and anything failed."""
    from medqa.serve.batch import print_json
    from medqa.serve.progress import ProgressLine
    from medqa.serve.source_reports import brought_json, brought_text, ingested_text
    from medqa.wiring import sourcing

    report, snapshot_id = None, None
    if ingest and brought:
        with contextlib.closing(ProgressLine()) as progress:
            report, snapshot_id = sourcing.take_in(settings, brought, progress)
    if as_json:
        ingested = report.as_json() if report else None
        print_json({"fetched": [brought_json(each) for each in brought], "ingested": ingested, "snapshot": snapshot_id})
    else:
        for each in brought:
            click.echo(brought_text(each))
        if report:
            click.echo(ingested_text(report, snapshot_id))
    if strict and any(each.report.failures for each in brought):
        raise click.exceptions.Exit(1)
