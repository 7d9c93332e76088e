"""Options that several commands share, and the settings that come of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from medqa.settings import Settings
    from medqa.wiring.auditing import Auditor

_F = TypeVar("_F", bound=Callable[..., object])

home = click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="Folder that holds all state of this installation (or MEDQA_HOME).  [default: ~/.medqa]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
batch = click.option(
    "--batch",
    type=click.File("r", encoding="utf-8", errors="surrogateescape", lazy=False),
    metavar="FILE",
    help="Read JSON Lines (- for stdin), one request a row with an id; print one JSON object a line, in order.",
)
audience = click.option("--audience", default="patient", show_default=True, help="patient or clinician")
language = click.option("--lang", default="auto", show_default=True, help="auto, en or zh")
jurisdiction = click.option("--jurisdiction", metavar="CC", help="Country for emergency numbers: CN, US, GB, EU ...")


def conversation(command: _F) -> _F:
    """The options that say for whom, in which language and where."""
    return audience(language(jurisdiction(command)))


def settings_from(home: Path | None, **overrides: object) -> Settings:
    """The settings of this run, with logging set up: quiet, unless a level was asked for."""
    from medqa.settings import load_settings
    from medqa.telemetry import configure_logging

    settings = load_settings(home=home, **overrides)
    _hold_that_is_folder(settings.home)
    configure_logging(settings.log_level if "log_level" in settings.model_fields_set else "warning")
    return settings


def auditor_of(settings: Settings) -> Auditor | None:
    """What keeps the audit log, where one is wanted; what it took is on the disk when the command ends."""
    from medqa.wiring.auditing import auditor

    made = auditor(settings)
    if made is not None:
        click.get_current_context().call_on_close(made.flush)
    return made


def _hold_that_is_folder(home: Path) -> None:
    """Raises HomeError where a file stands in the place of the home, or of a folder above it."""
    from medqa.errors import HomeError

    nearest = next((place for place in (home, *home.parents) if place.exists()), home)
    if nearest.exists() and not nearest.is_dir():
        raise HomeError(f"{nearest} is a file, not a folder: name another home with --home DIR or MEDQA_HOME")


def one_input(text: str | None, batch_file: object, *, name: str) -> None:
    """Holds that there is either a text or a batch. Raises click.UsageError."""
    if (text is None) == (batch_file is None):
        raise click.UsageError(f"give either {name} or --batch FILE")
