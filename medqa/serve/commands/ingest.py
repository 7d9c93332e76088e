"""``medqa ingest``: adds documents and publishes a new snapshot."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.index.report import IngestReport

_SHOWN = 50


@click.command(name="ingest", short_help="Add documents and publish a new index.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--source-id", metavar="ID", help="Name of the source.  [default: its manifest's, else the folder's]")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when any file was skipped.")
@options.as_json
@options.home
def plugin(paths: tuple[Path, ...], source_id: str | None, dry_run: bool, strict: bool, **given: object) -> None:
    """Add the files and folders at PATHS to the knowledge base, and publish a new index.

    Reads PDF, HTML, Markdown, text, DOCX, JATS, PubMed, FDA label and MedQuAD XML, and JSON Lines. Only what is new
    or changed is read again; files that are gone from a folder are removed. It may be interrupted and run again.

    \b
      medqa ingest ~/guidelines --source-id my-hospital --dry-run
      medqa ingest ~/guidelines --source-id my-hospital
      medqa ingest corpus.jsonl.gz --json
    """
    from medqa.serve.batch import print_json
    from medqa.serve.progress import ProgressLine
    from medqa.wiring import upkeep

    home = given["home"]
    settings = options.settings_from(home if isinstance(home, Path) else None)
    with contextlib.closing(ProgressLine()) as progress:
        report, snapshot_id = upkeep.ingest(settings, paths, source_id=source_id, dry_run=dry_run, progress=progress)
    if given["as_json"]:
        print_json({**report.as_json(), "snapshot": snapshot_id})
    else:
        nothing = "dry run: nothing was changed" if dry_run else "nothing could be taken in: this home is still empty"
        click.echo(_summary(report, f"published: {snapshot_id}" if snapshot_id else nothing))
    if strict and report.skipped > report.duplicates:
        raise click.exceptions.Exit(1)


def _summary(report: IngestReport, outcome: str) -> str:
    done = {"added": report.added, "changed": report.changed, "deleted": report.deleted, "unchanged": report.unchanged}
    counts = ", ".join(f"{count:,} {what}" for what, count in done.items())
    lines = [f"documents: {counts}; {report.passages:,} passages"]
    for failure in report.failures[:_SHOWN]:
        place = f"{failure.path} {failure.where}" if failure.where else failure.path
        lines.append(f"skipped {place}: {failure.reason}: {failure.message}")
    if len(report.failures) > _SHOWN:
        lines.append(f"... and {len(report.failures) - _SHOWN:,} more; --json lists them all")
    lines += [f"note: {warning}" for warning in report.warnings[:_SHOWN]]
    return "\n".join([*lines, outcome])
