"""Bringing real literature into a home: recipes by name, with the settings' manners, then ingestion."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from medqa import __version__
from medqa.errors import UsageError
from medqa.registry import load, names
from medqa.wiring import auditing, parts

if TYPE_CHECKING:
    from medqa.index.holdings import Holdings
    from medqa.index.report import IngestReport
    from medqa.ingest.collecting import Recorded
    from medqa.ingest.collection import CollectionReport
    from medqa.ingest.fetching import Fetcher
    from medqa.ingest.recipe import Offer, Order, Recipe
    from medqa.settings import Settings
    from medqa.wiring.upkeep import Progress

RECIPES = "medqa.ingest.recipes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one recipe brought. ``folder`` holds manifest, journal and ``files/``."""

    source_id: str
    folder: Path
    report: CollectionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A source that a recipe brought into this home earlier."""

    source_id: str
    folder: Path
    recorded: Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked of a recipe, as they wrote it."""

    recipe: str
    options: Mapping[str, str]
    limit: int | None = None
    source_id: str | None = None


def offers() -> dict[str, Offer]:
    """What each recipe brings, by name."""
    return {name: _recipe(name).offer for name in names(RECIPES)}


def held(settings: Settings) -> list[Held]:
    """Every source that a recipe brought, by id."""
    from medqa.ingest.collecting import recorded

    folders = sorted(_root(settings).iterdir()) if _root(settings).is_dir() else []
    made = ((folder, recorded(folder)) for folder in folders if folder.is_dir())
    return [Held(source_id=folder.name, folder=folder, recorded=record) for folder, record in made if record]


def fetch(settings: Settings, wish: Wish, progress: Progress | None = None) -> Brought:
    """Brings what is wanted into ``<home>/sources/<source_id>``; what is there already is brought up to date.

    Raises UsageError for an unknown recipe or option, FetchError when the publisher cannot be reached.
    """
    from medqa.ingest.collecting import collect

    recipe = _recipe(wish.recipe)
    order = _order(settings, wish, recipe.offer)
    folder = _root(settings) / _source_id(wish, recipe.offer, order)
    with contextlib.closing(_fetcher(settings, recipe.offer)) as web:
        report = collect(wish.recipe, recipe, order, folder, web, progress)
    return Brought(source_id=folder.name, folder=folder, report=report)


def update(settings: Settings, source: Held, progress: Progress | None = None) -> Brought:
    """Brings what is new or changed since the last time, as it was asked for then. Raises like ``fetch``."""
    made = source.recorded
    known = {option.name for option in _recipe(made.recipe).offer.all_options()}
    options = {name: value for name, value in made.options.items() if name in known}
    wish = Wish(recipe=made.recipe, options=options, limit=made.limit, source_id=source.source_id)
    return fetch(settings, wish, progress)


def take_in(
    settings: Settings, brought: Sequence[Brought], progress: Progress | None = None
) -> tuple[IngestReport, str | None]:
    """Ingests what was brought and publishes it: the report, and the snapshot's id."""
    from medqa.wiring import upkeep

    return upkeep.ingest(settings, [each.folder for each in brought], progress=progress)


def remove(settings: Settings, source_id: str, progress: Progress | None = None) -> tuple[int, str]:
    """Takes a source out of the library and its fetched files off the disk, and publishes what is left.

    How many documents went, and the snapshot's id. Raises UsageError when there is no such source, and when it is
    the only one: an index of nothing answers nothing.
    """
    import shutil

    brought = {each.source_id: each.folder for each in held(settings)}
    counts = library_sources(settings)
    if source_id not in {*counts, *brought}:
        known = ", ".join(sorted({*counts, *brought})) or "no source yet"
        raise UsageError(f"there is no source {source_id!r} here: this home holds {known}", field="source_id")
    if set(counts) == {source_id}:
        raise UsageError(f"{source_id} is the only source here: ingest another one first", field="source_id")
    with contextlib.closing(parts.library(settings)) as library:
        removed = library.remove_source(source_id)
        auditing.note(settings, "removed", source_id, documents=removed)
        snapshot_id = parts.snapshots(settings).build(library, parts.embedder(settings), progress)
    if source_id in brought:
        shutil.rmtree(brought[source_id])
    return removed, snapshot_id


