"""Every plug-in point of MedQA on one page. Each is a file in a plural folder; see ``registry``.

One lives with its stage, since it works with ingestion's own folder and HTTP client: ``medqa/ingest/recipe.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

    from medqa.domain.answer import Answered, Claim, Reply
    from medqa.domain.calculation import Calculation, Instrument
    from medqa.domain.conversation import Audience, Language, Query, Question, Turn
    from medqa.domain.document import Document, Metadata, Source
    from medqa.domain.ingestion import ParsedItem
    from medqa.domain.passage import Hit, Passage
    from medqa.domain.safety import Screening

Filters = Sequence[tuple[str, Sequence[str]]]
"""Metadata fields with accepted values, ANDed; a year range is ``("year", ("2015..2024",))``."""


# --- ingest ---


class Parser(Protocol):
    """Reads one file format into documents. Runs in a child process with limits: no network, no writing.

    ``is_corpus``: the rows of a corpus, which keep their own ids. Such a file is streamed in this process, may be
    of any size, and loses a bad row only. Elsewhere ``Document.id`` is what follows the file's own id: often ``""``.
    """

    name: str
    suffixes: tuple[str, ...]
    is_corpus: bool

    def recognises(self, head: bytes, name: str) -> bool:
        """Whether the first 4 kB of a file (unpacked, for .gz) are of this format, whatever its suffix says."""
        ...

    def parse(self, path: Path, source: Source) -> Iterator[ParsedItem]:
        """What the file holds, one item at a time. Raises ParseError with a reason."""
        ...


class Chunker(Protocol):
    """Cuts a document into passages. ``version`` goes into the manifest and changes when the cuts do."""

    version: str

    def cut(self, document: Document) -> tuple[Passage, ...]:
        """Passages in order, together holding every block's text once."""
        ...


# --- index ---


class Embedder(Protocol):
    """Turns text into unit vectors. ``id`` names weights, pooling and length, and goes into the manifest.

    ``languages`` are those it understands; empty means any. Text in others is not embedded.
    """

    id: str
    dimension: int
    max_tokens: int
    languages: tuple[str, ...]

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, dimension), each of length 1."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours by inner product over row numbers."""

    def search(self, queries: np.ndarray, k: int, *, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n, k) float32 and rows (n, k) int64, best first, padded with -1; only among ``rows`` if given."""
        ...

    def reconstruct(self, rows: np.ndarray) -> np.ndarray:
        """Stored vectors (n, dim) float32 of some rows, as near to the originals as the index keeps them."""
        ...


class LexicalIndex(Protocol):
    """Ranked word search over row numbers."""

    def search(
        self, text: str, k: int, *, language: Language | None = None, filters: Filters = ()
    ) -> list[tuple[int, float]]:
        """(row, score), best first. Any text is a bag of words: no query syntax, never an error."""
        ...


class PassageStore(Protocol):
    """Passages and their documents' metadata, by row number or id."""

    def fetch(self, rows: Sequence[int]) -> list[tuple[Passage, Metadata]]:
        """In the order asked."""
        ...

    def by_id(self, passage_id: str) -> tuple[Passage, Metadata] | None:
        """One passage, or ``None``."""
        ...

    def neighbours(self, passage: Passage, *, before: int, after: int) -> list[Passage]:
        """The passages around one in its document, itself included, in order."""
        ...

    def rows_where(self, filters: Filters) -> np.ndarray:
        """Row numbers (n,) int64, ascending, of passages whose metadata pass all filters."""
        ...

    def __len__(self) -> int: ...


class SentenceSimilarity(Protocol):
    """How near each sentence of a passage is to a query, from vectors made when the index was built."""

    def similarities(self, query: np.ndarray, rows: Sequence[int]) -> list[tuple[tuple[int, float], ...]]:
        """For each row of passages its sentences as (start, cosine to the query's vector (1, dim)), in order."""
        ...


