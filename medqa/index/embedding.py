"""What is embedded of a passage, and embedding in the background while documents are still being read."""

from __future__ import annotations

import hashlib
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.protocols import Embedder

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_WINDOW = 4096  # passages sorted by length together
_SLICE = 256  # passages encoded in one go; an interruption waits for one slice

Embedded = tuple[Sequence[bytes], np.ndarray]


def embedding_text(passage: Passage, metadata: Metadata) -> str:
    """The passage with its title and section, which its sentences often leave unsaid."""
    return "\n".join(part for part in (metadata.title, passage.section, passage.text) if part)


def embedding_key(text: str) -> bytes:
    """16 bytes that name a text among all embedded ones."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def is_chinese(text: str) -> bool:
    """Whether at least a fifth of the characters are Chinese."""
    return len(_HAN.findall(text)) * 5 >= max(1, len(text))


def reads_chinese(embedder: Embedder) -> bool:
    """Whether Chinese text is embedded at all."""
    return not embedder.languages or "zh" in embedder.languages


class EmbeddingLine:
    """Encodes keyed texts on one background thread and hands finished slices to ``store`` on the caller's thread."""

    def __init__(self, embedder: Embedder, store: Callable[[Embedded], None]) -> None:
        self._embedder, self._store = embedder, store
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._window: dict[bytes, str] = {}
        self._running: deque[Future[Embedded]] = deque()
        self.seconds = 0.0

    def __enter__(self) -> EmbeddingLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.shutdown(cancel_futures=True)

    def add(self, key: bytes, text: str) -> None:
        """Queues a text; waits while two windows are queued already, so that memory stays flat."""
        self._window[key] = text
        if len(self._window) >= _WINDOW:
            self._submit()
            self._collect(keep=_WINDOW // _SLICE)

    def finish(self) -> None:
        """Encodes and stores everything queued."""
        self._submit()
        self._collect(keep=0)

    def _submit(self) -> None:
        for part in _slices(self._window):
            self._running.append(self._worker.submit(self._encode, part))
        self._window = {}

    def _encode(self, part: Sequence[tuple[bytes, str]]) -> Embedded:
        began = time.perf_counter()
        vectors = self._embedder.encode([text for _, text in part])
        self.seconds += time.perf_counter() - began
        return [key for key, _ in part], vectors

    def _collect(self, keep: int) -> None:
        while self._running and (len(self._running) > keep or self._running[0].done()):
            self._store(self._running.popleft().result())


def _slices(texts: dict[bytes, str]) -> Iterator[Sequence[tuple[bytes, str]]]:
    """Texts of like length together."""
    ordered = sorted(texts.items(), key=lambda item: len(item[1]))
    for start in range(0, len(ordered), _SLICE):
        yield ordered[start : start + _SLICE]
