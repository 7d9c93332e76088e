"""``medqa eval``: runs one task of ``evals/tasks``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medqa.serve import options

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = "evals.tasks"


@click.command(name="eval", short_help="Measure how good MedQA is.")
@click.argument("task", required=False)
@click.option("--list", "list_tasks", is_flag=True, help="Name the tasks and what each measures.")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder with the task's data."
)
@click.option("--json", "report_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here.")
@click.option("--option", "-o", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the task; repeatable.")
@options.home
def plugin(task: str | None, list_tasks: bool, data: Path | None, report_file: Path | None, **given: Any) -> None:
    """Measure how good MedQA is at TASK.

    \b
      medqa eval --list
      medqa eval retrieval --data ~/beir/medquad --json report.json
    """
    from medqa import registry

    if list_tasks:
        for name in registry.names(_FOLDER):
            click.echo(f"{name:<20} {_summary(registry.load(_FOLDER, name))}")
        return
    if task is None or task not in registry.names(_FOLDER):
        known = ", ".join(registry.names(_FOLDER))
        raise click.UsageError(f"{'name a task' if task is None else f'no task named {task!r}'}: choose one of {known}")
    settings = options.settings_from(given["home"])
    report = _runner(registry.load(_FOLDER, task))(data, {"home": str(settings.home), **_pairs(given["pairs"])})
    text = json.dumps(report, ensure_ascii=False, indent=2, default=str)
    if report_file is None:
        click.echo(text)
    else:
        report_file.write_text(text + "\n", encoding="utf-8")
        click.echo(f"report written to {report_file}", err=True)


def _runner(task: Any) -> Callable[[Path | None, dict[str, str]], dict[str, Any]]:
    """The task's ``run``; a class is made first."""
    made = task() if isinstance(task, type) else task
    runner: Callable[[Path | None, dict[str, str]], dict[str, Any]] = getattr(made, "run", made)
    return runner


def _summary(task: Any) -> str:
    import sys

    described = (task.__doc__ or sys.modules[task.__module__].__doc__ or "").strip()
    return described.partition("\n")[0]


def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    if any(not divider for _, divider, _ in split):
        raise click.UsageError("write an option as KEY=VALUE")
    return {key: value for key, _, value in split}
