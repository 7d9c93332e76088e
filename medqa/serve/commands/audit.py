"""``medqa audit``: the audit log's key, its verification, checkpoints and entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.records.entry import Entry

_FILE = click.Path(path_type=Path, dir_okay=False)
_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?Z?)?)?)?")

old_keys = click.option(
    "--old-key", "old_keys", multiple=True, type=_FILE, metavar="FILE", help="A key used earlier; may be repeated."
)
first = click.option(
    "--from",
    "first",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Number of the first file to read, where earlier ones were archived or deleted.",
)


@click.group(name="audit", short_help="Make the audit log's key, verify the log, look into it.")
def plugin() -> None:
    """Make the audit log's key, verify the log, mark where it stands, look into it.

    The log is off unless MEDQA_AUDIT_LOG is true. It holds what was asked, decided and published as keyed hashes,
    never a word of anybody's. docs/audit-log.md says how it is kept.

    \b
      medqa audit key                                     once, before it is switched on
      medqa audit verify                                  is anything changed or missing?
      medqa audit checkpoint > /elsewhere/2026-11.json    keep it where the log's keeper cannot write
      medqa audit verify --checkpoint /elsewhere/2026-11.json
      medqa audit show --since 2026-11-01 --action asked
    """


@plugin.command()
@click.option("--file", "file", type=_FILE, help="Where to put it.  [default: MEDQA_AUDIT_KEY_FILE, else in the home]")
@options.as_json
@options.home
def key(file: Path | None, as_json: bool, home: Path | None) -> None:
    """Make the key of the audit log. A key that is there already is never overwritten."""
    from medqa.records.key import make_key
    from medqa.serve.batch import print_json
    from medqa.wiring import auditing

    settings = options.settings_from(home)
    path = file.expanduser().absolute() if file else auditing.key_file(settings)
    made = make_key(path)
    if as_json:
        print_json({"file": str(path), "key": made.id})
        return
    click.echo(f"made: {path} (key {made.id}, readable by you alone)")
    click.echo("Keep a copy in a safe place: without it the log can no longer be verified.")
    if path != auditing.key_file(settings):
        click.echo(f"To use it: MEDQA_AUDIT_KEY_FILE={path}")
    if not settings.audit_log:
        click.echo("To begin recording: MEDQA_AUDIT_LOG=true")


@plugin.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="Kept elsewhere; may be repeated.",
)
@old_keys
@first
@options.as_json
@options.home
def verify(
    checkpoints: tuple[Path, ...], old_keys: tuple[Path, ...], first: int, as_json: bool, home: Path | None
) -> None:
    """Read the whole log against its key, and against checkpoints. Exits with status 1 when anything is wrong.

    Without a checkpoint it cannot show that the end was cut off, nor that somebody with the key wrote it anew.
    """
    from medqa.serve.audit_reports import report_json, report_text
    from medqa.serve.batch import print_json
    from medqa.wiring import audit_reading

    settings = options.settings_from(home)
    report = audit_reading.verified(settings, old_keys=old_keys, checkpoints=checkpoints, first=first)
    if as_json:
        print_json(report_json(report))
    else:
        click.echo(report_text(report))
    if not report.is_sound:
        raise click.exceptions.Exit(1)


@plugin.command()
@old_keys
@first
@options.home
def checkpoint(old_keys: tuple[Path, ...], first: int, home: Path | None) -> None:
    """Verify the log and print a signed line of JSON: how many entries there are, and the last one's hash.

    Keep it where whoever runs this machine cannot change it: another machine, an e-mail, a print-out.
    """
    from medqa.serve.batch import print_json
    from medqa.wiring import audit_reading

    print_json(audit_reading.checkpoint(options.settings_from(home), old_keys=old_keys, first=first).as_json())


@plugin.command()
@click.option("--since", default="", metavar="TIME", help="From this UTC time: 2026, 2026-11, 2026-11-22T17:30 ...")
@click.option("--until", default="", metavar="TIME", help="To this UTC time, itself included.")
@click.option("--action", "actions", multiple=True, help="asked, screened, published ...; may be repeated.")
@click.option(
    "--text", type=click.File("r", encoding="utf-8"), metavar="FILE", help="Only where this was said; - for stdin."
)
@click.option("-n", "--last", type=click.IntRange(min=1), help="Only the last so many.")
@old_keys
@options.as_json
@options.home
def show(since: str, until: str, actions: tuple[str, ...], text: TextIO | None, **given: object) -> None:
    """Show entries, oldest first; --json prints one object a line. Nothing is verified.

    With --text, entries whose question or answer is just what the file holds: proof that it was said, or was not.
    """
    from collections import deque

    from medqa.serve.audit_reports import entry_json, entry_line
    from medqa.serve.batch import print_json
    from medqa.wiring.audit_reading import Selection, selected

    for moment in (since, until):
        if moment and not _MOMENT.fullmatch(moment):
            raise click.UsageError(f"{moment!r} is no time such as 2026-11-22 or 2026-11-22T17:30")
    home, keys, last = given["home"], given["old_keys"], given["last"]
    settings = options.settings_from(home if isinstance(home, Path) else None)
    said = text.read().strip("\r\n") if text else None
    wanted = Selection(since=since, until=until.rstrip("Z"), actions=actions, text=said)
    entries: Iterator[Entry] = selected(settings, wanted, old_keys=keys if isinstance(keys, tuple) else ())
    for entry in deque(entries, maxlen=last) if isinstance(last, int) else entries:
        if given["as_json"]:
            print_json(entry_json(entry))
        else:
            click.echo(entry_line(entry))
