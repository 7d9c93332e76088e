"""Hiding and correcting passages, and what a later ingestion makes of it."""

from __future__ import annotations

import pytest

from medqa.domain.ingestion import SourceFinished
from medqa.domain.passage import is_corrected
from medqa.errors import UsageError
from medqa.index.curation import LONGEST_CHARS, Curation
from medqa.index.embedding import embedding_text
from medqa.index.library import Library
from medqa.index.snapshot import SnapshotStore

TEXTS = {"fever": "Fever is a high temperature.|Rest helps.|Drink water.", "cough": "A cough clears the throat."}


@pytest.fixture
def curation(tmp_path, library):
    opened = Curation(tmp_path)
    yield opened
    opened.close()


def texts(library):
    return {passage.id: passage.text for passage, _ in library.passages()}


def test_a_document_is_shown_as_it_was_cut(curation):
    document = curation.document("fever")
    assert document.metadata.title == "About fever"
    assert [(cut.passage.id, cut.text, cut.state) for cut in document.passages] == [
        ("fever#0", "Fever is a high temperature.", "as_cut"),
        ("fever#1", "Rest helps.", "as_cut"),
        ("fever#2", "Drink water.", "as_cut"),
    ]


def test_documents_are_found_by_words_of_id_or_title(curation):
    assert curation.find("about FEV") == [("fever", "About fever")]
    assert [document_id for document_id, _ in curation.find("")] == ["cough", "fever"]
    assert curation.find("100% '_") == []


def test_a_hidden_passage_is_absent_and_its_neighbours_keep_their_ids(library, curation):
    curation.hide("fever#1")
    assert list(texts(library)) == ["cough#0", "fever#0", "fever#2"]
    assert library.counts()["passages"] == 3
    assert curation.document("fever").passages[1].state == "hidden"


def test_a_corrected_passage_is_embedded_and_read_as_corrected_and_says_so(library, curation, embedder):
    curation.correct("fever#1", "Rest may\r\nhelp.")
    with library.frozen(embedder):
        entries = list(library.passages())
        vectors = library.vectors(embedder)[:]
    assert [is_corrected(passage, metadata) for passage, metadata in entries] == [False, False, True, False]
    passage, metadata = entries[2]
    assert passage.text == "Rest may\nhelp."
    assert vectors[2] @ embedder.encode([embedding_text(passage, metadata)])[0] > 0.999


def test_a_restored_passage_is_as_before(library, curation):
    before, corpus = texts(library), library.corpus_hash()
    curation.hide("fever#1")
    curation.correct("cough#0", "Another text.")
    assert library.corpus_hash() != corpus
    curation.restore("fever#1")
    curation.restore("cough#0")
    assert (texts(library), library.corpus_hash()) == (before, corpus)


def test_edits_survive_another_run_over_unchanged_text(library, curation, shelf, embedder):
    curation.hide("fever#0")
    curation.correct("fever#1", "Rest may help.")
    report = library.apply(shelf.events(TEXTS), embedder)
    assert report.warnings == []
    assert texts(library)["fever#1"] == "Rest may help."
    assert "fever#0" not in texts(library)


def test_edits_follow_their_text_when_the_source_puts_something_before_it(library, curation, shelf, embedder):
    curation.hide("fever#0")
    curation.correct("fever#1", "Rest may help.")
    report = library.apply(shelf.events(TEXTS | {"fever": "New first line.|" + TEXTS["fever"]}), embedder)
    assert report.warnings == []
    assert texts(library)["fever#0"] == "New first line."
    assert "fever#1" not in texts(library)
    assert texts(library)["fever#2"] == "Rest may help."


def test_an_edit_is_dropped_with_a_remark_when_the_source_changes_its_text(library, curation, shelf, embedder):
    curation.correct("fever#1", "Rest may help.")
    report = library.apply(shelf.events(TEXTS | {"fever": TEXTS["fever"].replace("Rest", "Sleep")}), embedder)
    assert len(report.warnings) == 1
    assert report.warnings[0].startswith("fever#1: was corrected on ")
    assert texts(library)["fever#1"] == "Sleep helps."
    with pytest.raises(UsageError, match="not edited"):
        curation.restore("fever#1")


def test_a_dry_run_remarks_and_drops_nothing(library, curation, shelf, embedder):
    curation.hide("fever#1")
    changed = shelf.events(TEXTS | {"fever": "Quite another text."})
    assert len(library.apply(changed, embedder, dry_run=True).warnings) == 1
    assert "fever#1" not in texts(library)


def test_an_edit_waits_for_a_document_that_is_gone(library, curation, shelf, embedder):
    curation.hide("fever#1")
    gone = SourceFinished(source=shelf.source, root=shelf.root, paths=frozenset())
    assert library.apply(iter([gone]), embedder).warnings == []
    library.apply(shelf.events(TEXTS), embedder)
    assert "fever#1" not in texts(library)


def test_vectors_of_corrections_outlive_other_changes(library, curation, shelf, embedder):
    curation.correct("fever#1", "Rest may help.")
    with library.frozen(embedder):
        pass
    library.apply(shelf.events(TEXTS | {"cough": "A cough is a reflex."}), embedder)
    embedder.encoded.clear()
    with library.frozen(embedder):
        assert library.vectors(embedder)[:].any(axis=1).all()
    assert embedder.encoded == []


def test_publishing_takes_edits_into_the_snapshot(tmp_path, library, curation, embedder):
    store = SnapshotStore(tmp_path)
    first = store.build(library, embedder)
    curation.hide("fever#0")
    curation.correct("fever#1", "Paracetamol may help.")
    assert store.build(library, embedder) != first
    snapshot = store.open(embedder)
    assert snapshot.passages.by_id("fever#0") is None
    found = snapshot.passages.by_id("fever#1")
    assert found is not None
    assert found[0].text == "Paracetamol may help."
    assert is_corrected(*found)
    [(row, _)] = snapshot.lexical.search("paracetamol", 5, language="en")
    assert snapshot.passages.fetch([row])[0][0].id == "fever#1"
    assert snapshot.lexical.search("temperature", 5, language="en") == []
    assert store.build(library, embedder) == snapshot.id


@pytest.mark.parametrize(
    ("text", "said"),
    [(" \n", "empty"), ("Rest helps.", "own text"), ("x" * (LONGEST_CHARS + 1), "characters")],
)
def test_a_correction_that_cannot_stand_is_refused(curation, text, said):
    with pytest.raises(UsageError, match=said):
        curation.correct("fever#1", text)


def test_what_is_not_there_is_named(curation):
    with pytest.raises(UsageError, match="no document 'flu'"):
        curation.document("flu")
    with pytest.raises(UsageError, match="no passage 'fever#9'"):
        curation.hide("fever#9")


def test_a_library_made_before_there_were_edits_is_opened_and_kept(tmp_path, library, shelf, embedder):
    library._db.executescript("DROP VIEW curated; DROP TABLE edits; PRAGMA user_version = 1")
    library.close()
    again = Library(tmp_path, chunker_version="sections-2/160")
    assert len(texts(again)) == 4
    again.close()
