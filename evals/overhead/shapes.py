"""Models of a useful weight and no use: Qwen3's shape in several sizes, without weights (``--load-format dummy``).

They cost what a trained model of their size costs, and write nonsense: speed can be measured, answers cannot.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from medqa.settings import Settings

_START_S, _STOP_S = 600.0, 30.0
_FROM_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json")


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder of Qwen3's kind: layers of ``heads`` query heads over ``shared`` key and value heads, in BF16."""

    width: int
    layers: int
    heads: int
    shared: int
    head: int

    @property
    def inner(self) -> int:
        """Width of the feed-forward part."""
        return 3 * self.width

    def parameters(self, vocabulary: int) -> int:
        """Weights that each token passes through: all but the table of embeddings that it is looked up in."""
        attention = self.width * self.head * 2 * (self.heads + self.shared)
        return self.layers * (attention + 3 * self.width * self.inner) + vocabulary * self.width

    @property
    def cache_bytes(self) -> int:
        """Bytes of keys and values that a token leaves behind."""
        return 2 * 2 * self.layers * self.shared * self.head


# The last three have the layers of Qwen3-0.6B, -1.7B and -8B.
SHAPES: Mapping[str, Shape] = {
    "2m": Shape(192, 4, 4, 2, 48),
    "50m": Shape(640, 10, 10, 5, 64),
    "150m": Shape(896, 16, 14, 7, 64),
    "440m": Shape(1024, 28, 16, 8, 128),
    "1.4b": Shape(2048, 28, 16, 8, 128),
    "8b": Shape(4096, 36, 32, 8, 128),
}


def shape_of(name: str) -> Shape:
    """A shape by its name. Raises UsageError that names them all."""
    if name not in SHAPES:
        raise UsageError(f"no shape {name}: choose of {', '.join(SHAPES)}", field="shapes")
    return SHAPES[name]


@contextlib.contextmanager
def shaped(settings: Settings, shape: str, like: Path, flags: Sequence[str] = ()) -> Iterator[Settings]:
    """vLLM with such a model until the block ends; the settings that lead to it. ``like`` lends its tokenizer."""
    with tempfile.TemporaryDirectory() as folder:
        write_shape(Path(folder), shape_of(shape), like)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        command = [sys.executable, "-m", "medqa", "llm", "serve", "--model", folder, "--name", shape]
        variables = {**os.environ, "MEDQA_LLM_BASE_URL": url}
        with subprocess.Popen(
            [*command, "--", "--load-format", "dummy", "--seed", "0", *flags],
            env=variables, stderr=subprocess.PIPE, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            lines: list[str] = []
            reader = threading.Thread(target=lines.extend, args=(process.stderr,), daemon=True)
            reader.start()
            try:
                _wait(process, lines, url)
                yield settings.model_copy(update={"llm_base_url": url, "llm_model": shape})
            finally:
                process.terminate()
                reader.join(_STOP_S)


def write_shape(folder: Path, shape: Shape, like: Path) -> dict[str, Any]:
    """Writes the configuration of such a model, which it returns, and the tokenizer that ``like`` lends it."""
    try:
        config: dict[str, Any] = json.loads((like / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as err:
        raise UsageError(f"{like} is no model's folder: no config.json can be read there", field="like") from err
    if config.get("model_type") != "qwen3":
        raise UsageError(f"{like} is no model of Qwen3's kind", field="like")
    config |= {
        "hidden_size": shape.width,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.shared,
        "head_dim": shape.head,
        "max_position_embeddings": 8192,
        "dtype": "bfloat16",
    }
    for left_over in ("layer_types", "max_window_layers", "torch_dtype"):
        config.pop(left_over, None)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    for name in _FROM_TOKENIZER:
        if (like / name).exists():
            shutil.copy(like / name, folder / name)
    return config


def _wait(process: subprocess.Popen[str], lines: Sequence[str], url: str) -> None:
    """Until it says that it is ready. Raises ConfigError with its last lines."""
    ends = time.monotonic() + _START_S
    while not any(line.startswith("Ready after") for line in lines):
        if process.poll() is not None or time.monotonic() > ends:
            raise ConfigError(f"vLLM did not start at {url}:\n{''.join(lines[-20:])}")
        time.sleep(0.5)
