"""``medqa train data``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from medqa.serve import options
from medqa.serve.training import config_argument, example_option


@click.command(name="data", short_help="Questions and cited answers from your knowledge base.")
@config_argument
@example_option("data")
@options.home
def plugin(config: Path, home: Path | None) -> None:
    """Build rows of instructions from what has been ingested: CONFIG is a TOML file (--example prints one).

    Each row is what a served model gets, and the answer that it should write: cited sentences, or a refusal where
    the passages do not answer. Documents are split, so that the test rows are about articles that training never saw.
    """
    import asyncio

    from medqa.serve.progress import ProgressLine
    from medqa.train.config import DataConfig, read_config
    from medqa.train.data_card import write_data_card
    from medqa.train.dataset import build
    from medqa.wiring import training

    checked = read_config(config, DataConfig)
    settings = options.settings_from(home)
    with (
        contextlib.closing(ProgressLine()) as progress,
        training.workshop(settings, writer=checked.writer) as workshop,
    ):
        report = asyncio.run(build(checked, workshop, progress))
        write_data_card(checked, report, workshop)
    for split, count in report.splits.items():
        click.echo(f"{split:<12} {count:>7,} rows from {report.documents.get(split, 0):,} documents")
    click.echo(f"written to {checked.output}: see its README.md")
