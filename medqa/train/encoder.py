"""Fine-tunes a sentence encoder on a corpus of one's own: headings and titles find the passages below them.

Contrastive learning with in-batch negatives and mined hard ones (Karpukhin et al., DPR, EMNLP 2020), by
sentence-transformers' trainer. Passages of one document never stand as negatives of each other's headings.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from medqa.domain.language import language_of
from medqa.errors import ConfigError
from medqa.train.config import ModelName, Place, StepConfig
from medqa.train.watching import progress_callback, write_losses
from medqa.train.workshop import Progress

if TYPE_CHECKING:
    from medqa.domain.document import Metadata
    from medqa.domain.passage import Passage

_RANKS = (10, 60)  # ranks that hard negatives are taken from: the very first are often right answers too


class EncoderConfig(StepConfig):
    """``medqa train encoder``."""

    model: ModelName | None = None
    sources: tuple[str, ...] = ()
    exclude_questions: tuple[Place, ...] = ()
    pairs: int = Field(20_000, ge=8)
    hard_negatives: int = Field(1, ge=0, le=8)
    batch_size: int = Field(32, ge=2)
    learning_rate: float = Field(2e-5, gt=0, lt=1)
    epochs: float = Field(1.0, gt=0)
    max_minutes: float | None = Field(None, gt=0)
    max_tokens: int = Field(128, ge=16, le=512)
    keep: float = Field(0.5, ge=0, lt=1)
    validation: float = Field(0.02, gt=0, lt=0.5)
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRun:
    """What a run did. ``accuracy`` is the share of held-out headings whose own passage is nearest, before and after."""

    pairs: int
    steps: int
    seconds: float
    accuracy: tuple[float, float]


def pairs(
    passages: Iterable[tuple[Passage, Metadata]], config: EncoderConfig, excluded: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """(heading, text) of the English passages of the sources, none of whose headings is an excluded question."""
    barred = {_plain(text) for text in excluded}
    found: dict[tuple[str, str], None] = {}
    for passage, metadata in passages:
        if config.sources and metadata.source_id not in config.sources:
            continue
        heading = " ".join(part for part in (metadata.title, passage.section) if part)
        is_usable = _plain(metadata.title) not in barred and language_of(passage.text) == "en"
        if heading and is_usable and len(passage.text.split()) > 5:
            found[heading, passage.text] = None
    if len(found) < 8:
        raise ConfigError("sources: fewer than 8 English passages with a heading: see `medqa sources list`")
    ordered = sorted(found)
    return random.Random(config.seed).sample(ordered, min(config.pairs, len(ordered)))


def fine_tune(
    config: EncoderConfig, model: str, found: Sequence[tuple[str, str]], progress: Progress | None
) -> EncoderRun:
    """Writes the tuned encoder to ``config.output``: any sentence-transformers reader opens it."""
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    began = time.monotonic()
    encoder = SentenceTransformer(config.model or model, device=None)
    encoder.max_seq_length = config.max_tokens
    untouched = {name: weights.detach().clone() for name, weights in encoder.named_parameters()}
    held_out = max(1, int(len(found) * config.validation))
    test, train = found[:held_out], found[held_out:]
    before = _accuracy(encoder, test)
    trainer = SentenceTransformerTrainer(
        model=encoder,
        args=_arguments(config),
        train_dataset=_dataset(encoder, train, config),
        loss=MultipleNegativesRankingLoss(encoder),
        callbacks=[progress_callback(progress), *_deadline(config.max_minutes)],
    )
    trainer.train()
    _mix(encoder, untouched, config.keep)
    encoder.max_seq_length = max(config.max_tokens, 256)
    encoder.save(str(config.output), create_model_card=False)
    write_losses(config.output, trainer.state.log_history)
    return EncoderRun(
        pairs=len(train),
        steps=int(trainer.state.global_step),
        seconds=time.monotonic() - began,
        accuracy=(before, _accuracy(encoder, test)),
    )


def _arguments(config: EncoderConfig) -> Any:
    from sentence_transformers import SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers

    return SentenceTransformerTrainingArguments(
        output_dir=str(config.output / "checkpoints"),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        warmup_steps=0.1,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        seed=config.seed,
        save_strategy="no",
        logging_steps=10,
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )


def _dataset(encoder: Any, train: Sequence[tuple[str, str]], config: EncoderConfig) -> Any:
    """Heading and text, and texts that look right to the untrained encoder but are of other headings."""
    from datasets import Dataset
    from sentence_transformers.util import mine_hard_negatives

    rows = Dataset.from_dict({"anchor": [a for a, _ in train], "positive": [p for _, p in train]})
    if not config.hard_negatives:
        return rows
    low = min(_RANKS[0], len(train) // 4)
    high = max(low + config.hard_negatives, min(_RANKS[1], len(train) - 1))
    return mine_hard_negatives(
        rows,
        encoder,
        range_min=low,
        range_max=high,
        relative_margin=0.05,
        num_negatives=config.hard_negatives,
        sampling_strategy="random",
        output_format="n-tuple",
        verbose=False,
    )


def _deadline(minutes: float | None) -> list[Any]:
    """A callback that ends training in time, if a time was set."""
    if minutes is None:
        return []
    from transformers import TrainerCallback

    end = time.monotonic() + 60 * minutes

    class Deadline(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            control.should_training_stop |= time.monotonic() > end

    return [Deadline()]


def _mix(encoder: Any, untouched: dict[str, Any], keep: float) -> None:
    """Puts back a share of the untouched weights, so that what the encoder knew is not lost.

    Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022.
    """
    import torch

    with torch.no_grad():
        for name, weights in encoder.named_parameters():
            weights.lerp_(untouched[name].to(weights.device), keep)


def _accuracy(encoder: Any, test: Sequence[tuple[str, str]]) -> float:
    """The share of headings whose own text is the nearest of all held-out ones."""
    headings, texts = (encoder.encode([p[side] for p in test], normalize_embeddings=True) for side in (0, 1))
    nearest = (headings @ texts.T).argmax(axis=1)
    return float((nearest == range(len(test))).mean())


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("?", " ").split())


def questions(files: Sequence[Path]) -> list[str]:
    """The ``text`` or ``question`` of each line of JSON Lines files. Raises ConfigError where one has neither."""
    import json

    found: list[str] = []
    for path in files:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            row = json.loads(line)
            text = row.get("text") or row.get("question")
            if not isinstance(text, str):
                raise ConfigError(f"exclude_questions: {path}, line {number} has neither text nor question")
            found.append(text)
    return found
