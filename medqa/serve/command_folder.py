"""A group whose subcommands are the files of a plural folder: dropping in a file is the whole change."""

from __future__ import annotations

from typing import Any

import click

from medqa import registry


class CommandFolder(click.Group):
    """Subcommands by file name, each module's ``plugin``; a module is read only when it is called or listed."""

    def __init__(self, *args: Any, folder: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._folder = folder

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(registry.names(self._folder))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in registry.names(self._folder):
            return None
        command = registry.load(self._folder, cmd_name)
        assert isinstance(command, click.Command)
        return command
