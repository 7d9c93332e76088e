"""Teaches a model to prefer answers that the claim ledger ranks higher: DPO, by trl's trainer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from medqa.errors import ConfigError
from medqa.train.config import PreferConfig
from medqa.train.model_cards import write_training_card
from medqa.train.models import base_of, load_model, load_tokenizer, require_four_bit, thinking_options
from medqa.train.pairs import Pair, write_pairs
from medqa.train.running import TrainingRun, adapter_shape, arguments, finish, last_checkpoint, quiet
from medqa.train.watching import progress_callback
from medqa.train.workshop import Progress

PAIRS = "pairs.jsonl"


def prefer(config: PreferConfig, pairs: Sequence[Pair], progress: Progress | None = None) -> TrainingRun:
    """Trains on the pairs, and writes what ``medqa train sft`` writes, with ``pairs.jsonl`` beside it.

    ``config.model`` may be the folder of an adapter: its training goes on. Raises ConfigError when there is no pair.
    """
    from transformers import PrinterCallback, set_seed
    from trl.trainer.dpo_config import DPOConfig
    from trl.trainer.dpo_trainer import DPOTrainer

    quiet()
    if config.method == "qlora":
        require_four_bit()
    if not pairs:
        raise ConfigError("data: no pair could be made; the ledger sees no difference between the candidates")
    base = base_of(config.model)
    tokenizer = load_tokenizer(config.model)
    kept = [pair for pair in pairs if _tokens(pair, tokenizer) <= config.max_tokens]
    if not kept:
        raise ConfigError(f"max_tokens: every pair is longer than {config.max_tokens} tokens")
    set_seed(config.seed)
    checkpoint = last_checkpoint(config)
    write_pairs(config.output / PAIRS, kept)
    model = load_model(base or config.model, config.precision, is_four_bit=config.method == "qlora")
    trainer = DPOTrainer(
        model=_with_adapter(model, config.model) if base else model,
        args=DPOConfig(**arguments(config, has_validation=False), max_length=config.max_tokens, beta=config.beta),
        train_dataset=_as_dataset(kept, tokenizer),
        processing_class=tokenizer,
        peft_config=None if base else adapter_shape(config),
        callbacks=[progress_callback(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    run = finish(trainer, tokenizer, config, rows=len(kept), too_long=len(pairs) - len(kept))
    flaws = Counter(pair.flaw for pair in kept)
    write_training_card(config, run, step="dpo", thinks=bool(thinking_options(tokenizer)), flaws=flaws)
    return run


def _with_adapter(model: Any, folder: str) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(model, folder, is_trainable=True)


def _as_dataset(pairs: Sequence[Pair], tokenizer: Any) -> Any:
    from datasets import Dataset

    options = thinking_options(tokenizer)
    extra = {"chat_template_kwargs": options} if options else {}
    return Dataset.from_list(
        [
            {"prompt": list(p.prompt), "chosen": [_said(p.chosen)], "rejected": [_said(p.rejected)], **extra}
            for p in pairs
        ]
    )


def _said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def _tokens(pair: Pair, tokenizer: Any) -> int:
    longest = max(pair.chosen, pair.rejected, key=len)
    return len(tokenizer.apply_chat_template([*pair.prompt, _said(longest)], return_dict=True)["input_ids"])