class OpenSnapshot(Protocol):
    """A verified snapshot opened for reading: what retrieval searches.

    ``sentences`` is ``None`` where the index was built without vectors of sentences.
    """

    id: str
    vectors: VectorIndex
    lexical: LexicalIndex
    passages: PassageStore
    manifest: Mapping[str, object]
    sentences: SentenceSimilarity | None


# --- retrieve ---


class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; an empty list when nothing fits."""
        ...


class Reranker(Protocol):
    """Reorders hits by reading question and passage together."""

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The same hits in a better order."""
        ...


class QueryUnderstanding(Protocol):
    """Language, follow-ups made to stand alone, abbreviations, synonyms and the other language's terms."""

    def understand(self, question: Question) -> Query: ...


# --- safety ---


class Screener(Protocol):
    """Deterministic red flags and crisis: no model, a few milliseconds, works when everything else is down."""

    def screen(
        self, text: str, turns: Sequence[Turn] = (), *, language: Language, jurisdiction: str | None
    ) -> Screening:
        """The verdict on the user's words, earlier turns included."""
        ...


class SecondOpinion(Protocol):
    """A served model's view of a message that the screener let pass. It can add a card and take none away."""

    async def opinion(self, question: Question) -> Screening:
        """A soft card, or none; none where the model fails or is slow."""
        ...


class Guard(Protocol):
    """Looks at a finished answer and may change or drop sentences of it before it is shown."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer with what must not be said taken out; the same object when nothing is wrong."""
        ...


class Masker(Protocol):
    """Takes personal data out of words that leave this machine, and puts it back into what returns."""

    def mask(self, text: str, originals: Mapping[str, str] | None = None) -> tuple[str, Mapping[str, str]]:
        """The masked text and what each placeholder stands for; ``originals`` come from earlier texts of the same."""
        ...

    def restore(self, text: str, originals: Mapping[str, str]) -> str:
        """The text with its placeholders replaced by what they stand for."""
        ...

    def restored(self, pieces: AsyncIterator[str], originals: Mapping[str, str]) -> AsyncIterator[str]:
        """The pieces of a stream, restored; a placeholder may be cut between two of them."""
        ...


class Counsel(Protocol):
    """What goes with an answer to a patient. Deterministic; no model has a part in it."""

    def questions(self, question: Question) -> tuple[str, ...]:
        """At most three short questions whose answers would change the advice."""
        ...

    def reminders(self, question: Question) -> tuple[str, ...]:
        """Lines that go under an answer: say it back, when and where to seek help."""
        ...


# --- answer ---


class ChatModel(Protocol):
    """Writes an answer from numbered passages only. ``id`` and ``prompt_sha256`` go into provenance."""

    id: str
    prompt_sha256: str | None

    def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        """Sentences of Markdown with ``[n]`` markers, ``n`` counting ``hits`` from 1, as they are written.

        Writes nothing when the hits do not answer the question. Raises ChatModelError when it cannot work.
        """
        ...


class Verifier(Protocol):
    """Checks a claim against the passages that it cites."""

    def verify(self, text: str, cited: Sequence[Passage]) -> Claim:
        """The claim with verdict and support; its citations are left empty for the caller to fill."""
        ...


# --- calculators ---


class Calculator(Protocol):
    """One clinical instrument. Deterministic, and it knows no card: its result says which answers call for one."""

    instrument: Instrument

    def calculate(self, answers: Mapping[str, int]) -> Calculation:
        """What the scores come to, by item. An item that is absent is unknown, never 0.

        Raises UsageError for an item or a score that the instrument does not have.
        """
        ...


# --- records ---


class Recording(Protocol):
    """The record of one question. Either is called, once; both return at once and never raise."""

    def answered(self, reply: Reply) -> None:
        """The whole reply went out."""
        ...

    def broken_off(self, screening: Screening) -> None:
        """There was no whole reply: the reader left or something failed. What the screen found was shown."""
        ...


class Recorder(Protocol):
    """Keeps the audit log: that something was asked and what was decided, never the words."""

    def begin(self, question: Question) -> Recording:
        """The record of a question, made where it comes in: who asks is known there."""
        ...
