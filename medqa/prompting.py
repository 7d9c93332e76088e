"""Prompts from ``prompts/*.md``: front matter that declares the variables, then the text with ``$variables``.

Rendering fails on a missing or an unused variable; the hash of a prompt goes into provenance.
"""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from pathlib import Path

import yaml

from medqa.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file. ``sha256`` is of the whole file."""

    name: str
    text: str
    variables: frozenset[str]
    sha256: str

    def render(self, **values: str) -> str:
        """The text with every variable filled in. Raises ConfigError on a missing or unknown one."""
        if values.keys() != self.variables:
            wrong = ", ".join(sorted(values.keys() ^ self.variables))
            raise ConfigError(f"prompt {self.name}: values and variables differ in: {wrong}")
        return string.Template(self.text).substitute(values)


def load_prompt(folder: Path, name: str) -> Prompt:
    """The prompt ``<folder>/<name>.md``. Raises ConfigError when declared and used variables differ."""
    path = folder / f"{name}.md"
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise ConfigError(f"prompt {name}: cannot read {path.name}: {err.strerror}") from err
    _, _, rest = raw.decode().partition("---\n")
    head, divider, text = rest.partition("\n---\n")
    if not divider:
        raise ConfigError(f"prompt {name}: no front matter between two '---' lines")
    declared = frozenset((yaml.safe_load(head) or {}).get("variables", ()))
    used = frozenset(string.Template(text).get_identifiers())
    if declared != used:
        raise ConfigError(f"prompt {name}: declared and used variables differ in: {', '.join(sorted(declared ^ used))}")
    return Prompt(name, text.strip() + "\n", declared, hashlib.sha256(raw).hexdigest())
