"""Trained token rows as the files that the default encoder reads, small enough to ship."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def write(folder: Path, tokens: Sequence[str], numbers: Sequence[int], rows: np.ndarray) -> None:
    """``tokens.txt`` and ``rows.safetensors``: rows (n, dim) as signed bytes with one scale a row."""
    from safetensors.numpy import save_file

    scales = np.abs(rows).max(axis=1) / 127
    bytes_ = np.rint(rows / scales[:, None]).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokens.txt").write_text("\n".join(tokens), "utf-8")
    stored = {"rows": bytes_, "scales": scales.astype(np.float32), "numbers": np.array(numbers, np.int32)}
    save_file(stored, folder / "rows.safetensors")


def read(folder: Path) -> tuple[list[str], np.ndarray]:
    """Tokens and rows (n, dim) float32 of such a folder."""
    from safetensors.numpy import load_file

    stored = load_file(folder / "rows.safetensors")
    rows: np.ndarray = stored["rows"].astype(np.float32) * stored["scales"][:, None]
    return (folder / "tokens.txt").read_text("utf-8").split("\n"), rows
