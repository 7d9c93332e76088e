"""What ``medqa sources`` says: recipes, what was fetched, what is held; as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from medqa.index.holdings import Holdings
    from medqa.index.report import IngestReport
    from medqa.ingest.collecting import Recorded
    from medqa.ingest.recipe import Offer
    from medqa.wiring.sourcing import Brought

_SHOWN = 20
_OFFERED = ("title", "publisher", "licence", "terms", "url", "base_url")


def list_text(offers: Mapping[str, Offer], counts: Mapping[str, int], held: Mapping[str, Recorded]) -> str:
    """The recipes with licence and options, then the sources that are here; ``counts`` are of documents."""
    lines = [click.style("Recipes, for `medqa sources fetch NAME`:", bold=True)]
    for name, offer in offers.items():
        lines.append(f"  {name:<16} {offer.title}" + (f" · {offer.publisher}" if offer.publisher else ""))
        options = ", ".join(option.name for option in offer.options)
        facts = (offer.licence, f"options: {options}" if options else "")
        lines += [click.style(f"  {'':<16} {fact}", dim=True) for fact in facts if fact]
    lines += ["", click.style("Sources here:", bold=True)]
    for name in sorted({*counts, *held}):
        made = held.get(name)
        origin = f"by {made.recipe}, {made.retrieved or 'not finished'}" if made else "ingested by hand"
        lines.append(f"  {name:<32} {counts.get(name, 0):>9,} documents, {origin}")
    return "\n".join(lines if counts or held else [*lines, "  none yet"])


def ingested_text(report: IngestReport, snapshot_id: str | None) -> str:
    """What became of the files: counts of documents, and the first that were skipped with the reason."""
    lines = [
        f"documents: {report.added:,} added, {report.changed:,} changed, {report.deleted:,} deleted, "
        f"{report.unchanged:,} unchanged; {report.skipped:,} skipped"
    ]
    lines += [f"  skipped {each.path}: {each.reason}: {each.message}" for each in report.failures[:_SHOWN]]
    if len(report.failures) > _SHOWN:
        lines.append(f"  ... and {len(report.failures) - _SHOWN:,} more; --json lists them all")
    return "\n".join([*lines, f"published: {snapshot_id}"] if snapshot_id else lines)


def brought_json(brought: Brought) -> dict[str, Any]:
    """One run of a recipe, with every failure."""
    return {"source_id": brought.source_id, "folder": str(brought.folder), **asdict(brought.report)}


def brought_text(brought: Brought) -> str:
    """One run of a recipe: counts, then what could not be fetched and what a person should know."""
    report = brought.report
    lines = [
        f"{brought.source_id}: {report.added:,} files added, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged ({report.size / 1e6:,.1f} MB) in {brought.folder}"
    ]
    lines += [f"  not fetched: {each.name}: {each.message}" for each in report.failures[:_SHOWN]]
    if len(report.failures) > _SHOWN:
        lines.append(f"  ... and {len(report.failures) - _SHOWN:,} more; --json lists them all")
    lines += [f"  note: {note}" for note in report.notes[:_SHOWN]]
    return "\n".join(lines)


def offer_json(name: str, offer: Offer) -> dict[str, Any]:
    """A recipe with its terms and options."""
    values = asdict(offer)
    return {"id": name, **{key: values[key] for key in _OFFERED},
            "options": [asdict(option) for option in offer.all_options()]}  # fmt: skip


def recorded_json(recorded: Recorded | None) -> dict[str, Any]:
    """How a source was fetched; nulls when it was ingested by hand."""
    if recorded is None:
        return {"recipe": None, "options": {}, "limit": None, "retrieved": None}
    return {
        "recipe": recorded.recipe, "options": dict(recorded.options), "limit": recorded.limit,
        "retrieved": recorded.retrieved,
    }  # fmt: skip


def holdings_text(holdings: Holdings, made: Mapping[str, Any]) -> str:
    """What is held of a source, one fact a line; ``made`` is ``recorded_json`` of it."""
    source = holdings.source
    span = f"{holdings.first} to {holdings.last}" if holdings.first else "unknown"
    rows = [
        ("publisher", source.publisher or "unknown"),
        ("licence", _counted(holdings.licences.most_common())),
        ("documents", f"{holdings.documents:,} in {holdings.passages:,} passages"),
        ("languages", _counted(holdings.languages.most_common())),
        ("published", span + (f"; {holdings.undated:,} undated" if holdings.undated else "")),
        ("types", _counted(holdings.publication_types.most_common())),
        ("audiences", _counted(holdings.audiences.most_common())),
        ("retrieved", made["retrieved"] or source.retrieved or "unknown"),
        ("recipe", made["recipe"] or "ingested by hand"),
        ("past review", f"{holdings.stale:,}"),
        ("retracted", f"{holdings.retracted:,}"),
        ("unreviewed", f"{holdings.unreviewed:,} not clinically reviewed"),
    ]
    lines = [click.style(f"{source.title} ({source.id})", bold=True), *(f"{name:<12} {text}" for name, text in rows)]
    for heading, documents in (
        ("Past their review date:", holdings.stale_documents),
        ("Retracted:", holdings.retracted_documents),
    ):
        if documents:
            lines += ["", heading, *(f"  {key}  {title}" for key, title in list(documents.items())[:_SHOWN])]
    return "\n".join(lines)


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{name} {count:,}" for name, count in counts[:6])
    return shown + (f", and {len(counts) - 6:,} others" if len(counts) > 6 else "")
