"""Ways of ranking passages that an evaluation compares: what is configured, and plain baselines beside it.

Baselines take the question as it was typed, with none of MedQA's reading of it: ``bm25``, ``encoder`` and ``rrf``
of both with its usual constant. Any retriever plug-in is a system under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from medqa.domain.conversation import Query, Question
from medqa.domain.passage import Hit
from medqa.errors import UsageError
from medqa.registry import load, names
from medqa.retrieve import fusion
from medqa.retrieve.wording import script

if TYPE_CHECKING:
    from medqa.wiring import Application

Ranking = Callable[[str], list[str]]
"""Question text to document ids, best first, each by its best passage."""

BASELINES = ("bm25", "encoder", "rrf")
DEPTH = 300  # passages, so that about a hundred documents are ranked
_USUAL_CONSTANT = 60  # Cormack, Clarke and Büttcher, SIGIR 2009
_RETRIEVERS = "medqa.retrieve.retrievers"


def ranking(app: Application, name: str) -> Ranking:
    """A system by name. Raises UsageError that lists the known ones."""
    if name in BASELINES:
        return _baseline(app, name)
    if name not in names(_RETRIEVERS):
        known = ", ".join((*BASELINES, *names(_RETRIEVERS)))
        raise UsageError(f"no system named {name!r}: choose of {known}", field="systems")
    retriever = load(_RETRIEVERS, name)(app.snapshot, app.embedder)

    def rank(text: str) -> list[str]:
        query = app.understanding.understand(Question(text=text, language=script(text)))
        return documents(retriever.retrieve(query, DEPTH))

    return rank


def documents(hits: Sequence[Hit]) -> list[str]:
    """The hits' documents in order, each once."""
    return list(dict.fromkeys(hit.passage.document_id for hit in hits))


def _baseline(app: Application, name: str) -> Ranking:
    makers = {"bm25": ("lexical",), "encoder": ("dense",), "rrf": ("lexical", "dense")}
    engines = [
        load(_RETRIEVERS, part)(app.snapshot, app.embedder, passages_per_document=DEPTH) for part in makers[name]
    ]

    def rank(text: str) -> list[str]:
        query = Query(text=text, standalone=text, language=script(text))
        lists = [documents(engine.retrieve(query, DEPTH)) for engine in engines]
        if len(lists) == 1:
            return lists[0]
        every = list(dict.fromkeys(found for part in lists for found in part))
        row_of = {document: row for row, document in enumerate(every)}
        fused = fusion.reciprocal_rank([(1.0, [row_of[d] for d in part]) for part in lists], _USUAL_CONSTANT)
        return [every[row] for row in fusion.best(fused)]

    return rank
