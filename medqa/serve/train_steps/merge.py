"""``medqa train merge``."""

from __future__ import annotations

from pathlib import Path

import click

from medqa.serve.training import config_argument, example_option


@click.command(name="merge", short_help="Adapter and model in one folder.")
@config_argument
@example_option("merge")
def plugin(config: Path) -> None:
    """Put an adapter into its model: CONFIG is a TOML file (--example prints one).

    A server takes the merged folder as it is; "medqa train quantise" makes it smaller.
    """
    from medqa.train.config import MergeConfig, read_config
    from medqa.train.merge import merge

    click.echo(f"written to {merge(read_config(config, MergeConfig))}: see its README.md")
