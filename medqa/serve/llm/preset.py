"""What is known of a model before it is served: a file of ``presets/``, or one of your own in the same form."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from medqa.errors import ConfigError

FOLDER = Path(__file__).with_name("presets")

# Of the weights in 16 bits, so much is left; embeddings and norms stay as they are.
_LEFT = {"fp8": 0.55, "awq": 0.32, "gptq": 0.32}
_OVERHEAD_GB = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One model. ``compressed`` names its published compressed forms; ``sampling`` is for clients that send none.

    ``quantisation`` is what its weights are published in, where that leaves nothing to compress.
    """

    name: str
    model: str
    weights_gb: float
    cache_kb_per_token: float
    context_tokens: int
    quantisation: str | None = None
    reasoning_parser: str | None = None
    chat_template: Mapping[str, object] = field(default_factory=dict)
    sampling: Mapping[str, object] = field(default_factory=dict)
    compressed: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """What ``quantise`` may ask for."""
        return () if self.quantisation else tuple(dict.fromkeys(("fp8", *self.compressed)))

    def memory_gb(self, *, quantise: str | None = None, context: int | None = None) -> float:
        """What serving takes at least: weights, the cache of one full context, and vLLM's own."""
        cache_gb = (context or self.context_tokens) * self.cache_kb_per_token / 2**20
        return self.weights_gb * _LEFT.get(quantise or "", 1.0) + cache_gb + _OVERHEAD_GB


def names() -> tuple[str, ...]:
    """The presets that ship with MedQA."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find(given: str) -> Preset | None:
    """The preset of that name or in that ``.toml`` file; ``None`` for anything else, such as a model's folder."""
    if given in names():
        return read(FOLDER / f"{given}.toml")
    return read(Path(given).expanduser()) if given.endswith(".toml") else None


def read(path: Path) -> Preset:
    """A preset from a file. Raises ConfigError that names the file and the field."""
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise ConfigError(f"cannot read the preset {path}: {err.strerror}") from err
    except ValueError as err:
        raise ConfigError(f"the preset {path} is no TOML: {err}") from err
    known = {each.name: each.type for each in fields(Preset) if each.name != "name"}
    missing = {"model", "weights_gb", "cache_kb_per_token", "context_tokens"} - given.keys()
    wrong = sorted((given.keys() - known.keys()) | missing)
    if wrong:
        raise ConfigError(f"the preset {path} lacks or does not know: {', '.join(wrong)}")
    given["flags"] = tuple(given.get("flags", ()))
    return Preset(name=path.stem, **given)
