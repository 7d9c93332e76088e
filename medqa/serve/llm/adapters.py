"""LoRA adapters that are served beside a model, each under a name of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from medqa.errors import ConfigError

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # the only ones that vLLM reserves room for


def arguments(given: Sequence[str]) -> list[str]:
    """vLLM's flags for adapters as ``NAME=FOLDER``. Raises ConfigError that names the one that cannot be served."""
    if not given:
        return []
    named = [_named(each) for each in given]
    rank = max(_rank(folder) for _, folder in named)
    room = next((each for each in _RANKS if each >= rank), None)
    if room is None:
        raise ConfigError(f"an adapter has rank {rank}: vLLM serves up to {_RANKS[-1]}; merge it: medqa train merge")
    modules = [f"{name}={folder.absolute()}" for name, folder in named]
    return ["--enable-lora", "--max-lora-rank", str(room), "--max-loras", str(len(named)), "--lora-modules", *modules]


def _named(given: str) -> tuple[str, Path]:
    name, equals, folder = given.partition("=")
    if not (name and equals and folder):
        raise ConfigError(f"--lora {given!r} is no NAME=FOLDER")
    return name, Path(folder).expanduser()


def _rank(folder: Path) -> int:
    path = folder / "adapter_config.json"
    try:
        rank = json.loads(path.read_text(encoding="utf-8"))["r"]
    except OSError as err:
        raise ConfigError(f"{folder} is no LoRA adapter: there is no adapter_config.json in it") from err
    except (ValueError, KeyError, TypeError) as err:
        raise ConfigError(f"{path} does not tell the adapter's rank, r") from err
    if not isinstance(rank, int) or rank < 1:
        raise ConfigError(f"{path}: r must be a whole number from 1")
    return rank
