"""What comes back: an outcome, its claims and citations, and the reply that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from medqa.domain.conversation import Audience, Language
from medqa.domain.passage import Hit
from medqa.domain.safety import Card, Screening

Verdict = Literal["supported", "partial", "unsupported", "contradicted"]
Status = Literal["answered", "abstained", "emergency", "crisis", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a claim comes from. ``quote == passage.text[start:end]``, always. ``n`` counts from 1.

    ``corrected``: the passage's words are an administrator's correction rather than the source's own.
    ``attached``: the document is the reader's own, attached to the question.
    """

    n: int
    passage_id: str
    document_id: str
    title: str
    source: str
    quote: str
    start: int
    end: int
    url: str | None = None
    page: int | None = None
    section: str | None = None
    year: int | None = None
    published: str | None = None
    language: str | None = None
    references: tuple[str, ...] = ()
    clinically_reviewed: bool | None = None
    retracted: bool = False
    corrected: bool = False
    attached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One checked statement of an answer. ``citations`` are ``Citation.n``; ``support`` is in [0, 1].

    ``evidence``: stretches of the cited passages, word for word, that it was held against; may be empty.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    support: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer with evidence. ``text`` is Markdown with ``[n]`` after each sentence.

    ``left_out`` counts the sentences that were written and not shown, since no source says them.
    """

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained:
    """No good evidence. ``text`` says so, what was looked for, and whom to ask."""

    text: str
    looked_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """An emergency, an urgent matter among them, or a crisis: the card comes first; ``below`` may still help."""

    card: Card
    level: Literal["emergency", "crisis"]
    below: Answered | Abstained | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A request that MedQA does not serve. ``text`` says why and what to do instead."""

    text: str
    reason: str


Outcome = Answered | Abstained | HandedOver | Declined


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which versions made the reply. ``degraded``: the configured chat model failed and another one answered."""

    chat_model: str
    index_snapshot: str
    degraded: bool = False
    prompt_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Everything that one question brought about. ``timings_ms`` has screen, retrieve, generate, verify, total.

    ``questions`` are asked back after the answer, at most three; ``reminders`` are lines that go under it.
    """

    id: str
    question: str
    language: Language
    audience: Audience
    outcome: Outcome
    screening: Screening
    notice: str
    provenance: Provenance
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()


# --- the events of a stream, in the order in which they are sent ---


@dataclass(frozen=True, slots=True)
class SafetyScreened:
    """First event: what the screen found."""

    screening: Screening


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The passages that the answer may rest on."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer's text. The pieces joined are the final text, unless claims are dropped."""

    text: str


@dataclass(frozen=True, slots=True)
class ClaimsChecked:
    """The ledger: every claim with its verdict, and the citations."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Last event: the whole reply."""

    reply: Reply


Event = SafetyScreened | PassagesFound | Token | ClaimsChecked | Done
