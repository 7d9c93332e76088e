"""``medqa eval``: runs one task of ``evals/tasks``."""

from __future__ import annotations

import importlib
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medqa.serve import options
from medqa.serve.task_options import TaskOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from medqa.settings import Settings

_FOLDER = "evals.tasks"


@click.command(
    name="eval",
    short_help="Measure how good MedQA is.",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("task", required=False)
@click.option("--list", "list_tasks", is_flag=True, help="Name the tasks and what each measures.")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder with the task's data."
)
@click.option("--json", "report_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page, with plots.")
@click.option("--option", "-o", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the task; repeatable.")
@options.home
@click.pass_context
def plugin(context: click.Context, /, task: str | None, list_tasks: bool, data: Path | None, **given: Any) -> None:
    """Measure how good MedQA is at TASK. An option of the task itself may also be written --key VALUE.

    \b
      medqa eval --list
      medqa eval retrieval --data ~/beir/medquad --against lexical --json report.json --html report.html
    """
    from medqa import registry

    if list_tasks:
        for name in registry.names(_FOLDER):
            click.echo(f"{name:<20} {_summary(registry.load(_FOLDER, name))}")
        return
    name = (task or "").replace("-", "_")
    if name not in registry.names(_FOLDER):
        known = ", ".join(registry.names(_FOLDER))
        raise click.UsageError(f"{'name a task' if task is None else f'no task named {task!r}'}: choose one of {known}")
    settings = options.settings_from(given["home"])
    asked = {"home": str(settings.home), **_pairs(given["pairs"]), **_named(context.args)}
    read = TaskOptions(asked)
    report = _runner(registry.load(_FOLDER, name))(data, read)
    for unread in read.unread:
        if unread != "home":
            click.echo(f"medqa: {name} has no option {unread}: it changed nothing", err=True)
    _deliver(name, report, settings, given["report_file"], given["page"])


def _deliver(task: str, report: dict[str, Any], settings: Settings, file: Path | None, page: Path | None) -> None:
    """Writes the files that were asked for; without a JSON file the tables go to stdout."""
    reporting = importlib.import_module("evals.reporting")
    if page is not None:
        head = reporting.header(task, report, settings, command=shlex.join(["medqa", *sys.argv[1:]]))
        page.write_text(reporting.html(head, report), encoding="utf-8")
        click.echo(f"page written to {page}", err=True)
    if file is None:
        click.echo(importlib.import_module("evals.reporting.text").plain(report), nl=False)
        return
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    click.echo(f"report written to {file}", err=True)


def _named(arguments: list[str]) -> dict[str, str]:
    """What was written as ``--key VALUE`` or ``--key=VALUE``."""
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        key, divider, value = argument.partition("=")
        given = value if divider else next(rest, None)
        if not key.startswith("--") or given is None:
            raise click.UsageError(f"{argument!r} is no option with a value: write --key VALUE")
        found[key.removeprefix("--").replace("-", "_")] = given
    return found


def _runner(task: Any) -> Callable[[Path | None, Mapping[str, str]], dict[str, Any]]:
    """The task's ``run``; a class is made first."""
    made = task() if isinstance(task, type) else task
    runner: Callable[[Path | None, Mapping[str, str]], dict[str, Any]] = getattr(made, "run", made)
    return runner


def _summary(task: Any) -> str:
    described = (task.__doc__ or sys.modules[task.__module__].__doc__ or "").strip()
    return described.partition("\n")[0]


def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    if any(not divider for _, divider, _ in split):
        raise click.UsageError("write an option as KEY=VALUE")
    return {key: value for key, _, value in split}
