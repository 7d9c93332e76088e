"""A folder of this machine, copied with a manifest that says whose it is and under which licence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order


class Folder:
    """Every file below a folder; hidden files and links are left out. What is deleted there is deleted here."""

    offer = Offer(
        title="Folder",
        publisher="",
        licence="",
        terms="You answer for the right to use these files: name their licence with --option licence=...",
        url="",
        options=(
            Option(name="path", description="The folder.", is_required=True),
            Option(name="title", description="What the source is called."),
            Option(name="publisher", description="Who stands behind the files."),
            Option(name="licence", description="Under which licence they may be used."),
        ),
        named_by="path",
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        root = Path(order["path"]).expanduser().resolve()
        if not root.is_dir():
            raise UsageError(f"there is no folder {order['path']!r}", field="path")
        if collection.folder.resolve().is_relative_to(root):
            raise UsageError(f"{str(root)!r} holds the home of MedQA itself: name a folder beside it", field="path")
        names: set[str] = set()
        for path in _files(root):
            if not order.is_within(len(names) + 1):
                return
            name = path.relative_to(root).as_posix()
            status = path.stat()
            names.add(name)
            try:
                collection.take(name, path, version=f"{status.st_mtime_ns}-{status.st_size}")
            except FetchError as err:
                collection.fail(name, err)
            collection.progress(len(names), None)
        if order.limit is None:
            collection.keep_only(names)


def _files(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as err:
        raise FetchError(f"{str(folder)!r} cannot be opened: {err.strerror}") from err
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry)


plugin = Folder
