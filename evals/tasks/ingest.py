"""Whether every figure of ingestion's report is true: a folder is ingested, and all is counted again another way.

``--data DIR`` is any folder with files of any format. It is ingested into a fresh home, then once more, then with one
file gone. Files are counted by listing, records by lines and closing tags, documents and passages in the published
index.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.recount import all_files, copies, rows
from medqa.errors import UsageError
from medqa.index.report import IngestReport
from medqa.settings import Settings, load_settings
from medqa.wiring import parts, upkeep

_SOURCE = "recounted"


@dataclass(frozen=True, slots=True)
class Check:
    """A figure as the report says it, and as counted."""

    figure: str
    reported: object
    counted: object

    @property
    def is_true(self) -> bool:
        return self.reported == self.counted


class Ingest:
    """Ingestion's report, figure by figure, against an independent recount of the same folder."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Every figure, reported and counted; ``wrong`` lists those that differ."""
        if data is None:
            raise UsageError("name a folder to ingest with --data", field="data")
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "files")
            shutil.copytree(data, folder, symlinks=True)
            settings = load_settings(home=Path(place, "home"))
            first = _ingest(settings, folder)
            checks = [*_first(first, folder), *_published(first, settings)]
            documents = first.added
            checks += _again(_ingest(settings, folder), first, documents)
            checks += _without_one(settings, folder, documents)
        return {
            "task": "ingest",
            "files": len(all_files(data)),
            "documents": first.added,
            "passages": first.passages,
            "left_out": dict(Counter(str(failure.reason) for failure in first.failures)),
            "checks": [{**asdict(check), "true": check.is_true} for check in checks],
            "wrong": [check.figure for check in checks if not check.is_true],
        }


plugin = Ingest


def _ingest(settings: Settings, folder: Path) -> IngestReport:
    report, _ = upkeep.ingest(settings, [folder], source_id=_SOURCE, progress=_say)
    return report


def _first(report: IngestReport, folder: Path) -> Iterator[Check]:
    """Files and records: each was read or is named among the failures, none twice, none forgotten."""
    whole = {failure.path for failure in report.failures if failure.where is None and failure.reason != "duplicate"}
    expected = [name for name in all_files(folder) if not _is_about_the_corpus(folder, name)]
    same = copies(folder, expected)
    yield Check("files read or refused as a whole", report.files_read + len(whole), len(expected) - len(same))
    yield Check("files refused that do not exist", sorted(whole - set(expected)), [])
    counted = records = 0
    for name in expected:
        if name in whole or name in same:
            continue
        held = rows(folder, name)
        lost = sum(failure.path == name for failure in report.failures)
        counted += held.count if held else 1
        records += lost
    yield Check("documents added and records left out", report.added + records, counted)
    yield Check("changed", report.changed, 0)
    yield Check("deleted", report.deleted, 0)
    yield Check("unchanged", report.unchanged, 0)
    yield Check("left out", report.skipped, len(report.failures))
    yield Check("duplicates", report.duplicates, sum(f.reason == "duplicate" for f in report.failures))


def _published(report: IngestReport, settings: Settings) -> Iterator[Check]:
    """The index that was published holds what the report says."""
    embedder = parts.embedder(settings)
    with closing(parts.library(settings)) as library:
        texts = {
            passage.text
            for passage, _ in library.passages()
            if not embedder.languages or (passage.language or "en") in embedder.languages
        }
        yield Check("documents in the library", report.added, sum(count for _, count in library.sources()))
    snapshot = parts.snapshots(settings).open(embedder)
    counts: Any = snapshot.manifest["counts"]
    yield Check("documents in the index", report.added, counts["documents"])
    yield Check("passages in the index", report.passages, counts["passages"])
    yield Check("passages that can be fetched", report.passages, len(snapshot.passages))
    yield Check("embedded texts, at least the distinct passages", report.embedded >= len(texts), True)
    yield Check("embedded texts, at most the passages", report.embedded <= report.passages, True)


def _again(report: IngestReport, first: IngestReport, documents: int) -> Iterator[Check]:
    """The same folder once more changes nothing."""
    yield Check("second run: unchanged", report.unchanged, documents)
    yield Check("second run: changes", (report.added, report.changed, report.deleted), (0, 0, 0))
    yield Check("second run: files unchanged", report.files_unchanged, first.files_read)
    yield Check("second run: embedded", report.embedded, 0)


def _without_one(settings: Settings, folder: Path, documents: int) -> Iterator[Check]:
    """With one file gone, its documents are, and no others."""
    with closing(parts.library(settings)) as library:
        before = library.counts()["documents"]
    gone = next(name for name in all_files(folder) if rows(folder, name) is None and _was_read(settings, name))
    (folder / gone).unlink()
    report = _ingest(settings, folder)
    with closing(parts.library(settings)) as library:
        after = library.counts()["documents"]
    yield Check(f"without {gone}: deleted and added", report.deleted - report.added, before - after)
    yield Check(f"without {gone}: unchanged", report.unchanged, documents - report.deleted - report.changed)


def _was_read(settings: Settings, name: str) -> bool:
    with closing(parts.library(settings)) as library:
        return library.known(_SOURCE, name) is not None


def _is_about_the_corpus(folder: Path, name: str) -> bool:
    """Questions and judgements beside a corpus are what it is measured with; a README or manifest tells about it."""
    parent = (folder / name).parent
    is_beside = any(parent.glob("corpus.jsonl*")) or any(parent.parent.glob("corpus.jsonl*"))
    return (is_beside and Path(name).name.startswith("queries")) or "/qrels/" in f"/{name}" or "/" not in name


def _say(stage: str, done: int, total: int | None) -> None:
    if done % 4096 == 0:
        print(f"{stage}: {done:,} of {total or '?'}", file=sys.stderr)
