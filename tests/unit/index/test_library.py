from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from medqa.domain.ingestion import FileUnchanged, Skipped, SourceFinished, SourceMet
from medqa.errors import HomeError, PublishConflict
from medqa.index import library_file
from medqa.index.embedding import embedding_text
from medqa.index.library import Library

TEXTS = {"fever": "Fever is a high temperature.|Rest helps.", "cough": "A cough clears the throat."}


@pytest.fixture
def library(tmp_path):
    opened = Library(tmp_path, chunker_version="sections-1/160")
    yield opened
    opened.close()


def test_a_first_run_adds_and_embeds_every_passage(library, shelf, embedder):
    report = library.apply(shelf.events(TEXTS), embedder)
    assert (report.added, report.passages, report.embedded) == (2, 3, 3)
    assert library.counts() == {"documents": 2, "passages": 3, "files": 1}
    assert [passage.id for passage, _ in library.passages()] == ["cough#0", "fever#0", "fever#1"]


def test_vectors_come_in_the_order_of_passages(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    texts = [embedding_text(passage, metadata) for passage, metadata in library.passages()]
    assert np.allclose(library.vectors(embedder)[:], embedder.encode(texts), atol=1e-3)


def test_a_second_run_of_the_same_documents_embeds_nothing(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    report = library.apply(shelf.events(TEXTS), embedder)
    assert (report.unchanged, report.added, report.changed, report.embedded) == (2, 0, 0, 0)
    assert not report.has_changes


def test_a_changed_document_embeds_only_its_new_passages(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    report = library.apply(shelf.events(TEXTS | {"fever": "Fever is a high temperature.|Drink water."}), embedder)
    assert (report.changed, report.unchanged, report.embedded) == (1, 1, 1)


def test_a_document_gone_from_its_file_is_deleted(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    report = library.apply(shelf.events({"cough": TEXTS["cough"]}), embedder)
    assert report.deleted == 1
    assert [passage.document_id for passage, _ in library.passages()] == ["cough"]


def test_a_file_gone_from_its_folder_takes_its_documents_along(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    gone = SourceFinished(source=shelf.source, root=shelf.root, paths=frozenset())
    assert library.apply(iter([gone]), embedder).deleted == 2


def test_files_of_another_root_of_the_source_stay(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    other = SourceFinished(source=shelf.source, root="/elsewhere", paths=frozenset({"b.jsonl"}))
    assert library.apply(iter([other]), embedder).deleted == 0


def test_an_unchanged_file_keeps_its_documents(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    file = shelf.file(TEXTS)
    assert library.known(file.source_id, file.path) == file.sha256
    report = library.apply(iter([FileUnchanged(file=file)]), embedder)
    assert (report.unchanged, report.files_unchanged) == (2, 1)


def test_a_source_that_is_described_anew_has_its_files_read_again(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    described = replace(shelf.source, publisher="The Leaflet Society", clinically_reviewed=True)
    library.apply(iter([SourceMet(source=described)]), embedder)
    assert library.known("leaflets", "all.jsonl") is None
    assert library.counts()["documents"] == 2, "what is there is served until then"


def test_another_day_of_fetching_describes_nothing_anew(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    library.apply(iter([SourceMet(source=replace(shelf.source, retrieved="2026-11-22"))]), embedder)
    assert library.known("leaflets", "all.jsonl") == shelf.file(TEXTS).sha256


def test_a_file_is_unknown_to_another_chunker(tmp_path, library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    other = Library(tmp_path, chunker_version="sections-2/160")
    assert other.known(shelf.source.id, shelf.path) is None
    other.close()


def test_an_interrupted_run_keeps_what_it_read_and_the_next_embeds_only_the_rest(library, shelf, embedder):
    def interrupted():
        file = shelf.file(TEXTS)
        yield shelf.read("fever", TEXTS["fever"], file)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.apply(interrupted(), embedder)
    assert library.counts()["documents"] == 1
    assert library.known(shelf.source.id, shelf.path) is None
    report = library.apply(shelf.events(TEXTS), embedder)
    assert (report.unchanged, report.added) == (1, 1)
    assert np.linalg.norm(library.vectors(embedder)[:], axis=1).min() > 0.99


def test_a_dry_run_counts_and_changes_nothing(library, shelf, embedder):
    report = library.apply(shelf.events(TEXTS), embedder, dry_run=True)
    assert report.dry_run
    assert (report.added, report.passages) == (2, 3)
    assert library.counts() == {"documents": 0, "passages": 0, "files": 0}
    assert embedder.encoded == []


def test_two_sources_with_one_document_id_keep_the_first(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    second = type(shelf)(source_id="other", path="b.jsonl")
    report = library.apply(second.events({"fever": "Something else."}), embedder)
    assert [failure.reason for failure in report.failures] == ["id_conflict"]
    assert "leaflets" in report.failures[0].message
    assert library.sources() == [(shelf.source, 2)]


def test_the_same_id_twice_in_one_file_is_reported(library, shelf, embedder):
    file = shelf.file(TEXTS)
    events = [shelf.read("fever", "One.", file), shelf.read("fever", "Two.", file)]
    report = library.apply(iter(events), embedder)
    assert (report.added, report.failures[0].reason) == (1, "id_conflict")


def test_skipped_files_are_listed(library, embedder):
    skipped = Skipped(path="a.pdf", reason="encrypted", message="needs a password")
    duplicate = replace(skipped, path="b.pdf", reason="duplicate")
    report = library.apply(iter([skipped, duplicate]), embedder)
    assert (report.skipped, report.duplicates) == (2, 1)
    assert report.as_json()["failures"][0]["reason"] == "encrypted"


def test_chinese_passages_are_left_to_encoders_that_read_chinese(library, shelf, embedder):
    library.apply(shelf.events({"fever": "Fever.|发热是体温升高，多喝水。"}), embedder)
    assert not library.vectors(embedder)[:][1].any()
    reader = type(embedder)("reads-both", languages=())
    with library.frozen(reader):
        assert library.vectors(reader)[:][1].any()


def test_another_encoder_gets_vectors_of_its_own(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    other = type(embedder)("another")
    with library.frozen(other):
        assert np.linalg.norm(library.vectors(other)[:], axis=1).min() > 0.99


def test_the_corpus_hash_follows_the_content(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    before = library.corpus_hash()
    library.apply(shelf.events(TEXTS | {"cold": "A cold passes."}), embedder)
    assert library.corpus_hash() != before
    library.apply(shelf.events(TEXTS), embedder)
    assert library.corpus_hash() == before


def test_a_second_writer_is_told_to_wait(tmp_path, library, shelf, embedder, monkeypatch):
    monkeypatch.setattr(library_file, "_WAIT_S", 0.05)
    with FileLock(tmp_path / "library" / "library.lock"), pytest.raises(PublishConflict, match="run again"):
        library.apply(shelf.events(TEXTS), embedder)


def test_a_damaged_library_says_what_to_do(tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(HomeError, match="medqa ingest"):
        Library(tmp_path, chunker_version="x")


def test_a_home_that_is_a_file_is_unusable(tmp_path):
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(HomeError, match="rights"):
        Library(home, chunker_version="x")


def test_a_removed_source_takes_its_documents_and_vectors_along(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    assert library.remove_source(shelf.source.id) == 2
    assert library.counts() == {"documents": 0, "passages": 0, "files": 0}
    assert library.sources() == []
    assert library.apply(shelf.events(TEXTS), embedder).embedded == 3


def test_removing_a_source_leaves_the_others(library, shelf, embedder):
    library.apply(shelf.events(TEXTS), embedder)
    assert library.remove_source("another") == 0
    assert library.counts()["documents"] == 2
