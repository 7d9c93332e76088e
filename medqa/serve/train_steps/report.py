"""``medqa train report``."""

from __future__ import annotations

import importlib
import json
import shlex
import sys
from pathlib import Path

import click

from medqa.serve import options
from medqa.serve.training import config_argument, example_option


@click.command(name="report", short_help="Before and after, on documents that training never saw.")
@config_argument
@example_option("report")
@options.home
def plugin(config: Path, home: Path | None) -> None:
    """Judge two models on the same held-out rows: CONFIG is a TOML file (--example prints one).

    Format, citation precision and recall, refusals, fully supported answers and multiple choice, each with its 95%
    interval and the paired difference; tables here, report.json and report.html in the output folder.
    """
    from medqa import registry
    from medqa.train.config import ReportConfig, read_config

    checked = read_config(config, ReportConfig)
    settings = options.settings_from(home)
    task = registry.load("evals.tasks", "fine_tuning")()
    report = task.run(None, {"config": str(config), "home": str(settings.home)})
    checked.output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    (checked.output / "report.json").write_text(text + "\n", "utf-8")
    reporting = importlib.import_module("evals.reporting")
    head = reporting.header("fine_tuning", report, settings, command=shlex.join(["medqa", *sys.argv[1:]]))
    (checked.output / "report.html").write_text(reporting.html(head, report), "utf-8")
    click.echo(importlib.import_module("evals.reporting.text").plain(report), nl=False)
    click.echo(f"written to {checked.output}: report.json, report.html", err=True)
