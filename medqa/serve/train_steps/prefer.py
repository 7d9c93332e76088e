"""``medqa train prefer``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from medqa.serve import options
from medqa.serve.training import config_argument, example_option


@click.command(name="prefer", short_help="Teach it to prefer what the claim ledger passes (DPO).")
@config_argument
@example_option("prefer")
@options.home
def plugin(config: Path, home: Path | None) -> None:
    """Train on pairs of answers that the claim ledger ranked: CONFIG is a TOML file (--example prints one).

    Rejected answers are those of the rows with one flaw (another number, a wrong citation, a needless refusal), or
    the worst of several that the served model writes.
    """
    from medqa.serve.progress import ProgressLine
    from medqa.train.config import PreferConfig, read_config
    from medqa.train.prefer import prefer
    from medqa.wiring import training

    checked = read_config(config, PreferConfig)
    pairs = training.pairs(options.settings_from(home), checked)
    with contextlib.closing(ProgressLine()) as progress:
        run = prefer(checked, pairs, progress)
    click.echo(f"{run.steps:,} steps over {run.rows:,} pairs, last loss {run.final_loss:.3f}")
    click.echo(f"written to {run.output}: see its README.md")
