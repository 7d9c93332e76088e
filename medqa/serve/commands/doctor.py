"""``medqa doctor``: is everything right?"""

from __future__ import annotations

from pathlib import Path

import click

from medqa.serve import options


@click.command(name="doctor", short_help="Is everything right? One line each, with the fix.")
@options.as_json
@options.home
def plugin(as_json: bool, home: Path | None) -> None:
    """Look over this installation: one line for each thing that must be right, with the fix for what is not."""
    import asyncio
    from dataclasses import asdict
    from itertools import chain

    from medqa.serve.batch import print_json
    from medqa.serve.model_server import look_up
    from medqa.serve.terminal import check_line
    from medqa.wiring.doctor import examine

    settings = options.settings_from(home)
    all_ok = True
    found = []
    for check in chain(examine(settings), asyncio.run(look_up(settings))):
        all_ok &= check.ok
        found.append(asdict(check))
        if not as_json:
            click.echo(check_line(check.ok, check.name, check.detail, check.fix))
    if as_json:
        print_json({"ok": all_ok, "checks": found})
    if not all_ok:
        raise click.exceptions.Exit(1)
