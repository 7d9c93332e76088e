"""A home of its own for a corpus under evaluation, built through the real pipeline and kept between runs."""

from __future__ import annotations

import sys
from pathlib import Path

from evals.harness import BeirFolder, Options
from medqa.settings import Settings, load_settings
from medqa.wiring import Application, parts, upkeep


def application(folder: BeirFolder, options: Options) -> Application:
    """The application over the corpus alone; ingests it into ``<home>/evals/<name>`` when it is not there yet."""
    settings = _settings(folder.name, options)
    upkeep.ingest(settings, [folder.corpus], source_id=folder.name, progress=_say)
    return Application(settings, parts.embedder(settings))


def starter_application(options: Options) -> Application:
    """The application over the articles that ship with MedQA, in ``<home>/evals/starter``."""
    settings = _settings("starter", options)
    upkeep.build_index(settings, _say)
    return Application(settings, parts.embedder(settings))


def _settings(name: str, options: Options) -> Settings:
    home = Path(options.get("home", "~/.medqa")).expanduser() / "evals" / name
    return load_settings(
        home=home,
        passages_per_document=int(options.get("passages_per_document", "2")),
        sentence_vectors_up_to=options.get("sentence_vectors_up_to"),
        encoder=options.get("encoder"),
        encoder_model=options.get("encoder_model"),
    )


def _say(stage: str, done: int, total: int | None) -> None:
    if done % 4096 == 0:
        print(f"{stage}: {done:,} of {total or '?'}", file=sys.stderr)
