"""One running installation: the engine over the published snapshot, and what doors reach for beside it."""

from __future__ import annotations

import contextlib
import copy
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from medqa.errors import SnapshotCorrupt
from medqa.wiring import auditing, parts
from medqa.wiring.masking import masker
from medqa.wiring.uploads import Uploads

if TYPE_CHECKING:
    from medqa.answer.engine import Engine
    from medqa.domain.conversation import Language, Question
    from medqa.domain.passage import Hit
    from medqa.protocols import Embedder, Filters, OpenSnapshot, QueryUnderstanding, Retriever, Screener
    from medqa.settings import Settings
    from medqa.wiring.upkeep import Progress

_log = logging.getLogger(__name__)


class Application:
    """Parts that serve everybody. ``refresh`` swaps in a newer snapshot; answers in flight keep the old one.

    What only answering needs, the screen among it, is made when it is first asked for: a search does without.

    ``degraded`` says why answers come from another snapshot than the published one; empty when they do not.
    """

    snapshot: OpenSnapshot
    retriever: Retriever

    def __init__(self, settings: Settings, embedder: Embedder, *, once: bool = False) -> None:
        from medqa.retrieve.query import Understanding

        self.settings = settings
        self._once = once
        self.embedder = embedder
        self.understanding: QueryUnderstanding = Understanding()
        self.uploads = Uploads(settings, embedder)
        self.auditor = auditing.auditor(settings)
        self._store = parts.snapshots(settings)
        self._engine: Engine | None = None
        self._making = threading.RLock()
        self.degraded: tuple[str, ...] = ()
        self._damaged: str | None = None
        snapshot, damage = self._store.open_last_intact(embedder)
        self._serve(snapshot)
        if damage is not None:
            self._degrade(damage)

    def search(self, question: Question, k: int, filters: Filters = ()) -> list[Hit]:
        """Ranked passages for a question, without an answer."""
        query = self.understanding.understand(question)
        wanted = tuple((name, tuple(values)) for name, values in filters)
        return self.retriever.retrieve(replace(query, filters=(*query.filters, *wanted)), k)

    @cached_property
    def screener(self) -> Screener:
        """What every question is screened by."""
        from medqa.safety.screen import RedFlagScreener

        with self._making:
            return RedFlagScreener(once=self._once)

    @property
    def engine(self) -> Engine:
        """What answers, over the snapshot in use."""
        with self._making:
            if self._engine is None:
                self._engine = self._made_engine(self.snapshot)
            return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        """Answers by another one, until a newer snapshot is served."""
        self._engine = engine

    def engine_with(self, uploads: Sequence[str]) -> Engine:
        """The engine, searching these attached documents too. Raises UsageError for one that is gone.

        Nothing of them leaves this machine: where the language model is elsewhere, answers are quotes.
        """
        if not uploads:
            return self.engine
        from medqa.answer.engine import Engine
        from medqa.retrieve.in_memory import Beside

        made = self.engine.parts
        made = replace(made, retriever=Beside(self.uploads.retrievers(uploads), made.retriever))
        if masker(self.settings.llm_base_url) is None:
            engine = copy.copy(self.engine)
            engine.parts = made
            return engine
        plain = parts.chat_model(self.settings, "extractive")
        checked = parts.verifier(self.settings.model_copy(update={"verifier": "lexical"}))
        here = replace(made, chat_model=plain, fallback=None, verifier=checked, relevance=None)
        return Engine(here, snapshot_id=self.engine.snapshot_id, options=self.engine.options)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is not as it should be while answers go on: the index in use, the audit log."""
        return (*self.degraded, *(self.auditor.troubles if self.auditor else ()))

    def close(self) -> None:
        """Brings what is still to be recorded to the disk."""
        if self.auditor is not None:
            self.auditor.flush()

    def notice(self, language: Language) -> str:
        """The AI notice that goes with every answer."""
        from medqa.answer.notice import notice

        return notice(language)

    def warm_up(self) -> None:
        """Loads what the first question in each language would otherwise wait for."""
        from medqa.domain.conversation import Question

        _ = self.engine
        for language, text in (("en", "What is a fever?"), ("zh", "什么是发热？")):
            self.search(Question(text=text, language=language), k=1)  # type: ignore[arg-type]

    def refresh(self) -> bool:
        """Opens the published snapshot if it is another one than that in use. Whether it was.

        Raises SnapshotError when it cannot be used, once for one that is damaged; the one in use goes on serving.
        """
        published = self._store.current()
        if published in (self.snapshot.id, self._damaged):
            return False
        try:
            snapshot = self._store.open(self.embedder)
        except SnapshotCorrupt as err:
            self._degrade(err)
            raise
        self._serve(snapshot)
        self.degraded, self._damaged = (), None
        return True

    def _degrade(self, damage: SnapshotCorrupt) -> None:
        """Says openly that the published snapshot is not the one in use, and leaves it alone from now on."""
        with contextlib.suppress(SnapshotCorrupt):
            self._damaged = self._store.current()
        self.degraded = (f"the published index is damaged, answering from {self.snapshot.id}: {damage}",)
        _log.warning("%s", self.degraded[0])

    def _serve(self, snapshot: OpenSnapshot) -> None:
        """Puts a retriever, and an engine where there is one already, over the snapshot."""
        settings = self.settings
        retriever = parts.retriever(settings, snapshot, self.embedder, settings.passages_per_document)
        with self._making:
            if self._engine is not None:
                self._engine = self._made_engine(snapshot)
            self.snapshot, self.retriever = snapshot, retriever

    def _made_engine(self, snapshot: OpenSnapshot) -> Engine:
        from medqa.answer.engine import Engine, Options, Parts

        settings = self.settings
        extractive = parts.chat_model(settings, "extractive")
        is_served = settings.chat_model != "extractive"
        made = Parts(
            screener=self.screener,
            understanding=self.understanding,
            retriever=parts.retriever(settings, snapshot, self.embedder, settings.evidence_per_document),
            chat_model=parts.chat_model(settings, settings.chat_model) if is_served else extractive,
            fallback=extractive if is_served else None,
            verifier=parts.verifier(settings),
            guards=parts.guards(),
            counsel=parts.counsel(),
            care=parts.care(settings) if self._engine is None else self._engine.parts.care,
            follow_ups=parts.follow_ups(settings),
            relevance=parts.relevance(settings),
            second_opinion=parts.second_opinion(settings),
            contradictions=parts.contradictions(snapshot),
            recorder=self.auditor,
        )
        return Engine(made, snapshot_id=snapshot.id, options=Options(evidence_k=settings.evidence_k))


@contextlib.contextmanager
def open_application(
    settings: Settings, *, build_starter: bool = True, progress: Progress | None = None, once: bool = False
) -> Iterator[Application]:
    """The application over the published snapshot, verified first.

    With ``build_starter`` a home without an index gets one from the shipped knowledge base.
    ``once`` is for a process that asks one question and ends.
    Raises SnapshotError or HomeError, each with what to do.
    """
    from medqa.wiring.upkeep import ensure_index

    encoder = parts.embedder(settings, once=once)
    if build_starter:
        ensure_index(settings, encoder, progress)
    with contextlib.closing(Application(settings, encoder, once=once)) as application:
        yield application
