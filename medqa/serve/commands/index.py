"""``medqa index``: the life of a snapshot."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import click

from medqa.serve import options

_SHOWN = ("id", "created", "path", "encoder", "metric", "chunker", "counts")


@click.group(name="index", short_help="Build, inspect, verify or roll back the index.")
def plugin() -> None:
    """Build, inspect, verify or roll back the search index.

    \b
      medqa index build       make it anew from the library, and publish it
      medqa index info        what is published
      medqa index verify      check every file and run the self-test
      medqa index rollback    go back to the one before
    """


@plugin.command()
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
@options.as_json
@options.home
def build(force: bool, as_json: bool, home: Path | None) -> None:
    """Make the index anew from the library, and publish it.

    A home that holds nothing yet gets the starter articles.
    """
    from medqa.serve.progress import ProgressLine
    from medqa.wiring import upkeep

    settings = options.settings_from(home)
    with contextlib.closing(ProgressLine()) as progress:
        snapshot_id = upkeep.build_index(settings, progress, force=force)
    _say({"snapshot": snapshot_id}, f"published: {snapshot_id}", as_json=as_json)


@plugin.command()
@options.as_json
@options.home
def info(as_json: bool, home: Path | None) -> None:
    """Show what the published index holds and how it was made."""
    from medqa.wiring import parts

    store = parts.snapshots(options.settings_from(home))
    manifest = {**store.info(), "kept": store.ids()}
    _say(manifest, _described(manifest), as_json=as_json)


@plugin.command()
@options.as_json
@options.home
def verify(as_json: bool, home: Path | None) -> None:
    """Check every file of the published index and run its self-test."""
    from medqa.wiring import parts

    settings = options.settings_from(home)
    store = parts.snapshots(settings)
    store.verify(parts.embedder(settings))
    _say({"snapshot": store.current(), "ok": True}, f"ok: {store.current()}", as_json=as_json)


@plugin.command()
@options.as_json
@options.home
def rollback(as_json: bool, home: Path | None) -> None:
    """Publish the index before the present one."""
    from medqa.wiring import parts

    snapshot_id = parts.snapshots(options.settings_from(home)).rollback()
    _say({"snapshot": snapshot_id}, f"published: {snapshot_id}", as_json=as_json)


def _say(value: dict[str, object], text: str, *, as_json: bool) -> None:
    from medqa.serve.batch import print_json

    if as_json:
        print_json(value)
    else:
        click.echo(text)


def _described(manifest: Mapping[str, object]) -> str:
    lines = []
    for name in (*_SHOWN, "kept"):
        value = manifest.get(name)
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {entry}" for key, entry in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        if value is not None:
            lines.append(f"{name:<10} {value}")
    return "\n".join(lines)
