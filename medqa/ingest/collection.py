"""The folder of one fetched source: ``files/`` with what was brought, and the journal of where it came from.

A file appears whole or not at all. A file that was deleted or changed by hand counts as not fetched.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from medqa.errors import FetchError, IngestError
from medqa.ingest.fetching import Checksum, Downloaded, Fetcher, Validators
from medqa.ingest.journal import Entry, Journal
from medqa.ingest.saving import copy_file, digest_of, discard_part, disk, move_file, write_file

Progress = Callable[[str, int, int | None], None]
"""Called with a stage (``files``), what is done, and the total where it is known."""

_FILES = "files"
_MOST_FAILURES_IN_A_ROW = 10
_LONGEST_NAME = 180  # bytes of one part of a path; file systems take 255
_UNFIT = re.compile(r'[\x00-\x1f<>:"\\|?*]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that could not be fetched, and why."""

    name: str
    message: str


@dataclass(slots=True, kw_only=True)
class CollectionReport:
    """What one run fetched, in files. ``notes`` are sentences that a person should read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    size: int = 0
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        """Whether any file differs from before."""
        return bool(self.added or self.changed or self.removed)


class Collection:
    """One writer at a time. Names are paths below ``files/`` with forward slashes."""

    def __init__(self, folder: Path, web: Fetcher, today: str, progress: Progress | None = None) -> None:
        self.folder = folder
        self.report = CollectionReport()
        self._web = web
        self._today = today
        self._progress = progress
        self._journal = Journal(folder / "journal.jsonl")
        self._failures_in_a_row = 0
        self._fresh: set[str] = set()

    @property
    def marks(self) -> dict[str, str]:
        """What earlier runs wanted to be remembered."""
        return self._journal.marks

    def mark(self, name: str, value: str) -> None:
        """Remembers a small text for the next run."""
        self._journal.mark(name, value)

    def names(self) -> set[str]:
        """Everything that is here."""
        names = (name.removeprefix(f"{_FILES}/") for name in self._journal.entries if name.startswith(f"{_FILES}/"))
        return {name for name in names if self.entry(name)}

    def entry(self, name: str) -> Entry | None:
        """Where the file came from; ``None`` when it is not here as it was fetched."""
        found = self._journal.entries.get(f"{_FILES}/{name}")
        path = self.path(name)
        return found if found and path.is_file() and path.stat().st_size == found.size else None

    def path(self, name: str) -> Path:
        """Where the file lies. Raises FetchError for a name that would lead elsewhere."""
        return self.folder / _FILES / checked_name(name)

    def keep(self, name: str, data: bytes, *, url: str, version: str = "") -> bool:
        """Stores data as a file. Whether it is new or differs from what was sent before."""
        before = self.entry(name)
        sha256 = hashlib.sha256(data).hexdigest()
        is_fresh = before is None or sha256 not in (before.sha256, before.sent_sha256)
        if is_fresh:
            write_file(self.path(name), data)
            entry = Entry(url=url, sha256=sha256, size=len(data), version=version, fetched=self._today)
            self._journal.record(f"{_FILES}/{name}", entry)
        elif before and before.version != version and not before.sent_sha256:
            self._journal.record(f"{_FILES}/{name}", replace(before, url=url, version=version))
        self._count(name, before, is_fresh=is_fresh, size=len(data))
        return is_fresh

    def take(self, name: str, path: Path, *, version: str) -> bool:
        """Copies a file of this machine unless it was copied in this version before. Whether it is new or differs."""
        before = self.entry(name)
        is_fresh = before is None or before.version != version
        if is_fresh:
            if not os.access(path, os.R_OK):
                raise FetchError(f"{str(path)!r} cannot be read: check its rights")
            target = self.path(name)
            copy_file(path, target)
            entry = Entry(
                url=path.absolute().as_uri(), sha256=digest_of(target, "sha256"), size=target.stat().st_size,
                version=version, fetched=self._today,
            )  # fmt: skip
            self._journal.record(f"{_FILES}/{name}", entry)
            is_fresh = before is None or before.sha256 != entry.sha256
        self._count(name, before, is_fresh=is_fresh, size=path.stat().st_size)
        return is_fresh

    def download(self, name: str, url: str, *, version: str = "", checksum: Checksum | None = None) -> bool:
        """Fetches a file if there is a newer one than here. Whether there was. Raises FetchError."""
        before = self.entry(name)
        part = self._part(name)
        got = self._web.download(url, part, validators=_validators(before, url), checksum=checksum)
        is_fresh = got is not None and (before is None or got.sha256 not in (before.sha256, before.sent_sha256))
        if got is not None and is_fresh:
            move_file(part, self.path(name))
        if got is not None:
            discard_part(part)
            fresh = self._entry(got, url, version)
            kept = before if before and not is_fresh else fresh
            kept = replace(kept, url=url, version=version, etag=fresh.etag, last_modified=fresh.last_modified)
            self._journal.record(f"{_FILES}/{name}", kept)
        self._count(name, before, is_fresh=is_fresh, size=got.size if got else 0)
        return is_fresh

    @contextmanager
    def archive(
        self, name: str, url: str, *, checksum: Checksum | None = None, again: bool = False
    ) -> Iterator[Path | None]:
        """An archive to be unpacked inside the block; ``None`` when it is the one that was unpacked before.

        ``again`` fetches it even then, as does a file that is missing here since. It is deleted after the block, and
        remembered only then. Raises FetchError.
        """
        key = f"archives/{checked_name(name)}"
        part = self._part(key)
        is_whole = self.marks.get(f"files after {key}") == str(len(self.names()))
        known = _validators(self._journal.entries.get(key) if is_whole and not again else None, url)
        got = self._web.download(url, part, validators=known, checksum=checksum)
        try:
            yield part if got else None
        except FetchError:  # refused: the next run shall not find it again
            discard_part(part)
            raise
        if got:
            self._journal.record(key, self._entry(got, url, ""))
            self.mark(f"files after {key}", str(len(self.names())))
            discard_part(part)

    def amend(self, name: str, data: bytes, *, version: str) -> None:
        """Stores the file with an addition of ours, such as a retraction that became known; its origin stays."""
        fresh = self._part(f"amended/{name}")
        write_file(fresh, data)
        self.put(name, fresh, version=version)

    def put(self, name: str, fresh: Path, *, version: str) -> None:
        """Puts a file that we changed in the place of what was sent; its origin stays."""
        before = self.entry(name)
        if before is None:
            raise FetchError(f"{name} is not here and cannot be changed")
        sha256, size = digest_of(fresh, "sha256"), fresh.stat().st_size
        move_file(fresh, self.path(name))
        sent = before.sent_sha256 or before.sha256
        changed = replace(before, sha256=sha256, size=size, version=version, sent_sha256=sent)
        self._journal.record(f"{_FILES}/{name}", changed)
        self.report.changed += name not in self._fresh

    def remove(self, name: str) -> None:
        """Deletes a file that the publisher has taken back."""
        self.path(name).unlink(missing_ok=True)
        self._journal.forget(f"{_FILES}/{name}")
        self.report.removed += 1

    def keep_only(self, names: set[str]) -> None:
        """Deletes every file that is not among the names: the publisher no longer has it."""
        for name in sorted(self.names() - names):
            self.remove(name)

    def same(self) -> None:
        """Counts a file that is known to be the publisher's present one without asking for it."""
        self.report.unchanged += 1

    def fail(self, name: str, err: FetchError) -> None:
        """Reports what could not be fetched. Raises FetchError when nothing has worked for a while."""
        self.report.failures.append(Failure(name=name, message=str(err)))
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= _MOST_FAILURES_IN_A_ROW:
            raise FetchError(
                f"{_MOST_FAILURES_IN_A_ROW} fetches in a row have failed, the last one with: {err}. "
                "What has been fetched is kept; run the same command again later",
                status=err.status,
            ) from err

    def note(self, text: str) -> None:
        """Adds a sentence to the report."""
        self.report.notes.append(text)

    def progress(self, done: int, total: int | None) -> None:
        """Shows how far the run is, in files or records."""
        if self._progress is not None:
            self._progress("files", done, total)

    def tidy(self) -> None:
        """Makes the journal short again."""
        self._journal.tidy()

    def _entry(self, got: Downloaded, url: str, version: str) -> Entry:
        return Entry(
            url=url,
            sha256=got.sha256,
            size=got.size,
            etag=got.validators.etag,
            last_modified=got.validators.last_modified,
            version=version,
            fetched=self._today,
        )

    def _part(self, name: str) -> Path:
        """Where a download grows, outside ``files/``: ingestion must not meet half a file."""
        with disk(self.folder):
            (self.folder / "parts").mkdir(parents=True, exist_ok=True)
        return self.folder / "parts" / hashlib.sha256(name.encode()).hexdigest()[:24]

    def _count(self, name: str, before: Entry | None, *, is_fresh: bool, size: int) -> None:
        self._failures_in_a_row = 0
        if is_fresh:
            self._fresh.add(name)
        self.report.added += before is None
        self.report.changed += before is not None and is_fresh
        self.report.unchanged += before is not None and not is_fresh
        self.report.size += size if is_fresh else 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other processes out of a source. Raises IngestError when one is at work."""
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as err:
            raise IngestError(f"another process is fetching into {folder}: wait until it is done") from err
    try:
        yield
    finally:
        lock.release()


def checked_name(name: str) -> str:
    """The name, if it is a path that stays inside a folder on any system. Raises FetchError."""
    for part in name.split("/"):
        if part in {"", ".", ".."} or part.startswith(".") or _UNFIT.search(part) or part != part.strip():
            raise FetchError(f"{name[:200]!r} cannot be the name of a file here")
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
            raise FetchError(f"{name[:200]!r} is too long for the name of a file")
    return name


def fitting_name(text: str) -> str:
    """A file name made of any text: letters, digits, dot, hyphen and underscore, cut to a fitting length."""
    plain = re.sub(r"[^\w.-]+", "-", text, flags=re.ASCII).strip("-._") or "file"
    if len(plain) <= 120 and plain == text:
        return plain
    return f"{plain[:100]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _validators(entry: Entry | None, url: str) -> Validators:
    """Those of the entry, if it came from this very address."""
    if entry is None or entry.url != url:
        return Validators()
    return Validators(etag=entry.etag, last_modified=entry.last_modified)
