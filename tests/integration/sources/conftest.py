"""A publisher on loopback, and a fetcher that does not sleep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from loopback_publisher import Publisher

from medqa.ingest.collecting import collect
from medqa.ingest.collection import CollectionReport, Progress
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Order, checked_options
from medqa.ingest.requesting import Manners
from medqa.registry import load

Bring = Callable[..., CollectionReport]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    yield server
    server.close()


@pytest.fixture
def mirror() -> Iterator[Publisher]:
    """A second publisher, on another port."""
    server = Publisher()
    yield server
    server.close()


@pytest.fixture
def waits() -> list[float]:
    """How long the fetcher would have slept, in seconds."""
    return []


@pytest.fixture
def web(waits: list[float]) -> Iterator[Fetcher]:
    """A fetcher without pause that notes its waits instead of sleeping."""
    manners = Manners(agent="MedQA/test", pause_s=0, first_wait_s=1, timeout_s=5, most_answer_mb=4, most_file_mb=4)
    fetcher = Fetcher(manners, sleep=waits.append)
    yield fetcher
    fetcher.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the source is brought to."""
    return tmp_path / "sample-source"


@pytest.fixture
def bring(publisher: Publisher, web: Fetcher, folder: Path) -> Bring:
    """Runs a recipe against the publisher: ``bring("medquad", limit=3, today="2026-11-22", version="main")``."""

    def run(
        name: str,
        *,
        limit: int | None = None,
        today: str = "2026-11-22",
        progress: Progress | None = None,
        **options: str,
    ) -> CollectionReport:
        recipe = load("medqa.ingest.recipes", name)()
        given = {**({"base_url": publisher.url} if recipe.offer.base_url else {}), **options}
        order = Order(
            options=checked_options(name, recipe.offer, given),
            today=date.fromisoformat(today),
            limit=limit,
            credentials={"tool": "medqa", "email": "a@example.org"},
        )
        return collect(name, recipe, order, folder, web, progress)

    return run
