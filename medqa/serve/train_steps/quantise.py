"""``medqa train quantise``."""

from __future__ import annotations

from pathlib import Path

import click

from medqa.serve.training import config_argument, example_option


@click.command(name="quantise", short_help="FP8, or four-bit weights.")
@config_argument
@example_option("quantise")
def plugin(config: Path) -> None:
    """Make a merged model smaller with llm-compressor: CONFIG is a TOML file (--example prints one)."""
    from medqa.train.config import QuantiseConfig, read_config
    from medqa.train.quantise import quantise

    click.echo("quantising in a process of its own; a large model takes a while ...", err=True)
    click.echo(f"written to {quantise(read_config(config, QuantiseConfig))}: see its README.md")
