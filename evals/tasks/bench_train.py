"""How fast this machine fine-tunes a model of a given shape, and how much memory that takes.

``--data``: the folder of `medqa train data`. A model of the shape is made with random weights and taught the rows for
some steps, as `medqa train sft` does; what it learns is of no use.
Options: ``like=FOLDER``, a Qwen3 model that lends its tokenizer; ``shape`` (150m) of 2m, 50m, 150m, 440m, 1.4b and 8b;
``method`` (lora, or full); ``steps`` (20); ``batch_size`` (4); ``max_tokens`` (2048); ``gradient_checkpointing``
(false).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.overhead.shapes import Shape, shape_of, write_shape
from medqa.errors import UsageError
from medqa.train.config import SftConfig, checked
from medqa.train.sft import fine_tune

_PASSED_ON = ("method", "batch_size", "max_tokens", "gradient_checkpointing")


class BenchTrain:
    """Tokens a second of fine-tuning and the most memory that it took, by shape and method."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Raises UsageError without rows or ``like``, ConfigError for what training does not take."""
        if data is None:
            raise UsageError("name the folder of `medqa train data` with --data", field="data")
        if "like" not in options:
            raise UsageError("name a Qwen3 model's folder, whose tokenizer is taken, with -o like=FOLDER", field="like")
        name = options.get("shape", "150m")
        shape = shape_of(name)
        with tempfile.TemporaryDirectory() as folder:
            model = _random_model(Path(folder) / "model", shape, Path(options["like"]))
            given = {"batch_size": 4, "max_tokens": 2048, "method": "lora"} | {
                key: options[key] for key in _PASSED_ON if key in options
            }
            run = fine_tune(
                checked(
                    {
                        **given,
                        "output": f"{folder}/output",
                        "model": str(model),
                        "data": str(data.absolute()),
                        "max_steps": int(options.get("steps", "20")),
                        "accumulate": 1,
                        "save_steps": 10**6,
                    },
                    SftConfig,
                )
            )
        return {
            "model": f"random weights in Qwen3's shape, {name}",
            "device": _device(),
            **given,
            "parameters": run.all_parameters,
            "trained parameters": run.trained_parameters,
            "steps": run.steps,
            "tokens": run.tokens,
            "tokens/s": round(run.tokens_per_s, 1),
            "most memory, GB": round(run.memory_gb, 2),
            "rows left out as too long": run.too_long,
        }


plugin = BenchTrain


def _random_model(folder: Path, shape: Shape, like: Path) -> Path:
    """A folder with such a model, its weights drawn at random, in BF16."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    folder.mkdir()
    write_shape(folder, shape, like)
    torch.manual_seed(0)
    model: Any = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.bfloat16)
    model.save_pretrained(folder)
    return folder


def _device() -> str:
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else f"CPU, {torch.get_num_threads()} threads"
