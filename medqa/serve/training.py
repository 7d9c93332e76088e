"""What the steps of ``medqa train`` share on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., object])

config_argument = click.argument("config", type=click.Path(path_type=Path, dir_okay=False))


def example_option(step: str) -> Callable[[_F], _F]:
    """``--example``: prints a file to start from."""

    def show(context: click.Context, _: click.Parameter, is_wanted: bool) -> None:
        if not is_wanted or context.resilient_parsing:
            return
        from medqa.train.config import example

        click.echo(example(step), nl=False)
        context.exit()

    return click.option(
        "--example", is_flag=True, is_eager=True, expose_value=False, callback=show, help="Print a file to start from."
    )
