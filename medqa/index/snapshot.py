"""Snapshots of the library: built aside, verified, published by one atomic rename, opened only when intact.

``<home>/snapshots/<id>/`` holds one; ``<home>/current`` names the published one. Readers in flight keep the
files that they opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from medqa import registry
from medqa.errors import HomeError, PublishConflict, SnapshotCorrupt, SnapshotMismatch, SnapshotMissing
from medqa.index import manifest as manifests
from medqa.index import selftest, vector_choice
from medqa.index.library import Library, Progress
from medqa.index.manifest import Encoder, Manifest, Parts
from medqa.index.sentence_vectors import FOLDER as SENTENCES
from medqa.index.sentence_vectors import SentenceVectors
from medqa.protocols import Embedder, LexicalIndex, PassageStore, SentenceSimilarity, VectorIndex

KEPT = 3  # snapshots, the published one included
_ID = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")
_BUILDING = ".building-"
_WAIT_S = 2.0
_STEPS = 4  # of building: vectors, passages, words, sentences (left out of very large libraries)
_METRIC = "inner_product"
_REBUILD = "run `medqa index build`"


@dataclass(slots=True)
class Snapshot:
    """A verified snapshot opened for reading."""

    id: str
    vectors: VectorIndex
    lexical: LexicalIndex
    passages: PassageStore
    manifest: Mapping[str, object]
    sentences: SentenceSimilarity | None = None


class SnapshotStore:
    """The snapshots of one home. ``on_publish`` is told ``published`` or ``rolled_back`` and the id, afterwards.

    ``user_words`` gives Chinese terms for cutting text; it is called when building.

    ``vector_index`` may be ``auto``: chosen by size when building, so that its vectors take ``vector_memory_mb`` at
    most. ``vector_device`` is ``cpu`` or ``cuda``. Libraries of at most ``sentences_up_to`` passages get a vector of
    every sentence as well.
    """

    def __init__(  # noqa: PLR0913 - each a setting of its own
        self,
        home: Path,
        *,
        vector_index: str = vector_choice.AUTO,
        vector_memory_mb: int = 512,
        vector_device: str = "cpu",
        lexical_index: str = "tantivy",
        passage_store: str = "sqlite",
        user_words: Callable[[], Sequence[str]] = tuple,
        sentences_up_to: int = 100_000,
        on_publish: Callable[[str, str], None] = lambda action, snapshot_id: None,
    ) -> None:
        self._current = home / "current"
        self._folder = home / "snapshots"
        self._parts = Parts(vectors=vector_index, lexical=lexical_index, passages=passage_store)
        self._vector_memory_mb, self._vector_device = vector_memory_mb, vector_device
        self._user_words = user_words
        self._sentences_up_to = sentences_up_to
        self._on_publish = on_publish

    def build(
        self, library: Library, embedder: Embedder, progress: Progress | None = None, *, force: bool = False
    ) -> str:
        """Publishes a snapshot of the library and returns its id; the present one's when it would be the same.

        Raises PublishConflict while another process publishes, HomeError when the disk refuses.
        """
        by_sentence = library.counts()["passages"] <= self._sentences_up_to
        with self._publishing(), library.frozen(embedder, progress, sentences=by_sentence):
            words = tuple(self._user_words())
            blank = self._blank(library, embedder, words)
            if by_sentence:
                counts = {**blank.counts, SENTENCES: sum(library.sentences(embedder)[0])}
                blank = blank.model_copy(update={"counts": counts})
            if not force and (same := self._same_as(blank)):
                return same
            with self._scaffold(blank.id) as folder:
                for done, _ in enumerate(self._parts_of(folder, library, embedder, words, blank), start=1):
                    if progress is not None:
                        progress("index", done, _STEPS)
                self._complete(folder, blank, embedder)
                folder.rename(self._folder / blank.id)
            manifests.synchronise(self._folder)
            self._publish(blank.id)
            self.prune()
        self._on_publish("published", blank.id)
        return blank.id

    def open(self, embedder: Embedder | None = None) -> Snapshot:
        """The published snapshot, every file verified first, and made by this encoder where one is given.

        Raises SnapshotMissing, SnapshotCorrupt or SnapshotMismatch, each with what to do.
        """
        return self._opened(self.current(), embedder)

    def open_last_intact(self, embedder: Embedder) -> tuple[Snapshot, SnapshotCorrupt | None]:
        """The published snapshot; when it is damaged, the newest intact one before it, and what is wrong.

        Raises what ``open`` raises when there is no such snapshot.
        """
        try:
            return self.open(embedder), None
        except SnapshotCorrupt as err:
            damage = err
        for snapshot_id in reversed(self._before_current()):
            with contextlib.suppress(SnapshotCorrupt, SnapshotMismatch):
                return self._opened(snapshot_id, embedder), damage
        raise damage

    def current(self) -> str:
        """The id of the published snapshot. Raises SnapshotMissing or SnapshotCorrupt."""
        try:
            text = self._current.read_text("utf-8").strip()
        except FileNotFoundError as err:
            raise SnapshotMissing("no index has been built in this home: run `medqa index build`") from err
        except (OSError, UnicodeDecodeError) as err:
            raise SnapshotCorrupt(f"{self._current} cannot be read: {_REBUILD}") from err
        if not _ID.fullmatch(text) or not (self._folder / text).is_dir():
            raise SnapshotCorrupt(
                f"{self._current} names no snapshot: run `medqa index rollback` or `medqa index build`"
            )
        return text

    def ids(self) -> list[str]:
        """Complete snapshots, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted(
            p.name for p in self._folder.iterdir() if _ID.fullmatch(p.name) and (p / manifests.FILENAME).exists()
        )

    def info(self, snapshot_id: str | None = None) -> dict[str, object]:
        """The manifest of a snapshot, by default the published one, and its ``path``."""
        folder = self._folder / (snapshot_id or self.current())
        return {"path": str(folder), **manifests.read(folder).model_dump(mode="json")}

    def verify(self, embedder: Embedder) -> None:
        """Checks every file and runs the self-test by words too. Raises what ``open`` raises."""
        snapshot = self.open(embedder)
        manifest = manifests.read(self._folder / snapshot.id)
        if manifest.self_test is not None and not selftest.passes(manifest.self_test, snapshot, embedder):
            raise SnapshotMismatch(f"snapshot {snapshot.id} fails its self-test: {_REBUILD}")

    def rollback(self) -> str:
        """Publishes the newest intact snapshot older than the present one and returns its id."""
        with self._publishing():
            snapshot_id = next(reversed(self._before_current()), None)
            if snapshot_id is None:
                raise SnapshotMissing(f"there is no older snapshot to go back to: {_REBUILD}")
            folder = self._folder / snapshot_id
            manifests.verify(folder, manifests.read(folder))
            self._publish(snapshot_id)
        self._on_publish("rolled_back", snapshot_id)
        return snapshot_id

    def _before_current(self) -> list[str]:
        """Snapshots older than the published one, oldest first; all when it is not known which one that is."""
        try:
            present = self.current()
        except SnapshotCorrupt:
            return self.ids()
        return [name for name in self.ids() if name < present]

    def prune(self, keep: int = KEPT) -> list[str]:
        """Deletes the oldest snapshots beyond ``keep``, never the published one. Returns their ids."""
        present = self.current()
        lost = [name for name in self.ids()[:-keep] if name != present]
        for name in lost:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return lost

    # --- opening ---

    def _opened(self, snapshot_id: str, embedder: Embedder | None) -> Snapshot:
        folder = self._folder / snapshot_id
        manifest = manifests.read(folder)
        if embedder is not None:
            _require_encoder(manifest, embedder)
        manifests.verify(folder, manifest)
        snapshot = _open_parts(folder, manifest, self._vector_device)
        test = manifest.self_test
        if embedder is None or test is None or test.by == "words":
            return snapshot
        if not selftest.passes(test, snapshot, embedder):
            raise SnapshotMismatch(f"snapshot {snapshot_id} does not fit encoder {embedder.id}: {_REBUILD}")
        return snapshot

    # --- building ---

    def _blank(self, library: Library, embedder: Embedder, words: Sequence[str]) -> Manifest:
        """The manifest as far as it is known before the parts are written."""
        corpus, counts, now = library.corpus_hash(), library.counts(), datetime.now(UTC)
        return Manifest(
            schema_version=manifests.SCHEMA,
            id=f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{corpus[:8]}",
            created=now.isoformat(timespec="seconds"),
            encoder=Encoder(id=embedder.id, dimension=embedder.dimension, max_tokens=embedder.max_tokens),
            metric=_METRIC,
            parts=self._parts_for(counts["passages"], embedder.dimension),
            chunker=library.chunker_version,
            corpus_sha256=corpus,
            words_sha256=hashlib.sha256("\n".join(words).encode()).hexdigest(),
            counts=counts,
            self_test=None,
            files={},
        )

    def _parts_for(self, passages: int, dimension: int) -> Parts:
        """The configured plug-ins, the vector index chosen where that is left open."""
        if self._parts.vectors != vector_choice.AUTO:
            return self._parts
        chosen = vector_choice.choose(passages, dimension, memory_mb=self._vector_memory_mb)
        return self._parts.model_copy(update={"vectors": chosen})

    def _same_as(self, blank: Manifest) -> str | None:
        """The id of the published snapshot when it is intact and holds just this."""
        own = {"id", "created", "files", "self_test", "seal"}
        try:
            present = self.current()
            manifest = manifests.read(self._folder / present)
            manifests.verify(self._folder / present, manifest)
        except (SnapshotMissing, SnapshotCorrupt, SnapshotMismatch):
            return None
        return present if manifest.model_dump(exclude=own) == blank.model_dump(exclude=own) else None

    def _parts_of(
        self, folder: Path, library: Library, embedder: Embedder, words: Sequence[str], blank: Manifest
    ) -> Iterator[None]:
        """Writes the parts, one a step."""
        vectors, lexical, passages = _classes(blank.parts)
        yield vectors.write(folder / vectors.filename, library.vectors(embedder))
        yield passages.write(folder / passages.filename, library.passages())
        yield lexical.write(folder / lexical.filename, library.passages(), user_words=words)
        if SENTENCES in blank.counts:
            yield SentenceVectors.write(folder / SENTENCES, *library.sentences(embedder), embedder.dimension)

    def _complete(self, folder: Path, blank: Manifest, embedder: Embedder) -> None:
        """Opens the parts as a reader would, finds a self-test that they pass, and writes the manifest."""
        snapshot = _open_parts(folder, blank, self._vector_device)
        test = selftest.choose(snapshot, embedder, blank.counts["passages"])
        manifests.write(folder, blank.model_copy(update={"self_test": test, "files": manifests.sums(folder)}))

    @contextmanager
    def _scaffold(self, snapshot_id: str) -> Iterator[Path]:
        """A folder to build in, removed when building fails; what a killed run left behind goes first."""
        for abandoned in self._folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        folder = self._folder / f"{_BUILDING}{snapshot_id}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _publish(self, snapshot_id: str) -> None:
        fresh = self._current.with_suffix(".new")
        fresh.write_text(f"{snapshot_id}\n", "utf-8")
        manifests.synchronise(fresh)
        fresh.replace(self._current)
        manifests.synchronise(self._current.parent)

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        """Keeps other publishers out; disk trouble becomes HomeError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "publish.lock", timeout=_WAIT_S):
                yield
        except Timeout as err:
            raise PublishConflict("another process is publishing an index in this home: run again later") from err
        except OSError as err:
            raise HomeError(f"cannot write to {self._folder} ({err.strerror}): check free space and rights") from err


def _classes(parts: Parts) -> tuple[Any, Any, Any]:
    """The classes of vectors, word index and passages."""
    return (
        registry.load("medqa.index.vector_indexes", parts.vectors),
        registry.load("medqa.index.lexical_indexes", parts.lexical),
        registry.load("medqa.index.passage_stores", parts.passages),
    )


def _open_parts(folder: Path, manifest: Manifest, vector_device: str) -> Snapshot:
    vectors, lexical, passages = _classes(manifest.parts)
    return Snapshot(
        id=manifest.id,
        vectors=vectors(folder / vectors.filename, device=vector_device),
        lexical=lexical(folder / lexical.filename),
        passages=passages(folder / passages.filename),
        manifest=manifest.model_dump(mode="json"),
        sentences=SentenceVectors(folder / SENTENCES) if SENTENCES in manifest.counts else None,
    )


def _require_encoder(manifest: Manifest, embedder: Embedder) -> None:
    made_by = manifest.encoder
    if (made_by.id, made_by.dimension, manifest.metric) != (embedder.id, embedder.dimension, _METRIC):
        raise SnapshotMismatch(
            f"the index was made by encoder {made_by.id}, but {embedder.id} is configured:"
            f" {_REBUILD}, or set the encoder back"
        )
