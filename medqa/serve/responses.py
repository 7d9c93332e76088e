"""What comes back, described for ``/openapi.json``. ``presenting`` makes it; a test holds the two together."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class FindingBody(BaseModel):
    rule: str
    presentation: str
    tier: Literal["1", "2", "M"]
    span: str


class CardBody(BaseModel):
    headline: str
    action: str
    phone: str


class SafetyBody(BaseModel):
    """What the screen found. ``takeover``: the card replaces the normal flow."""

    level: Literal["none", "advice", "urgent", "emergency", "crisis"]
    findings: list[FindingBody]
    card: CardBody | None
    takeover: bool


class ScreenResponse(SafetyBody):
    """The ``safety`` object with an id."""

    id: str | int


class ClaimBody(BaseModel):
    text: str
    citations: list[int]
    verdict: Literal["supported", "partial", "unsupported", "contradicted"]
    support: float


class CitationBody(BaseModel):
    """``quote`` equals ``passage.text[start:end]``."""

    n: int
    passage_id: str
    document_id: str
    title: str
    source: str
    url: str | None
    page: int | None
    section: str | None
    year: int | None
    quote: str
    start: int
    end: int
    published: str | None
    language: str | None
    references: list[str]
    clinically_reviewed: bool | None
    retracted: bool
    corrected: bool


class ProvenanceBody(BaseModel):
    chat_model: str
    degraded: bool
    index_snapshot: str
    prompt_sha256: str | None


class AskResponse(BaseModel):
    """A reply. ``status`` says what happened; abstaining and handing over are results, not errors."""

    id: str | int
    question: str
    language: Literal["en", "zh"]
    audience: Literal["patient", "clinician"]
    status: Literal["answered", "abstained", "emergency", "crisis", "declined"]
    answer: str
    claims: list[ClaimBody]
    citations: list[CitationBody]
    safety: SafetyBody
    questions: list[str]
    reminders: list[str]
    notice: str
    provenance: ProvenanceBody
    timings_ms: dict[str, float]


class HitBody(BaseModel):
    rank: int
    score: float
    similarity: float | None
    passage_id: str
    document_id: str
    title: str
    source: str
    section: str | None
    page: int | None
    year: int | None
    published: str | None
    url: str | None
    language: str | None
    suspicious: str | None
    text: str


class SearchResponse(BaseModel):
    id: str | int
    query: str
    language: Literal["en", "zh"]
    hits: list[HitBody]
    timings_ms: dict[str, float]


class NearPassage(BaseModel):
    passage_id: str
    section: str | None
    text: str


class UploadResponse(BaseModel):
    """An attached document. ``upload_id`` is its only key; ``expires`` moves on whenever it is asked about."""

    upload_id: str
    name: str
    passages: int
    characters: int
    warnings: list[str]
    expires: str


class PassageResponse(BaseModel):
    passage_id: str
    document_id: str
    ordinal: int
    text: str
    section: str | None
    page: int | None
    language: str | None
    references: dict[str, str]
    document: dict[str, Any]
    context: list[NearPassage]


class WordingBody(BaseModel):
    """The same thing said in each language."""

    en: str
    zh: str


class ListedCalculator(BaseModel):
    name: str
    version: str
    title: WordingBody
    source: str


class CalculatorsResponse(BaseModel):
    calculators: list[ListedCalculator]


class ItemBody(BaseModel):
    """One question. ``is_crisis_item``: any answer above 0 brings the crisis card."""

    id: str
    text: WordingBody
    is_crisis_item: bool


class ChoiceBody(BaseModel):
    score: int
    text: WordingBody


class BandBody(BaseModel):
    lowest: int
    highest: int
    name: WordingBody
    meaning: WordingBody


class InstrumentResponse(ListedCalculator):
    """A form: every choice goes with every item."""

    stem: WordingBody
    items: list[ItemBody]
    choices: list[ChoiceBody]
    bands: list[BandBody]
    terms: str
    population: WordingBody
    caveat: WordingBody


class BandOfTotal(BaseModel):
    name: str
    lowest: int
    highest: int


class CalculatorProvenance(BaseModel):
    calculator: str
    version: str


class AssessmentResponse(BaseModel):
    """What answers come to. ``total`` and ``band`` are null until every item is answered; the card never waits."""

    id: str | int
    calculator: str
    language: Literal["en", "zh"]
    status: Literal["crisis", "complete", "incomplete"]
    safety: SafetyBody
    title: str
    total: int | None
    highest: int
    band: BandOfTotal | None
    missing: list[str]
    crisis_items: list[str]
    interpretation: str
    caveat: str
    population: str
    source: str
    notice: str
    provenance: CalculatorProvenance


class HealthResponse(BaseModel):
    status: Literal["ok", "ready", "degraded", "unready"]
    reasons: list[str]


class ErrorDetail(BaseModel):
    code: str
    message: str
    field: str | None


class ErrorResponse(BaseModel):
    error: ErrorDetail


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorResponse, "description": "The body is not valid JSON"},
    413: {"model": ErrorResponse, "description": "The text or the body is too long"},
    415: {"model": ErrorResponse, "description": "The body is not declared as application/json"},
    422: {"model": ErrorResponse, "description": "A field is missing or has a value that is not accepted"},
    429: {"model": ErrorResponse, "description": "Too many requests from this address; see Retry-After"},
    503: {"model": ErrorResponse, "description": "Overloaded, or the index cannot be used; see Retry-After"},
}
