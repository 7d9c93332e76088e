"""Running a recipe: its options are checked, the manifest is written, the folder is locked, the files are brought."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medqa.domain.document import Source
from medqa.errors import IngestError, UsageError
from medqa.ingest.collection import Collection, CollectionReport, Progress, locked
from medqa.ingest.fetching import Fetcher
from medqa.ingest.manifest import MANIFEST
from medqa.ingest.recipe import BASE_URL, Order, Recipe, source_of
from medqa.ingest.saving import write_file

_HEAD = "# Written by `medqa sources`, which writes it anew on every update."
_DONE = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the manifest of a fetched source says about how it was fetched."""

    recipe: str
    options: Mapping[str, str]
    limit: int | None
    retrieved: str | None


def collect(
    recipe_id: str, recipe: Recipe, order: Order, folder: Path, web: Fetcher, progress: Progress | None = None
) -> CollectionReport:
    """Brings a source into the folder, whose name is the source's id: the report.

    Raises UsageError when the folder holds something else, FetchError when the publisher cannot be reached; what was
    fetched until then is kept, and the next run goes on from there.
    """
    source = source_of(recipe.offer, order.options, folder.name)
    with locked(folder):
        _hold_same(folder, recipe_id, order)
        collection = Collection(folder, web, order.today.isoformat(), progress)
        before = collection.marks.get(_DONE)
        _write_manifest(folder, source, recipe_id, recipe, order, before)
        try:
            recipe.collect(order, collection, web)
            collection.mark(_DONE, order.today.isoformat())
        except BaseException:
            if before is None and not collection.names():  # nothing came of it: there is no source to be updated
                (folder / MANIFEST).unlink(missing_ok=True)
            raise
        finally:
            collection.tidy()
        _write_manifest(folder, source, recipe_id, recipe, order, order.today.isoformat())
    return collection.report


def recorded(folder: Path) -> Recorded | None:
    """How the source in the folder was fetched; ``None`` when no recipe made it. Raises IngestError."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as err:
        raise IngestError(f"{path}: cannot be read as TOML: {err}") from err
    made = values.get("recipe")
    if not isinstance(made, dict) or not isinstance(made.get("name"), str):
        return None
    options = made.get("options")
    limit = made.get("limit")
    return Recorded(
        recipe=made["name"],
        options={str(k): str(v) for k, v in options.items()} if isinstance(options, dict) else {},
        limit=limit if isinstance(limit, int) else None,
        retrieved=str(values["retrieved"]) if "retrieved" in values else None,
    )


def _hold_same(folder: Path, recipe_id: str, order: Order) -> None:
    """Another query into the same folder would mix two sources. Raises UsageError."""
    held = recorded(folder)
    if held is None:
        return
    wanted = {name: value for name, value in order.options.items() if name != BASE_URL}
    before = {name: value for name, value in held.options.items() if name != BASE_URL}
    if held.recipe != recipe_id or any(before.get(name, value) != value for name, value in wanted.items()):
        raise UsageError(
            f"source {folder.name!r} holds something else already ({held.recipe} with other options): "
            f"choose another --source-id, or run `medqa sources update {folder.name}`",
            field="source_id",
        )


def _write_manifest(
    folder: Path, source: Source, recipe_id: str, recipe: Recipe, order: Order, retrieved: str | None
) -> None:
    values = {
        "schema": 1,
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "terms": recipe.offer.terms,
        "url": source.url,
        "publication_type": source.publication_type,
        "evidence_level": source.evidence_level,
        "retrieved": retrieved,
        "include": ["files/**"],
    }
    made = {"name": recipe_id, "limit": order.limit}
    parts = [_HEAD, *_lines(values), "", "[recipe]", *_lines(made), "", "[recipe.options]", *_lines(order.options)]
    write_file(folder / MANIFEST, ("\n".join(parts) + "\n").encode())


def _lines(values: Mapping[str, object]) -> list[str]:
    """TOML lines; a JSON string, number or list of strings is one in TOML too."""
    return [
        f"{name} = {json.dumps(value, ensure_ascii=False).replace(chr(127), '')}"
        for name, value in values.items()
        if value is not None and value != ""
    ]