def describe(settings: Settings, source_id: str) -> Holdings:
    """What the library holds of a source. Raises UsageError when it holds nothing of it."""
    from medqa.index.holdings import holdings_of

    with contextlib.closing(parts.library(settings)) as library:
        sources = {source.id: source for source, _ in library.sources()}
        if source_id not in sources:
            known = ", ".join(sources) or "no source yet"
            raise UsageError(f"there is no source {source_id!r} here: the library holds {known}", field="source_id")
        return holdings_of(sources[source_id], library.documents(source_id), today=_today())


def describe_all(settings: Settings) -> list[Holdings]:
    """What the library holds, source by source, by id."""
    from medqa.index.holdings import holdings_of

    with contextlib.closing(parts.library(settings)) as library:
        return [holdings_of(source, library.documents(source.id), today=_today()) for source, _ in library.sources()]


def library_sources(settings: Settings) -> dict[str, int]:
    """How many documents of each source the library holds."""
    with contextlib.closing(parts.library(settings)) as library:
        return {source.id: count for source, count in library.sources()}


def _recipe(name: str) -> Recipe:
    known = names(RECIPES)
    if name not in known:
        raise UsageError(f"there is no recipe {name!r}: choose one of {', '.join(known)}", field="recipe")
    return cast("Recipe", load(RECIPES, name)())


def _order(settings: Settings, wish: Wish, offer: Offer) -> Order:
    from medqa.ingest.recipe import BASE_URL, Order, checked_options

    mirror = settings.source_mirrors.get(wish.recipe)
    given = {**({BASE_URL: mirror} if mirror and offer.base_url else {}), **wish.options}
    if wish.limit is not None and wish.limit < 1:
        raise UsageError("limit must be at least 1", field="limit")
    options = checked_options(wish.recipe, offer, given)
    return Order(options=options, today=_today(), limit=wish.limit, credentials=_credentials(settings, offer))


def _credentials(settings: Settings, offer: Offer) -> dict[str, str]:
    """What NCBI asks for with each request; nobody else is told."""
    if offer.pause_with_key_s is None:
        return {}
    key = settings.ncbi_api_key.get_secret_value() if settings.ncbi_api_key else ""
    told = {"tool": "medqa", "email": settings.contact_email or "", "api_key": key}
    return {name: value for name, value in told.items() if value}


def _fetcher(settings: Settings, offer: Offer) -> Fetcher:
    from medqa.ingest.fetching import Fetcher
    from medqa.ingest.requesting import Manners
    from medqa.ingest.signing import Signer

    contact = f" (mailto:{settings.contact_email})" if settings.contact_email else ""
    manners = Manners(agent=f"MedQA/{__version__}{contact}", pause_s=offer.pause_s, hosts=offer.hosts)
    key = settings.ncbi_api_key.get_secret_value() if settings.ncbi_api_key else ""
    if key and offer.pause_with_key_s is not None:
        manners = replace(manners, pause_s=offer.pause_with_key_s, secrets=(key,))
    if offer.takes_s3_key and settings.s3_access_key and settings.s3_secret_key:
        secret_key = settings.s3_secret_key.get_secret_value()
        sign = Signer(access_key=settings.s3_access_key, secret_key=secret_key, region=settings.s3_region)
        manners = replace(manners, sign=sign)
    return Fetcher(manners)


def _source_id(wish: Wish, offer: Offer, order: Order) -> str:
    """The id that was asked for, or the recipe's name with what tells this source from others of it."""
    from medqa.ingest.manifest import slug

    if wish.source_id:
        if slug(wish.source_id) != wish.source_id:
            raise UsageError(
                f"{wish.source_id!r} cannot be a source id: use lower-case letters, digits, '-', '_' and '.'",
                field="source_id",
            )
        return wish.source_id
    about = offer.about(order.options)
    return slug(f"{wish.recipe.replace('_', '-')}-{slug(about)[:40]}" if about else wish.recipe.replace("_", "-"))


def _root(settings: Settings) -> Path:
    return settings.home / "sources"


def _today() -> date:
    return datetime.now(UTC).date()
