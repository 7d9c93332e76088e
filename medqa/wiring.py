"""The one place where names from the settings become objects."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medqa.answer.engine import Engine
    from medqa.domain.conversation import Query, Question
    from medqa.domain.passage import Hit
    from medqa.protocols import OpenSnapshot, QueryUnderstanding, Retriever, Screener
    from medqa.settings import Settings


@dataclass(slots=True)
class Application:
    """One running installation: the engine and the parts that doors reach for directly."""

    settings: Settings
    engine: Engine
    screener: Screener
    understanding: QueryUnderstanding
    retriever: Retriever
    snapshot: OpenSnapshot

    def search(self, question: Question, k: int, filters: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> list[Hit]:
        """Ranked passages for a question, without an answer."""
        raise RuntimeError

    def facts_markdown(self) -> str:
        """Counts and versions of what answers, as Markdown for the page's About panel."""
        raise RuntimeError


@contextlib.contextmanager
def open_application(settings: Settings, *, build_starter: bool = True) -> Iterator[Application]:
    """The application over the published snapshot.

    Builds the starter index first, with progress on stderr, when the home has no snapshot and ``build_starter``.
    """
    raise RuntimeError
    yield


# The doors turn raw input into a Question with medqa/serve/questions.py:
#   read_question(text, *, turns=(), audience="patient", language="auto", jurisdiction=None, settings) -> Question
#   (UsageError with a field on bad input). Search uses the same function; its k and filters are checked beside it.
