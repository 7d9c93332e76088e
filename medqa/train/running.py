"""What supervised and preference training share: the trainer's arguments, the adapter's shape, and how a run ends."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.errors import ConfigError
from medqa.train.watching import write_losses

if TYPE_CHECKING:
    from peft import LoraConfig

    from medqa.train.config import TrainingConfig

CHECKPOINTS = "checkpoints"
_WHOSE = "run.json"
_FREE = {"output", "resume", "save_steps", "log_steps"}  # may differ when a run is taken up again


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """What a run came to. ``losses`` are the logged rows; ``too_long`` rows were left out; times are in seconds.

    ``memory_gb`` is the most that it took: of one GPU where there is one, else of this process.
    """

    output: Path
    steps: int
    rows: int
    too_long: int
    trained_parameters: int
    all_parameters: int
    tokens: int
    seconds: float
    memory_gb: float
    losses: tuple[dict[str, float], ...]

    @property
    def tokens_per_s(self) -> float:
        """Tokens a second, prompts counted too, of a run that was not broken off."""
        return self.tokens / self.seconds if self.seconds else 0.0

    @property
    def final_loss(self) -> float:
        """The last logged training loss."""
        return [row["loss"] for row in self.losses if "loss" in row][-1]


def arguments(config: TrainingConfig, *, has_validation: bool) -> dict[str, Any]:
    """Arguments of transformers' trainer: nothing is reported anywhere, every random choice hangs on the seed."""
    import torch

    from medqa.train.models import dtype

    is_bf16 = dtype(config.precision) is torch.bfloat16
    return {
        "output_dir": str(config.output / CHECKPOINTS),
        "per_device_train_batch_size": config.batch_size,
        "per_device_eval_batch_size": config.batch_size,
        "gradient_accumulation_steps": config.accumulate,
        "learning_rate": config.learning_rate,
        "num_train_epochs": config.epochs,
        "max_steps": config.max_steps or -1,
        "lr_scheduler_type": "cosine",
        "warmup_steps": config.warmup,  # below 1 it is a share
        "weight_decay": config.weight_decay,
        "bf16": is_bf16,
        "activation_checkpointing": config.gradient_checkpointing,
        "seed": config.seed,
        "data_seed": config.seed,
        "save_steps": config.save_steps,
        "save_total_limit": 2,
        "logging_steps": config.log_steps,
        "logging_first_step": True,
        "eval_strategy": "steps" if has_validation else "no",
        "eval_steps": config.save_steps,
        "disable_tqdm": True,
        "dataloader_pin_memory": torch.cuda.is_available(),
        "report_to": "none",
        "log_level": "error",
    }


def quiet() -> None:
    """Turns off the bars of the libraries: MedQA shows one line of its own."""
    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()


def adapter_shape(config: TrainingConfig) -> LoraConfig | None:
    """The adapter to train, or none when all weights are trained."""
    from peft import LoraConfig

    if config.method == "full":
        return None
    shape = config.lora
    return LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,
        lora_dropout=shape.dropout,
        target_modules=shape.modules if isinstance(shape.modules, str) else list(shape.modules),
        task_type="CAUSAL_LM",
    )


def last_checkpoint(config: TrainingConfig) -> Path | None:
    """The newest checkpoint of a run that was broken off, with the same settings on the same data.

    Raises ConfigError when the folder holds an unfinished run that is another one.
    """
    from transformers.trainer_utils import get_last_checkpoint

    folder = config.output / CHECKPOINTS
    found = get_last_checkpoint(str(folder)) if folder.is_dir() else None
    known, mine = folder / _WHOSE, _fingerprint(config)
    if found and not config.resume:
        raise ConfigError(f"resume: {folder} holds an unfinished run: set resume = true, or remove the folder")
    if found and known.is_file() and known.read_text("utf-8") != mine:
        raise ConfigError(f"output: {folder} holds an unfinished run with other settings or data: remove the folder")
    folder.mkdir(parents=True, exist_ok=True)
    known.write_text(mine, "utf-8")
    return Path(found) if found else None


def finish(trainer: Any, tokenizer: Any, config: TrainingConfig, *, rows: int, too_long: int) -> TrainingRun:
    """Writes weights, tokenizer and losses into the output folder, and removes the checkpoints: what it came to."""
    trainer.save_model(str(config.output))
    tokenizer.save_pretrained(str(config.output))
    (config.output / "training_args.bin").unlink(missing_ok=True)  # a pickle, of no use to anybody else
    shutil.rmtree(config.output / "ref", ignore_errors=True)  # what DPO compared with
    shutil.rmtree(config.output / CHECKPOINTS)
    history = trainer.state.log_history
    parameters = list(trainer.model.parameters())
    return TrainingRun(
        output=config.output,
        steps=trainer.state.global_step,
        rows=rows,
        too_long=too_long,
        trained_parameters=sum(p.numel() for p in parameters if p.requires_grad),
        all_parameters=sum(p.numel() for p in parameters),
        tokens=int(next((e["num_tokens"] for e in reversed(history) if "num_tokens" in e), 0)),
        seconds=float(next((e["train_runtime"] for e in reversed(history) if "train_runtime" in e), 0.0)),
        memory_gb=_most_memory_gb(),
        losses=tuple(write_losses(config.output, history)),
    )


def _most_memory_gb() -> float:
    import resource

    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 1e9
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def _fingerprint(config: TrainingConfig) -> str:
    """The settings that make a run what it is, with the hash of its data."""
    rows = config.data / "train.jsonl"
    values = {**config.model_dump(mode="json", exclude=_FREE), "data": hashlib.sha256(rows.read_bytes()).hexdigest()}
    return json.dumps(values, sort_keys=True)
