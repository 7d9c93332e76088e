"""Loads what is trained, and decides precision and device. The one place that knows about bitsandbytes."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from medqa.errors import ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Precision = Literal["auto", "bf16", "fp32"]

_COMPRESSED = (
    "model: the weights of {name} are compressed, and what reads them is not installed here. Train on the model that"
    " they were made of; for a report, serve them (medqa llm serve --model {name}) and name the server with base_url."
)


def dtype(precision: Precision) -> Any:
    """The torch type of the weights; ``auto`` is bfloat16 on a GPU that has it, else float32."""
    import torch

    if precision == "auto":
        return torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if precision == "bf16" else torch.float32


def load_tokenizer(name: str) -> PreTrainedTokenizerBase:
    """The model's tokenizer. Raises ConfigError without one, or without a chat template."""
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as err:
        raise ConfigError(f"model: {_missing(name, 'tokenizer')}") from err
    if tokenizer.chat_template is None:
        raise ConfigError(f"model: {name} has no chat template: take the instruction-tuned version of the model")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(name: str, precision: Precision, *, is_four_bit: bool = False) -> Any:
    """The causal language model, its base in four bits (NF4, QLoRA: Dettmers et al. 2023) if asked.

    Raises ConfigError when the folder holds none, or when four bits cannot work on this machine.
    """
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    require_readable(name)
    weights = dtype(precision)
    options: dict[str, Any] = {"dtype": weights}
    if is_four_bit:
        require_four_bit()
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=weights,
        )
    if torch.cuda.is_available():
        options["device_map"] = {"": torch.cuda.current_device()}
    try:
        return AutoModelForCausalLM.from_pretrained(name, **options)
    except (OSError, ValueError) as err:
        raise ConfigError(f"model: {_missing(name, 'model')}") from err


def base_of(folder: str) -> str | None:
    """The base model that an adapter's folder names; nothing when the folder is no adapter."""
    path = Path(folder) / "adapter_config.json"
    try:
        return str(json.loads(path.read_text("utf-8"))["base_model_name_or_path"]) if path.is_file() else None
    except (ValueError, KeyError) as err:
        raise ConfigError(f"{path}: is no adapter's configuration") from err


def require_readable(name: str) -> None:
    """Raises ConfigError where a folder's weights are compressed in a way that nothing here reads."""
    path = Path(name) / "config.json"
    if importlib.util.find_spec("compressed_tensors") is not None or not path.is_file():
        return
    try:
        how = json.loads(path.read_text("utf-8")).get("quantization_config") or {}
    except (ValueError, AttributeError) as err:
        raise ConfigError(f"{path}: is no model's configuration") from err
    if how.get("quant_method") == "compressed-tensors":
        raise ConfigError(_COMPRESSED.format(name=name))


def require_four_bit() -> None:
    """Raises ConfigError where QLoRA cannot run: it needs an NVIDIA GPU and the package bitsandbytes."""
    import torch

    if not torch.cuda.is_available():
        raise ConfigError(
            'method: "qlora" needs an NVIDIA GPU, and this machine has none that PyTorch can use. '
            'Take method = "lora", which trains the same adapter on a base in full precision.'
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ConfigError('method: "qlora" needs the package bitsandbytes: pip install bitsandbytes')


def thinking_options(tokenizer: PreTrainedTokenizerBase) -> dict[str, bool]:
    """What a template that can think (Qwen3's) must be told, here and when serving: answers come without thoughts."""
    return {"enable_thinking": False} if "enable_thinking" in str(tokenizer.chat_template) else {}


def _missing(name: str, what: str) -> str:
    if Path(name).is_dir():
        return f"the folder {name} holds no {what} that transformers can read"
    return (
        f"no {what} named {name!r}: name a folder, or a model that the hub cache holds (HF_HUB_OFFLINE=0 to fetch it)"
    )
