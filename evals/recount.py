"""What a folder holds, counted without ingestion's own code: by listing, by lines, by closing tags."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_RECORD = re.compile(rb"</PubmedArticle>|</PubmedBookArticle>")
_MEDLINE = re.compile(rb"<PubmedArticleSet|<PubmedArticle\b")


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of one file that holds many: lines of JSON with any content, or records between tags."""

    path: str
    count: int


def all_files(folder: Path) -> list[str]:
    """Every regular file below the folder, hidden ones aside, relative to it and sorted."""
    below = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path.as_posix() for path in below if not any(part.startswith(".") for part in path.parts)]


def rows(folder: Path, relative: str) -> Rows | None:
    """How many records the file holds, or ``None`` when it is one document."""
    name = relative.removesuffix(".gz")
    data = (folder / relative).read_bytes()
    if relative.endswith(".gz"):
        data = gzip.decompress(data)
    if name.endswith((".jsonl", ".ndjson")):
        return Rows(relative, sum(1 for line in data.splitlines() if line.strip()))
    if name.endswith(".xml") and _MEDLINE.search(data[:4096]):
        return Rows(relative, len(_RECORD.findall(data)))
    return None


def copies(folder: Path, files: Iterable[str]) -> set[str]:
    """Those of the files that hold the same bytes as an earlier one."""
    met: set[bytes] = set()
    found: set[str] = set()
    for name in files:
        digest = hashlib.sha256((folder / name).read_bytes()).digest()
        if digest in met:
            found.add(name)
        met.add(digest)
    return found
