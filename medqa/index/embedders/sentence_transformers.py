"""Any sentence-transformers model, from a folder or an already downloaded hub name, on a GPU where there is one.

Nothing is downloaded. On CUDA the model runs in bfloat16. Queries and passages get the prompts that the model
defines for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import ConfigError

_MOST_TOKENS = 512  # of a passage; models that take 8,000 gain nothing from it here
_BATCH_CPU, _BATCH_CUDA = 32, 128
_HEAD_BYTES = 1 << 20


class SentenceTransformers:
    """The encoder. Its ``id`` holds the model's name and a hash over the beginnings of its files.

    ``once`` changes nothing here: there is nothing to compile.
    """

    def __init__(self, home: Path | None = None, *, model: str | None = None, once: bool = False) -> None:
        if not model:
            raise ConfigError("encoder sentence_transformers needs a model folder: set MEDQA_ENCODER_MODEL")
        folder = _folder(model)
        self._model = _loaded(folder, model)
        self._is_cuda = self._model.device.type == "cuda"
        self.max_tokens = min(self._model.max_seq_length or _MOST_TOKENS, _MOST_TOKENS)
        self._model.max_seq_length = self.max_tokens
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.languages = _languages(folder)
        self.id = f"{Path(model).name}@{_digest(folder)}/{self.max_tokens}"

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, dimension), each of length 1; sorted by length inside for speed."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        encode = self._model.encode_query if is_query else self._model.encode_document
        vectors = encode(
            list(texts),
            batch_size=_BATCH_CUDA if self._is_cuda else _BATCH_CPU,
            show_progress_bar=False,
            convert_to_tensor=True,
            normalize_embeddings=False,
        ).float()
        unit: np.ndarray = (vectors / vectors.norm(dim=1, keepdim=True)).cpu().numpy()
        return unit


plugin = SentenceTransformers


def _folder(model: str) -> Path:
    """The model's folder. Raises ConfigError when it is not on this machine."""
    if Path(model).expanduser().is_dir():
        return Path(model).expanduser()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError) as err:
        raise ConfigError(f"model {model!r} is not on this machine: name its folder in MEDQA_ENCODER_MODEL") from err


def _loaded(folder: Path, name: str) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    kwargs = {"dtype": torch.bfloat16} if torch.cuda.is_available() else {}
    try:
        return SentenceTransformer(str(folder), local_files_only=True, model_kwargs=kwargs)
    except (OSError, ValueError, RuntimeError) as err:
        raise ConfigError(f"model {name!r} in {folder} cannot be loaded: check the folder") from err


def _languages(folder: Path) -> tuple[str, ...]:
    """What the model card states, or nothing, which means any."""
    import yaml

    card = folder / "README.md"
    parts = card.read_text("utf-8").split("---", 2) if card.is_file() else []
    if len(parts) < 3:
        return ()
    stated = (yaml.safe_load(parts[1]) or {}).get("language") or ()
    found = (stated,) if isinstance(stated, str) else tuple(str(language) for language in stated)
    return () if "multilingual" in found else found


def _digest(folder: Path) -> str:
    """12 characters over names, sizes and first megabytes of the model's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".json", ".bin", ".model"):
            digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
            with path.open("rb") as file:
                digest.update(file.read(_HEAD_BYTES))
    return digest.hexdigest()[:12]
