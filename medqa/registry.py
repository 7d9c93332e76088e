"""Plug-ins by name: a file in a plural folder is a plug-in, and its name is the file's.

Each plug-in module binds ``plugin`` to a class or factory. ``load("medqa.index.embedders", "minilm")``
imports that one module and returns its ``plugin``; nothing else of the folder is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from medqa.errors import ConfigError


def names(folder: str) -> tuple[str, ...]:
    """The plug-ins of a folder such as ``medqa.ingest.parsers``, sorted, without importing them."""
    package = importlib.import_module(folder)
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")))


def load(folder: str, name: str) -> Callable[..., Any]:
    """The factory of one plug-in. Raises ConfigError that lists the known names."""
    known = names(folder)
    if name not in known:
        raise ConfigError(f"no {folder.rpartition('.')[2]} named {name!r}: choose one of {', '.join(known)}")
    module = importlib.import_module(f"{folder}.{name}")
    factory: Callable[..., Any] = module.plugin
    return factory


def load_all(folder: str) -> dict[str, Callable[..., Any]]:
    """Every factory of a folder by name."""
    return {name: load(folder, name) for name in names(folder)}
