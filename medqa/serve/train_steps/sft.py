"""``medqa train sft``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from medqa.serve.training import config_argument, example_option


@click.command(name="sft", short_help="Teach a model to answer that way: LoRA, QLoRA or all weights.")
@config_argument
@example_option("sft")
def plugin(config: Path) -> None:
    """Fine-tune a model on the rows of "medqa train data": CONFIG is a TOML file (--example prints one).

    The output folder holds the adapter or model, its tokenizer, the losses as rows and as a plot, and a card. Broken
    off, the same command takes up again from the last checkpoint.
    """
    from medqa.serve.progress import ProgressLine
    from medqa.train.config import SftConfig, read_config
    from medqa.train.sft import fine_tune

    checked = read_config(config, SftConfig)
    with contextlib.closing(ProgressLine()) as progress:
        run = fine_tune(checked, progress)
    if run.too_long:
        click.echo(f"{run.too_long:,} rows were longer than {checked.max_tokens:,} tokens and left out", err=True)
    click.echo(f"{run.steps:,} steps over {run.rows:,} rows, last loss {run.final_loss:.3f}")
    click.echo(f"written to {run.output}: see its README.md")
