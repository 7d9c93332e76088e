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
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from medqa.settings import Settings

_START_S, _STOP_S = 600.0, 30.0
_FROM_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json")

# Width, layers, heads, shared heads, size of a head; the last has the layers of Qwen3-0.6B.
SHAPES: Mapping[str, tuple[int, int, int, int, int]] = {
    "50m": (640, 10, 10, 5, 64),
    "150m": (896, 16, 14, 7, 64),
    "440m": (1024, 28, 16, 8, 128),
}


@contextlib.contextmanager
def shaped(settings: Settings, shape: str, like: Path) -> Iterator[Settings]:
    """vLLM with such a model until the block ends; the settings that lead to it. ``like`` lends its tokenizer."""
    if shape not in SHAPES:
        raise UsageError(f"no shape {shape}: choose of {', '.join(SHAPES)}", field="shapes")
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), shape, like)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        command = [sys.executable, "-m", "medqa", "llm", "serve", "--model", folder, "--name", shape]
        variables = {**os.environ, "MEDQA_LLM_BASE_URL": url}
        with subprocess.Popen(
            [*command, "--", "--load-format", "dummy", "--seed", "0"],
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


def _write(folder: Path, shape: str, like: Path) -> None:
    width, layers, heads, shared, head = SHAPES[shape]
    config = json.loads((like / "config.json").read_text("utf-8"))
    if config.get("model_type") != "qwen3":
        raise UsageError(f"{like} is no model of Qwen3's kind", field="like")
    config |= {
        "hidden_size": width,
        "intermediate_size": 3 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": shared,
        "head_dim": head,
        "max_position_embeddings": 8192,
        "dtype": "bfloat16",
    }
    for left_over in ("layer_types", "max_window_layers", "torch_dtype"):
        config.pop(left_over, None)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    for name in _FROM_TOKENIZER:
        if (like / name).exists():
            shutil.copy(like / name, folder / name)


def _wait(process: subprocess.Popen[str], lines: Sequence[str], url: str) -> None:
    """Until it says that it is ready. Raises ConfigError with its last lines."""
    ends = time.monotonic() + _START_S
    while not any(line.startswith("Ready after") for line in lines):
        if process.poll() is not None or time.monotonic() > ends:
            raise ConfigError(f"vLLM did not start at {url}:\n{''.join(lines[-20:])}")
        time.sleep(0.5)
