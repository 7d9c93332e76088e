"""Makes a model smaller with llm-compressor: FP8 weights and activations, or four-bit weights by GPTQ.

llm-compressor needs other versions of transformers and datasets than MedQA, so it lives in an environment of its own
and runs as a child process.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from medqa.errors import ConfigError
from medqa.train.card import settings_block, table, write_card
from medqa.train.config import QuantiseConfig
from medqa.train.rows import read_rows

_WORKER = Path(__file__).with_name("quantise_worker.py")
_SCHEMES = {"fp8_dynamic": "FP8_DYNAMIC", "w4a16": "W4A16"}
_WHAT = {
    "fp8_dynamic": "Weights in FP8 (E4M3, a scale a channel); activations are scaled to FP8 token by token while "
    "serving. Needs no calibration. Fast on GPUs with FP8 (compute capability 8.9 and up).",
    "w4a16": "Weights in four bits by GPTQ (Frantar et al. 2022, arXiv:2210.17323), a scale a group, activations as "
    "they were. Calibrated on training rows.",
}
_SERVE = """```sh
medqa llm serve --model {folder}
MEDQA_CHAT_MODEL=openai medqa serve
```

vLLM reads the format (compressed-tensors) from the folder. Measure what was lost: `medqa train report`, with the
server's `base_url` for this model."""
_SET_UP = """environment: {folder} has no Python with llm-compressor. Make one and name it:
  python3 -m venv ~/quantise-env
  ~/quantise-env/bin/pip install --no-deps -r deploy/quantise/cpu.lock     (or cuda.lock)"""


def quantise(config: QuantiseConfig) -> Path:
    """The output folder with the quantised weights, tokenizer and card.

    Raises ConfigError when model or environment are not there, and with the last lines of the child when it fails.
    """
    python = config.environment / "bin" / "python"
    if not (config.model / "config.json").is_file():
        raise ConfigError(f"model: {config.model} holds no model: merge the adapter first (medqa train merge)")
    if not python.exists():
        raise ConfigError(_SET_UP.format(folder=config.environment))
    config.output.mkdir(parents=True, exist_ok=True)
    is_calibrated = config.data is not None and config.scheme == "w4a16"
    rows = read_rows(config.data, "train")[: config.calibration_rows] if config.data and is_calibrated else []
    job = {
        "model": str(config.model),
        "output": str(config.output),
        "scheme": _SCHEMES[config.scheme],
        "ignore": list(config.ignore),
        "group_size": config.group_size,
        "max_tokens": config.max_tokens,
        "conversations": [[*row.prompt, *row.completion] for row in rows],
    }
    _run(python, job)
    _write_card(config, len(rows))
    return config.output


def _run(python: Path, job: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:  # llm-compressor writes logs where it stands
        path = Path(folder) / "job.json"
        path.write_text(json.dumps(job, ensure_ascii=False), "utf-8")
        done = subprocess.run(
            [str(python), str(_WORKER), str(path)],
            cwd=folder,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise ConfigError(f"llm-compressor stopped with status {done.returncode}:\n{last}")


def _write_card(config: QuantiseConfig, rows: int) -> None:
    before, after = _bytes(config.model), _bytes(config.output)
    facts = [
        ("weights before, bytes", before),
        ("weights after, bytes", after),
        ("after / before", after / before),
        ("calibration rows", rows),
    ]
    write_card(
        config.output,
        f"{config.model.name} in fewer bits ({config.scheme})",
        front={"base_model": str(config.model), "library_name": "transformers", "tags": ["medqa", config.scheme]},
        sections={
            "What it is": _WHAT[config.scheme],
            "Size": table(("what", "value"), facts),
            "How to serve it": _SERVE.format(folder=config.output.name),
            "Settings": settings_block(config.model_dump(mode="json", include=_SHOWN)),
        },
    )


_SHOWN = {"scheme", "group_size", "calibration_rows", "max_tokens", "ignore"}


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))
