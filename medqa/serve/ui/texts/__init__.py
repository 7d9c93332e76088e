"""The words of the page, one TOML file a language; both must hold the same keys."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def load(language: str) -> dict[str, str]:
    """Every text of the page in ``en`` or ``zh``, by key."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def starting(language: str, prefix: str) -> dict[str, str]:
    """The texts whose key starts with ``prefix``."""
    return {key: text for key, text in load(language).items() if key.startswith(prefix)}
