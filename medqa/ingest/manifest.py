"""``manifest.toml``: what a source is, who stands behind it, and which of its files are read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medqa.domain.document import Source
from medqa.errors import IngestError

MANIFEST = "manifest.toml"
_SCHEMA = 1
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A source and the patterns of files that belong to it (all, when there are none)."""

    source: Source
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def read_manifest(root: Path, source_id: str | None = None) -> Manifest:
    """The manifest of a folder; without one, a source named by ``source_id`` or by the folder.

    Raises IngestError that names the field and how to mend it.
    """
    path = root / MANIFEST
    if not root.is_dir() or not path.is_file():
        name = source_id or slug(root.name if root.is_dir() else root.resolve().parent.name)
        return Manifest(source=Source(id=_checked_id(name, "--source-id"), title=name))
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise IngestError(f"{path}: cannot be read as TOML: {err}") from err
    return _manifest(values, path, source_id)


def slug(name: str) -> str:
    """A source id made of a folder's name: lower case, digits, hyphens; letters of other scripts are kept as hex."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    return plain[:100] or "source-" + name.encode().hex()[:24]


def _manifest(values: dict[str, Any], path: Path, source_id: str | None) -> Manifest:
    if values.get("schema", _SCHEMA) != _SCHEMA:
        raise IngestError(f"{path}: schema is {values['schema']!r}; this version reads schema = {_SCHEMA}")
    chosen = _checked_id(source_id or _text(values, "id", path) or slug(path.parent.name), f"{path}: id")
    source = Source(
        id=chosen,
        title=_text(values, "title", path) or chosen,
        publisher=_text(values, "publisher", path) or "",
        licence=_text(values, "licence", path) or _text(values, "license", path) or "",
        url=_text(values, "url", path),
        publication_type=_text(values, "publication_type", path),
        evidence_level=_text(values, "evidence_level", path),
        clinically_reviewed=_truth(values, path),
        retrieved=_text(values, "retrieved", path),
    )
    return Manifest(source=source, include=_texts(values, "include", path), exclude=_texts(values, "exclude", path))


def _text(values: dict[str, Any], field: str, path: Path) -> str | None:
    value = values.get(field)
    if value is None or value == "":
        return None
    if isinstance(value, bool | list | dict):
        raise IngestError(f'{path}: {field} must be a text, such as {field} = "..."')
    return str(value)


def _texts(values: dict[str, Any], field: str, path: Path) -> tuple[str, ...]:
    value = values.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise IngestError(f'{path}: {field} must be a list of patterns, such as {field} = ["files/**/*.md"]')
    return tuple(value)


def _truth(values: dict[str, Any], path: Path) -> bool | None:
    value = values.get("clinically_reviewed")
    if value is not None and not isinstance(value, bool):
        raise IngestError(f"{path}: clinically_reviewed must be true or false")
    return value


def _checked_id(name: str, where: str) -> str:
    if not _ID.fullmatch(name):
        raise IngestError(f"{where}: {name!r} cannot be a source id: use lower-case letters, digits, '-', '_' and '.'")
    return name
