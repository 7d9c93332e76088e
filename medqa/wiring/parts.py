"""Single parts from the settings: each function makes one kind of thing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import medqa
from medqa.registry import load, load_all
from medqa.wiring.masking import masker
from medqa.wiring.vocabulary import vocabulary

if TYPE_CHECKING:
    from medqa.answer.evidence.contrary import Contradictions
    from medqa.answer.generation.assistance import FollowUps, Relevance
    from medqa.answer.generation.drafting import Care
    from medqa.index.library import Library
    from medqa.index.snapshot import SnapshotStore
    from medqa.protocols import (
        ChatModel,
        Chunker,
        Counsel,
        Embedder,
        Guard,
        OpenSnapshot,
        Reranker,
        Retriever,
        SecondOpinion,
        Verifier,
    )
    from medqa.served_model import ServedModel
    from medqa.settings import Settings

_SILENCE_S = 10.0  # between two bytes of a served model, unless its first word may take longer


def shipped(folder: str) -> Path:
    """A folder that ships with MedQA, such as ``knowledge_base``: in the wheel, or beside the source."""
    package = Path(medqa.__file__).parent
    installed = package / "_shipped" / folder
    return installed if installed.is_dir() else package.parent / folder


def embedder(settings: Settings, *, once: bool = False) -> Embedder:
    """The configured encoder, loaded; ``once`` for a process that asks one question and ends."""
    factory = load("medqa.index.embedders", settings.encoder)
    return cast("Embedder", factory(settings.home, model=settings.encoder_model, once=once))


def chunker(settings: Settings) -> Chunker:
    """The configured way of cutting documents."""
    return cast("Chunker", load("medqa.ingest.chunkers", settings.chunker)(settings.passage_tokens))


def library(settings: Settings) -> Library:
    """The home's library. Close it after use."""
    from medqa.index.library import Library

    return Library(settings.home, chunker_version=chunker(settings).version)


def snapshots(settings: Settings) -> SnapshotStore:
    """The home's snapshots."""
    from medqa.index.snapshot import SnapshotStore
    from medqa.retrieve import lexicon
    from medqa.wiring import auditing

    return SnapshotStore(
        settings.home,
        vector_index=settings.vector_index,
        vector_memory_mb=settings.vector_memory_mb,
        vector_device=settings.vector_device,
        user_words=lambda: lexicon.load().chinese_forms(),
        sentences_up_to=settings.sentence_vectors_up_to,
        on_publish=lambda action, snapshot_id: auditing.note(settings, action, snapshot_id),
    )


def served_model(settings: Settings) -> ServedModel:
    """The language model behind the configured server. Opens no connection yet."""
    from medqa.served_model import ServedModel, Server

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    silence_s = max(_SILENCE_S, settings.llm_first_token_s)
    server = Server(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=key,
        silence_s=silence_s,
        reasoning_effort=settings.llm_reasoning_effort,
    )
    return ServedModel(server)


def chat_model(settings: Settings, name: str) -> ChatModel:
    """A chat model by name; one that speaks to a server is given the client, its prompts and what masks for it."""
    factory = load("medqa.answer.chat_models", name)
    if name == "extractive":
        return cast("ChatModel", factory())
    mask = masker(settings.llm_base_url)
    budgets = {"budget_tokens": settings.llm_context_tokens, "answer_tokens": settings.llm_answer_tokens}
    made = factory(served_model(settings), shipped("prompts"), mask, **budgets)
    return cast("ChatModel", made)


def follow_ups(settings: Settings) -> FollowUps | None:
    """What makes follow-ups stand alone with the served model; none where there is no such model."""
    from medqa.answer.generation.assistance import FollowUps

    if settings.chat_model == "extractive":
        return None
    return FollowUps(served_model(settings), shipped("prompts"), masker(settings.llm_base_url))


def relevance(settings: Settings) -> Relevance | None:
    """What judges passages with the served model, where that is wanted."""
    from medqa.answer.generation.assistance import Relevance

    if settings.chat_model == "extractive" or not settings.llm_judges_passages:
        return None
    return Relevance(served_model(settings), shipped("prompts"), masker(settings.llm_base_url))


def second_opinion(settings: Settings) -> SecondOpinion | None:
    """The served model's view of safety; none where there is no such model."""
    from medqa.safety.third_layer import ThirdLayer

    if settings.chat_model == "extractive":
        return None
    return ThirdLayer(served_model(settings), shipped("prompts"), masker(settings.llm_base_url))


def care(settings: Settings) -> Care:
    """How the model's server is treated: deadlines, a circuit breaker, a retry budget, a bound on requests at once."""
    from medqa.answer.generation.drafting import Care, Deadlines

    deadlines = Deadlines(
        first_token_s=settings.llm_first_token_s,
        first_claim_s=settings.llm_first_claim_s,
        whole_s=settings.llm_answer_s,
    )
    return Care(deadlines=deadlines, most_at_once=settings.llm_at_once)


def verifier(settings: Settings) -> Verifier:
    """The configured claim checker; one that asks a model is given the client, its prompts and what masks for it."""
    factory = load("medqa.answer.verifiers", settings.verifier)
    if settings.verifier == "lexical":
        return cast("Verifier", factory(vocabulary))
    mask = masker(settings.llm_base_url)
    made = factory(vocabulary, served_model(settings), shipped("prompts"), mask, timeout_s=settings.llm_verdict_s)
    return cast("Verifier", made)


def retriever(settings: Settings, snapshot: OpenSnapshot, encoder: Embedder, per_document: int) -> Retriever:
    """The configured retriever over a snapshot, with the configured reranker behind it."""
    from medqa.retrieve.reranked import Reranked

    factory = load("medqa.retrieve.retrievers", settings.retriever)
    found = cast("Retriever", factory(snapshot, encoder, passages_per_document=per_document))
    if settings.reranker is None:
        return found
    return Reranked(found, cast("Reranker", load("medqa.retrieve.rerankers", settings.reranker)()))


def contradictions(snapshot: OpenSnapshot) -> Contradictions:
    """What finds sentences that say the opposite of a statement."""
    from medqa.answer.evidence.contrary import Contradictions
    from medqa.retrieve.contradicting import Contradicting

    return Contradictions(Contradicting(snapshot), vocabulary)


def guards() -> tuple[Guard, ...]:
    """Every guard, by name."""
    return tuple(factory() for _, factory in sorted(load_all("medqa.safety.guards").items()))


def counsel() -> Counsel:
    """What goes with an answer to a patient."""
    from medqa.safety.context.counsel import PatientCounsel

    return PatientCounsel()
