"""From domain values to the JSON that callers rely on. One place, so every door says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from medqa.domain.answer import (
    Abstained,
    Answered,
    Citation,
    Claim,
    ClaimsChecked,
    Declined,
    Done,
    Event,
    HandedOver,
    Outcome,
    PassagesFound,
    Reply,
    SafetyScreened,
    Status,
    Token,
)
from medqa.domain.calculation import Assessment, Instrument
from medqa.domain.conversation import Language
from medqa.domain.document import Metadata
from medqa.domain.instructions import SUSPICIOUS
from medqa.domain.passage import Hit, Passage
from medqa.domain.plain_text import answer_text, evidence_of
from medqa.domain.safety import Screening

Json = dict[str, Any]


def status_of(outcome: Outcome) -> Status:
    """What happened, in the contract's word."""
    match outcome:
        case Answered():
            return "answered"
        case Abstained():
            return "abstained"
        case Declined():
            return "declined"
        case HandedOver():
            return outcome.level


def claim_json(claim: Claim) -> Json:
    return {
        "text": claim.text,
        "citations": list(claim.citations),
        "verdict": claim.verdict,
        "support": round(claim.support, 4),
    }


def citation_json(citation: Citation) -> Json:
    return {**asdict(citation), "references": list(citation.references)}


def safety_json(screening: Screening) -> Json:
    """The ``safety`` object of a reply."""
    return {
        "level": screening.level,
        "findings": [asdict(finding) for finding in screening.findings],
        "card": asdict(screening.card) if screening.card else None,
        "takeover": screening.takeover,
    }


def reply_json(reply: Reply, id_: str | int | None = None) -> Json:
    """What ``medqa ask --json`` and ``POST /v1/ask`` return, under the caller's own id if there is one."""
    claims, citations = evidence_of(reply.outcome)
    presented: Json = {
        "id": reply.id if id_ is None else id_,
        "question": reply.question,
        "language": reply.language,
        "audience": reply.audience,
        "status": status_of(reply.outcome),
        "answer": answer_text(reply.outcome),
        "claims": [claim_json(claim) for claim in claims],
        "citations": [citation_json(citation) for citation in citations],
        "safety": safety_json(reply.screening),
        "questions": list(reply.questions),
        "reminders": list(reply.reminders),
        "notice": reply.notice,
        "provenance": asdict(reply.provenance),
        "timings_ms": dict(reply.timings_ms),
    }
    below = reply.outcome.below if isinstance(reply.outcome, HandedOver) else reply.outcome
    if isinstance(below, Abstained):
        presented["looked_for"] = list(below.looked_for)
    if isinstance(below, Declined):
        presented["reason"] = below.reason
    return presented


def instrument_json(instrument: Instrument) -> Json:
    """What ``GET /v1/calculators/{name}`` returns: the form in both languages."""
    return asdict(instrument)


def assessment_json(assessment: Assessment, id_: str | int) -> Json:
    """What ``medqa calculate --json`` and ``POST /v1/calculators/{name}`` return; the card before the total."""
    found, language = assessment.calculation, assessment.language
    instrument, band = found.instrument, found.band
    return {
        "id": id_,
        "calculator": instrument.name,
        "language": language,
        "status": assessment.status,
        "safety": safety_json(assessment.screening),
        "title": instrument.title[language],
        "total": found.total,
        "highest": instrument.bands[-1].highest,
        "band": {"name": band.name[language], "lowest": band.lowest, "highest": band.highest} if band else None,
        "missing": list(found.missing),
        "crisis_items": list(found.crisis_items),
        "interpretation": found.interpretation[language],
        "caveat": instrument.caveat[language],
        "population": instrument.population[language],
        "source": instrument.source,
        "notice": assessment.notice,
        "provenance": {"calculator": instrument.name, "version": instrument.version},
    }


class MaskedSpan(Protocol):
    """A stretch of the input that was masked."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def type(self) -> str: ...


def masked_json(original: str, masked: str, spans: Sequence[MaskedSpan]) -> Json:
    """What ``medqa deidentify --json`` prints."""
    return {
        "text": masked,
        "spans": [
            {"start": span.start, "end": span.end, "type": span.type, "text": original[span.start : span.end]}
            for span in spans
        ],
    }


def hit_json(hit: Hit) -> Json:
    """One row of ``medqa search --json``."""
    passage, metadata = hit.passage, hit.metadata
    return {
        "rank": hit.rank,
        "score": round(float(hit.score), 6),
        "similarity": None if hit.similarity is None else round(float(hit.similarity), 4),
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "title": metadata.title,
        "source": metadata.source,
        "section": passage.section,
        "page": passage.page,
        "year": metadata.year,
        "published": metadata.published,
        "url": metadata.url,
        "language": passage.language or metadata.language,
        "suspicious": metadata.extra.get(SUSPICIOUS),
        "text": passage.text,
    }


def search_json(
    query: str, language: Language, hits: Sequence[Hit], *, id_: object, timings_ms: Mapping[str, float]
) -> Json:
    """What ``medqa search --json`` and ``POST /v1/search`` return."""
    return {
        "id": id_,
        "query": query,
        "language": language,
        "hits": [hit_json(hit) for hit in hits],
        "timings_ms": dict(timings_ms),
    }


def metadata_json(metadata: Metadata) -> Json:
    """A document's metadata, with its year."""
    return {
        **asdict(metadata),
        "aliases": list(metadata.aliases),
        "extra": dict(metadata.extra),
        "year": metadata.year,
    }


def passage_json(passage: Passage, metadata: Metadata, around: Sequence[Passage] = ()) -> Json:
    """What ``GET /v1/passages/{id}`` returns. ``around`` are its neighbours, itself included, in order."""
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "section": passage.section,
        "page": passage.page,
        "language": passage.language or metadata.language,
        "references": dict(passage.references),
        "document": metadata_json(metadata),
        "context": [{"passage_id": near.id, "section": near.section, "text": near.text} for near in around],
    }


def event_json(event: Event, id_: str | int | None = None) -> tuple[str, Json]:
    """The name and the data of one event of a stream; the reply at its end under the caller's own id."""
    match event:
        case SafetyScreened():
            return "safety", safety_json(event.screening)
        case PassagesFound():
            return "passages", {"hits": [hit_json(hit) for hit in event.hits]}
        case Token():
            return "token", {"text": event.text}
        case ClaimsChecked():
            return "claims", {
                "claims": [claim_json(claim) for claim in event.claims],
                "citations": [citation_json(citation) for citation in event.citations],
            }
        case Done():
            return "done", reply_json(event.reply, id_)
