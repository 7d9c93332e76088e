"""JSON Lines in, JSON Lines out: same order, the row's id first, one bad row costs only itself."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from medqa.errors import MedQAError, UsageError
from medqa.serve.presenting import Json

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is not a request."""

    id: str | int | None
    error: UsageError


def print_json(value: Json) -> None:
    """One JSON object on a line of stdout, at once. Ends the command when its reader has gone: `... | head -1`."""
    try:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError as err:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere
        raise click.exceptions.Exit(0) from err


def read_rows(lines: Iterable[str]) -> Iterator[Row | BadRow]:
    """The rows of a JSON Lines file; blank lines are skipped."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            yield BadRow(None, UsageError(f"line {number} is not valid JSON", code="bad_json"))
            continue
        if not isinstance(row, dict):
            yield BadRow(None, UsageError(f"line {number} is not a JSON object", code="bad_json"))
        elif not isinstance(row.get("id"), str | int):
            yield BadRow(None, UsageError(f"line {number} has no id", field="id"))
        else:
            yield row


def run_batch(lines: Iterable[str], answer: Callable[[Row], Json], *, defaults: Row) -> None:
    """Prints one object for each row. Exits with status 1 at the end when any row failed.

    A row that fails prints ``{"id", "error": {"code", "message", "field"}}``. ``defaults`` are the options
    given on the command line; a row's own come first.
    """
    failed = total = 0
    for row in read_rows(lines):
        total += 1
        result = _result(row, answer, defaults)
        failed += "error" in result
        print_json(result)
    if failed:
        click.echo(f'medqa: {failed} of {total} rows failed; each says why under "error"', err=True)
        raise click.exceptions.Exit(1)


def _result(row: Row | BadRow, answer: Callable[[Row], Json], defaults: Row) -> Json:
    if isinstance(row, BadRow):
        return _error(row.id, row.error)
    given = {name: value for name, value in row.items() if value is not None}
    try:
        return {"id": row["id"], **{k: v for k, v in answer({**defaults, **given}).items() if k != "id"}}
    except MedQAError as err:
        return _error(row["id"], err)


def _error(id_: Any, err: MedQAError) -> Json:
    field = err.field if isinstance(err, UsageError) else None
    return {"id": id_, "error": {"code": err.code, "message": str(err), "field": field}}
