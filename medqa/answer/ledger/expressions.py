"""Tables of regular expressions, and the one that several of their rows begin with."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_NAMED = "contrasts"


@cache
def expressions(name: str) -> dict[str, Any]:
    """The table ``data/<name>.toml``. In its rows ``{refused}`` stands for the row of that name in contrasts.toml."""
    return tomllib.loads(_read(name).replace("{refused}", tomllib.loads(_read(_NAMED))["refused"]))


def _read(name: str) -> str:
    return files("medqa.answer").joinpath(f"data/{name}.toml").read_text("utf-8")
