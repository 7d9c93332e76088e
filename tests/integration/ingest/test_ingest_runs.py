"""Whole runs over folders: what is reported, in which order, and what a second run does."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from medqa.domain.ingestion import DocumentRead, FileFinished, FileUnchanged, IngestEvent, Skipped, SourceFinished
from medqa.errors import UsageError
from medqa.ingest.chunkers.sections import SectionChunker
from medqa.ingest.run import IngestOptions, ingest

DATA = Path(__file__).resolve().parents[2] / "data" / "ingest"
T = TypeVar("T")


class Library:
    """What a consumer keeps of the runs: the hash of each finished file and the documents in it."""

    def __init__(self) -> None:
        self.hashes: dict[tuple[str, str], str] = {}
        self.documents: dict[tuple[str, str], list[str]] = {}

    def known(self, source_id: str, path: str) -> str | None:
        return self.hashes.get((source_id, path))

    def run(self, *paths: Path, stop_after: int | None = None, source_id: str | None = None) -> list[IngestEvent]:
        seen: list[IngestEvent] = []
        reading: dict[tuple[str, str], list[str]] = {}
        options = IngestOptions(workers=2, seconds=30, source_id=source_id)
        events = ingest(paths, options=options, chunker=SectionChunker(160), known=self.known)
        for event in events:
            seen.append(event)
            self._keep(event, reading)
            if stop_after is not None and len(seen) >= stop_after:
                events.close()  # type: ignore[attr-defined]
                break
        return seen

    def _keep(self, event: IngestEvent, reading: dict[tuple[str, str], list[str]]) -> None:
        match event:
            case DocumentRead():
                reading.setdefault((event.file.source_id, event.file.path), []).append(event.document.id)
            case FileFinished():
                key = (event.file.source_id, event.file.path)
                self.hashes[key] = event.file.sha256
                self.documents[key] = reading.pop(key, [])
            case SourceFinished():
                for key in [k for k in self.hashes if k[0] == event.source.id and k[1] not in event.paths]:
                    del self.hashes[key], self.documents[key]

    @property
    def ids(self) -> list[str]:
        return sorted(each for ids in self.documents.values() for each in ids)


def of(events: Sequence[IngestEvent], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def light(tmp_path: Path) -> Path:
    """The samples whose parsers start fast."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for name in ("asthma.md", "asthma.txt", "citations.xml", "rows.jsonl"):
        shutil.copy(DATA / name, folder / name)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "samples"))


def test_every_format_of_a_folder_is_read_once(folder: Path) -> None:
    events = Library().run(folder)
    read = of(events, DocumentRead)
    assert [each.document.id for each in read] == [
        "samples/1_Example_QA/0000001-1",
        "samples/article",
        "samples/asthma",
        "samples/asthma.md",
        "samples/asthma.txt",
        "samples/citations/11111111",
        "samples/citations/22222222",
        "samples/guide",
        "samples/label",
        "samples/leaflet",
        "samples/retraction",
        "asthma/1",
        "zh/1",
        "full/1",
        "bare/1",
    ]
    assert {(s.path, s.where) for s in of(events, Skipped)} == {
        ("citations.xml", "record 2"),
        ("rows.jsonl", "line 3"),
        ("rows.jsonl", "line 6"),
    }
    assert all(each.passages and each.document.content_hash for each in read)
    assert {each.document.metadata.language for each in read} == {"en", "zh"}
    (finished,) = of(events, SourceFinished)
    assert len(finished.paths) == len(of(events, FileFinished))


def test_two_runs_report_the_same_events(light: Path) -> None:
    assert Library().run(light) == Library().run(light)


def test_unchanged_files_are_not_read_again(light: Path) -> None:
    library = Library()
    library.run(light)
    again = library.run(light)
    assert not of(again, DocumentRead)
    assert len(of(again, FileUnchanged)) == len(library.hashes)


def test_changes_and_deletions_reach_the_library(light: Path) -> None:
    library = Library()
    library.run(light)
    (light / "asthma.txt").write_text("Asthma\n\nAsthma has been written about anew.")
    (light / "citations.xml").unlink()
    (light / "new.md").write_text("# New\n\nA new article about asthma.")
    events = library.run(light)
    assert [each.document.id for each in of(events, DocumentRead)] == ["samples/asthma.txt", "samples/new"]
    assert not any("citations" in each for each in library.ids)


@pytest.mark.parametrize("stop_after", [1, 3, 6])
def test_a_run_that_was_stopped_goes_on_where_it_was(light: Path, stop_after: int) -> None:
    whole, stopped = Library(), Library()
    whole.run(light)
    stopped.run(light, stop_after=stop_after)
    stopped.run(light)
    assert stopped.ids == whole.ids


def test_a_copy_is_reported_as_a_duplicate_and_takes_over_when_the_first_is_gone(light: Path) -> None:
    shutil.copy(light / "asthma.md", light / "copy.md")
    library = Library()
    skipped = {s.path: s for s in of(library.run(light), Skipped)}
    assert skipped["copy.md"].reason == "duplicate"
    assert "asthma.md" in skipped["copy.md"].message
    assert {s.path for s in of(library.run(light), Skipped)} == {"copy.md"}
    (light / "asthma.md").unlink()
    library.run(light)
    assert "samples/copy" in library.ids


def test_the_same_text_in_another_format_is_a_duplicate_until_the_first_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "Asthma is a common lung condition that often begins in childhood."
    (folder / "a.md").write_text(f"# Asthma\n\n{text}")
    (folder / "b.txt").write_text(f"Asthma\n\n{text.upper()}")
    library = Library()
    (skipped,) = of(library.run(folder), Skipped)
    assert (skipped.path, skipped.reason, library.ids) == ("b.txt", "duplicate", ["texts/a"])
    assert len(of(library.run(folder), FileUnchanged)) == 2
    (folder / "a.md").unlink()
    library.run(folder)
    assert library.ids == ["texts/b"]


def test_repeated_rows_of_a_corpus_are_kept_and_counted(tmp_path: Path) -> None:
    rows = [{"_id": f"d{n}", "title": f"Question {n}", "text": "The same answer."} for n in range(3)]
    path = tmp_path / "corpus.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    events = Library().run(path, source_id="corpus")
    assert [each.document.id for each in of(events, DocumentRead)] == ["d0", "d1", "d2"]
    (finished,) = of(events, FileFinished)
    assert finished.warnings == ("2 documents repeat the text of another one; all are kept",)


def test_an_id_that_comes_twice_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "text": "First."}\n{"_id": "a", "text": "Second."}\n')
    (skipped,) = of(Library().run(path), Skipped)
    assert skipped.reason == "id_conflict"


def test_a_single_file_leaves_the_rest_of_its_source_alone(folder: Path) -> None:
    events = Library().run(folder / "asthma.md", source_id="samples")
    assert [each.document.id for each in of(events, DocumentRead)] == ["samples/asthma"]
    assert not of(events, SourceFinished)


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(UsageError):
        ingest([folder, folder / "no"], options=IngestOptions(), chunker=SectionChunker(160), known=lambda s, p: None)


def test_a_pubmed_set_is_read_from_gzip(tmp_path: Path) -> None:
    path = tmp_path / "pubmed24n0001.xml.gz"
    path.write_bytes(gzip.compress((DATA / "citations.xml").read_bytes()))
    read = of(Library().run(path, source_id="pm"), DocumentRead)
    assert [each.document.id for each in read] == ["pm/pubmed24n0001/11111111", "pm/pubmed24n0001/22222222"]
