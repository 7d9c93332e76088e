"""manifest.json of a snapshot: written last, so that its presence means complete; checked before anything is opened."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from medqa.errors import SnapshotCorrupt, SnapshotMismatch

SCHEMA = 2
FILENAME = "manifest.json"
_REBUILD = "run `medqa index build`"
_LOCKS = (".lock",)  # tantivy leaves empty lock files beside the index


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Encoder(_Strict):
    """What made the vectors. ``id`` names weights, pooling, normalisation and length."""

    id: str
    dimension: int
    max_tokens: int


class Parts(_Strict):
    """The plug-ins that wrote the parts and open them again."""

    vectors: str
    lexical: str
    passages: str


class SelfTest(_Strict):
    """A question whose best passages must include one of the document, by vectors or by words."""

    question: str
    document_id: str
    by: Literal["vectors", "words"]


class FileSum(_Strict):
    """Checksum and size in bytes of one file."""

    sha256: str
    size: int


class Manifest(_Strict):
    """Everything that must be right before the snapshot is used."""

    schema_version: int
    id: str
    created: str
    encoder: Encoder
    metric: str
    parts: Parts
    chunker: str
    corpus_sha256: str
    words_sha256: str
    counts: dict[str, int]
    self_test: SelfTest | None
    files: dict[str, FileSum]
    seal: str = ""

    def sealed(self) -> Manifest:
        """The manifest with the SHA-256 of everything else in it as its seal."""
        bare = self.model_copy(update={"seal": ""})
        return bare.model_copy(update={"seal": hashlib.sha256(bare.text().encode()).hexdigest()})

    def text(self) -> str:
        """What stands in the file."""
        return self.model_dump_json(indent=2)


def read(folder: Path) -> Manifest:
    """The manifest of a snapshot. Raises SnapshotCorrupt, or SnapshotMismatch for another schema."""
    path = folder / FILENAME
    try:
        data = path.read_bytes()
        manifest = Manifest.model_validate_json(data)
    except FileNotFoundError as err:
        raise SnapshotCorrupt(f"{path} is missing, so the snapshot is incomplete: {_REBUILD}") from err
    except (ValidationError, OSError) as err:
        raise SnapshotCorrupt(f"{path} cannot be read: {_REBUILD}") from err
    if manifest.seal and data != manifest.sealed().text().encode():
        raise SnapshotCorrupt(f"{path} differs from its own checksum: {_REBUILD}, or `medqa index rollback`")
    if manifest.schema_version != SCHEMA:
        found = manifest.schema_version
        raise SnapshotMismatch(f"{folder.name} has schema {found}, this version of MedQA reads {SCHEMA}: {_REBUILD}")
    return manifest


def write(folder: Path, manifest: Manifest) -> None:
    """Seals and writes the manifest, so that it is on the disk when this returns."""
    path = folder / FILENAME
    path.write_bytes(manifest.sealed().text().encode())
    synchronise(path)
    synchronise(folder)


def sums(folder: Path) -> dict[str, FileSum]:
    """Checksum and size of every file below the folder, each brought safely to the disk first."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _LOCKS:
            synchronise(path)
            found[path.relative_to(folder).as_posix()] = FileSum(sha256=_sha256(path), size=path.stat().st_size)
    return found


def verify(folder: Path, manifest: Manifest) -> None:
    """Compares every file with the manifest. Raises SnapshotCorrupt naming the first that differs."""
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise SnapshotCorrupt(f"{path} is missing: {_REBUILD}, or `medqa index rollback`")
        if path.stat().st_size != expected.size or _sha256(path) != expected.sha256:
            raise SnapshotCorrupt(f"{path} differs from the manifest: {_REBUILD}, or `medqa index rollback`")


def synchronise(path: Path) -> None:
    """Brings a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
