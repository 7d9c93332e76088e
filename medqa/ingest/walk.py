"""The files of a source, in an order that is the same on every run. Links that leave the folder are refused."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medqa.domain.ingestion import Skipped
from medqa.errors import UsageError
from medqa.ingest.manifest import MANIFEST, Manifest, read_manifest

_OFFICE_LOCK = "~$"
_NOT_CONTENT = frozenset({"__MACOSX", "__pycache__", "node_modules", "Thumbs.db", "desktop.ini"})

_BEIR_QUESTIONS = ("queries.jsonl", "qrels")  # beside a corpus: what it is measured with, not what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A regular file below a root. ``relative`` has forward slashes."""

    path: Path
    relative: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder, or one file, to ingest. ``inner`` are folders below it that are roots of their own."""

    path: Path
    manifest: Manifest
    inner: frozenset[Path] = frozenset()

    @property
    def is_folder(self) -> bool:
        """Whether the walk sees a whole source, so that what it does not meet has been deleted."""
        return self.path.is_dir()


def roots(paths: Sequence[Path], source_id: str | None) -> list[Root]:
    """What to walk: every folder below a given one that has a manifest is a source of its own.

    Raises UsageError for a path that does not exist, IngestError for a manifest that cannot be read.
    """
    found: dict[Path, Root] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file or folder {str(path)!r}", field="paths")
        base = path.resolve()
        inner = frozenset(_manifest_folders(base)) if base.is_dir() else frozenset()
        for each in (base, *sorted(inner)):
            own = source_id if each == base else None
            found.setdefault(each, Root(path=each, manifest=read_manifest(each, own), inner=inner - {each}))
    return list(found.values())


def _manifest_folders(base: Path) -> Iterator[Path]:
    """Folders with a manifest right below a folder that has none, such as the sources of a knowledge base."""
    if (base / MANIFEST).is_file():
        return
    for entry in _entries(base):
        if entry.is_dir(follow_symlinks=False) and not _is_ignored(entry.name) and Path(entry, MANIFEST).is_file():
            yield Path(entry)


def walk(root: Root) -> Iterator[FoundFile | Skipped]:
    """The files of a root, sorted by name folder by folder, and a line for each link that is refused."""
    if not root.is_folder:
        yield FoundFile(path=root.path, relative=root.path.name, size=root.path.stat().st_size)
        return
    wanted = _Patterns(root.manifest)
    for item in _walk_folder(root, root.path, ""):
        if isinstance(item, Skipped) or wanted.match(item.relative):
            yield item


def _walk_folder(root: Root, folder: Path, prefix: str) -> Iterator[FoundFile | Skipped]:
    try:
        entries = _entries(folder)
    except OSError as err:
        yield Skipped(path=prefix.rstrip("/") or ".", reason="unreadable", message=f"cannot be opened: {err.strerror}")
        return
    is_beir = any(entry.name.lower().startswith("corpus.jsonl") for entry in entries)
    for entry in entries:
        if is_beir and entry.name.lower().startswith(_BEIR_QUESTIONS):
            continue
        relative = prefix + _shown(entry.name)
        if _is_ignored(entry.name) or (not prefix and _is_about_source(entry.name)):
            continue
        if entry.is_symlink():
            yield from _link(root, Path(entry), relative)
        elif entry.is_dir(follow_symlinks=False):
            if Path(entry) not in root.inner:
                yield from _walk_folder(root, Path(entry), relative + "/")
        else:
            yield from _file(entry, relative)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _file(entry: os.DirEntry[str], relative: str) -> Iterator[FoundFile | Skipped]:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as err:
        yield Skipped(path=relative, reason="unreadable", message=f"cannot be opened: {err.strerror}")
        return
    if stat.S_ISREG(status.st_mode):
        yield FoundFile(path=Path(entry), relative=relative, size=status.st_size)
    else:
        yield Skipped(path=relative, reason="unreadable", message="this is a device, socket or pipe, not a file")


def _link(root: Root, link: Path, relative: str) -> Iterator[Skipped]:
    """Nothing for a link to something inside, which the walk meets at its own place; else the refusal."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        yield Skipped(path=relative, reason="unreadable", message="this link leads nowhere")
        return
    if not target.is_relative_to(root.path):
        yield Skipped(
            path=relative, reason="outside_folder", message="this link leads out of the folder; copy the file instead"
        )


def _is_ignored(name: str) -> bool:
    return name.startswith((".", _OFFICE_LOCK)) or name in _NOT_CONTENT


def _is_about_source(name: str) -> bool:
    """Files at the top of a source that speak about it rather than belong to it."""
    return name == MANIFEST or name.lower().partition(".")[0] in {"readme", "license", "licence", "notice"}


def _shown(name: str) -> str:
    """The name as text, whatever bytes the disk holds: they become part of ids and JSON."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class _Patterns:
    """``include`` and ``exclude`` of a manifest: ``*`` stays within a folder, ``**`` crosses folders."""

    def __init__(self, manifest: Manifest) -> None:
        self._include = [_regex(pattern) for pattern in manifest.include]
        self._exclude = [_regex(pattern) for pattern in manifest.exclude]

    def match(self, relative: str) -> bool:
        if any(pattern.fullmatch(relative) for pattern in self._exclude):
            return False
        return not self._include or any(pattern.fullmatch(relative) for pattern in self._include)


def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))
