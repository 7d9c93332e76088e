"""Teaches a model the rows of ``medqa train data``: LoRA, QLoRA or all weights, by trl's trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medqa.errors import ConfigError
from medqa.train.config import SftConfig
from medqa.train.model_cards import write_training_card
from medqa.train.models import base_of, load_model, load_tokenizer, require_four_bit, thinking_options
from medqa.train.rows import Row, read_rows
from medqa.train.running import TrainingRun, adapter_shape, arguments, finish, last_checkpoint, quiet
from medqa.train.watching import progress_callback
from medqa.train.workshop import Progress


def fine_tune(config: SftConfig, progress: Progress | None = None) -> TrainingRun:
    """Trains, and writes the adapter (or the whole model), its tokenizer, losses and card into ``config.output``.

    Takes up again from the last checkpoint there. Raises ConfigError when model or data do not fit the settings.
    """
    from transformers import PrinterCallback, set_seed
    from trl.trainer.sft_config import SFTConfig as Arguments
    from trl.trainer.sft_trainer import SFTTrainer

    quiet()
    if config.method == "qlora":
        require_four_bit()
    if base_of(config.model):
        raise ConfigError(f"model: {config.model} is an adapter: merge it first (medqa train merge), or train its base")
    rows = read_rows(config.data, "train")
    held_out = read_rows(config.data, "validation")
    tokenizer = load_tokenizer(config.model)
    kept, too_long = fitting(rows, tokenizer, config.max_tokens)
    if not kept:
        raise ConfigError(f"max_tokens: every row is longer than {config.max_tokens} tokens")
    set_seed(config.seed)
    checkpoint = last_checkpoint(config)
    trainer = SFTTrainer(
        model=load_model(config.model, config.precision, is_four_bit=config.method == "qlora"),
        args=Arguments(
            **arguments(config, has_validation=bool(held_out)),
            max_length=config.max_tokens,
            completion_only_loss=True,
        ),
        train_dataset=as_dataset(kept, tokenizer),
        eval_dataset=as_dataset(fitting(held_out, tokenizer, config.max_tokens)[0], tokenizer) or None,
        processing_class=tokenizer,
        peft_config=adapter_shape(config),
        callbacks=[progress_callback(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    run = finish(trainer, tokenizer, config, rows=len(kept), too_long=too_long)
    write_training_card(config, run, step="sft", thinks=bool(thinking_options(tokenizer)))
    return run


def fitting(rows: Sequence[Row], tokenizer: Any, max_tokens: int) -> tuple[list[Row], int]:
    """The rows of at most so many tokens, and how many were longer. A row is never cut: its end is what it teaches."""
    kept = [row for row in rows if _tokens(row, tokenizer) <= max_tokens]
    return kept, len(rows) - len(kept)


def as_dataset(rows: Sequence[Row], tokenizer: Any) -> Any:
    """The rows as trl takes them: prompt, completion, and what the chat template must be told."""
    from datasets import Dataset

    options = thinking_options(tokenizer)
    extra = {"chat_template_kwargs": options} if options else {}
    return Dataset.from_list(
        [{"prompt": list(row.prompt), "completion": list(row.completion), **extra} for row in rows]
    )


def _tokens(row: Row, tokenizer: Any) -> int:
    return len(tokenizer.apply_chat_template([*row.prompt, *row.completion], return_dict=True)["input_ids"])
