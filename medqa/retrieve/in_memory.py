"""A few hundred passages searched where they lie in memory: what one person has attached to one conversation.

Nothing is written anywhere. Words are ranked by BM25 (Robertson and Zaragoza, 2009), meaning by cosine; the same
vectors tell an answer how near each sentence is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from medqa.domain.attached import asks_for_whole, matter
from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.domain.sentences import sentences
from medqa.protocols import Embedder, Retriever
from medqa.retrieve.wording import script, wording

_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]+")
_FUNCTION = re.compile(
    r"(?:an?|and|are|as|at|be|but|by|can|could|did|do|does|for|from|had|has|have|how|i|if|in|into|is|its?|me|my|no|not|"
    r"of|on|or|our|should|so|than|that|the|their|them|then|there|these|they|this|those|to|was|we|were|what|when|"
    r"where|which|who|why|will|with|would|your?)"
)
_K1, _B = 1.2, 0.75
_LEAST = 0.25  # cosine below which a passage without a common word is about something else


class InMemory:
    """The retriever over passages given once. Safe to share between threads."""

    def __init__(self, passages: Sequence[tuple[Passage, Metadata]], embedder: Embedder) -> None:
        self._passages, self._embedder = tuple(passages), embedder
        self._words = [Counter(_words(f"{passage.section or ''} {passage.text}")) for passage, _ in passages]
        self._lengths = [sum(words.values()) for words in self._words]
        self._holding = Counter(word for words in self._words for word in words)
        self._sentences = [sentences(passage.text) for passage, _ in passages]
        self._vectors = self._encoded([passage.text for passage, _ in passages])
        flat = [p.text[a:b] for (p, _), cut in zip(passages, self._sentences, strict=True) for a, b in cut]
        self._sentence_vectors = self._encoded(flat)
        self._first = np.cumsum([0, *map(len, self._sentences)])

    def __len__(self) -> int:
        return len(self._passages)

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; passages that share neither words nor meaning are left out.

        Who asks what the document says gets it from its beginning; why one was in hospital, what tells that, first.
        """
        if asks_for_whole(query.standalone):
            return [self._hit(rank, place, None, 0.0) for rank, place in enumerate(range(len(self))[:k], start=1)]
        text = wording(query)
        asked = Counter(_words(f"{text.own} {text.other}"))
        by_words = [self._bm25(asked, place) for place in range(len(self._passages))]
        best = max(by_words, default=0.0) or 1.0
        english = text.text_in("en")
        vector = self._embedder.encode([english], is_query=True)[0] if english.strip() else None
        cosines = np.zeros(len(self._passages)) if vector is None else self._vectors @ vector
        told = matter(query.standalone)
        tells = [told is not None and told.tells(passage.text) for passage, _ in self._passages]
        fit = [at for at, words in enumerate(by_words) if words > 0 or cosines[at] >= _LEAST or tells[at]]
        ranked = sorted(fit, key=lambda at: (not tells[at], -(by_words[at] / best + float(cosines[at])), at))
        return [self._hit(rank, place, vector, float(cosines[place])) for rank, place in enumerate(ranked[:k], start=1)]

    def _hit(self, rank: int, place: int, vector: np.ndarray | None, cosine: float) -> Hit:
        passage, metadata = self._passages[place]
        if vector is None or not self._is_read(passage.text):
            return Hit(rank=rank, score=1 / rank, passage=passage, metadata=metadata)
        near = self._sentence_vectors[self._first[place] : self._first[place + 1]] @ vector
        known = tuple((start, float(each)) for (start, _), each in zip(self._sentences[place], near, strict=True))
        return Hit(rank=rank, score=1 / rank, passage=passage, metadata=metadata, similarity=cosine, sentences=known)

    def _bm25(self, asked: Counter[str], place: int) -> float:
        words, n = self._words[place], len(self._passages)
        mean = sum(self._lengths) / n
        score = 0.0
        for word, count in asked.items():
            held = words[word]
            if held:
                rarity = math.log(1 + (n - self._holding[word] + 0.5) / (self._holding[word] + 0.5))
                length = _K1 * (1 - _B + _B * self._lengths[place] / mean)
                score += count * rarity * held * (_K1 + 1) / (held + length)
        return score

    def _encoded(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors (n, dim); of a text that the encoder cannot read it is zero."""
        vectors = np.zeros((len(texts), self._embedder.dimension), np.float32)
        read = [place for place, text in enumerate(texts) if self._is_read(text)]
        if read:
            vectors[read] = self._embedder.encode([texts[place] for place in read])
        return vectors

    def _is_read(self, text: str) -> bool:
        languages = self._embedder.languages
        return bool(text.strip()) and (not languages or script(text) in languages)


class Beside:
    """A person's own passages before those that everybody is answered from."""

    def __init__(self, own: Sequence[Retriever], shared: Retriever) -> None:
        self._own, self._shared = tuple(own), shared

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits; the person's own take a quarter of them at most."""
        most = max(1, k // 4)
        own = [hit for retriever in self._own for hit in retriever.retrieve(query, most)]
        own.sort(key=lambda hit: -(hit.similarity or 0.0))
        found = [*own[:most], *self._shared.retrieve(query, k)][:k]
        return [_ranked(hit, rank) for rank, hit in enumerate(found, start=1)]


def _ranked(hit: Hit, rank: int) -> Hit:
    return replace(hit, rank=rank, score=1 / rank)


def _words(text: str) -> list[str]:
    """Words in lower case, English plurals as singulars; Chinese as pairs of characters."""
    found: list[str] = []
    for run in _WORD.findall(text.lower()):
        if "\u3400" <= run[0] <= "\u9fff":
            found += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        elif not _FUNCTION.fullmatch(run):
            found.append(run[:-1] if len(run) > 3 and run.endswith("s") and not run.endswith("ss") else run)
    return found
