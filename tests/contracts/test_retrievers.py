"""What every retriever must do, over a real snapshot with the default encoder."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from medqa.domain.conversation import Question
from medqa.domain.document import Document, Source
from medqa.domain.ingestion import DocumentRead, FileFinished, FileRecord, SourceFinished
from medqa.index.embedders.minilm import MiniLM
from medqa.index.library import Library
from medqa.index.snapshot import SnapshotStore
from medqa.registry import load, names
from medqa.retrieve import lexicon
from medqa.retrieve.query import Understanding

NAMES = names("medqa.retrieve.retrievers")


@pytest.fixture(scope="module")
def embedder():
    return MiniLM()


@pytest.fixture(scope="module")
def snapshot(passages, embedder, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    library = Library(home, chunker_version="x")
    library.apply(_events(passages), embedder)
    store = SnapshotStore(home, user_words=lambda: lexicon.load().chinese_forms())
    store.build(library, embedder)
    library.close()
    return store.open(embedder)


def _events(passages):
    by_document = {}
    for passage, metadata in passages:
        by_document.setdefault(passage.document_id, (metadata, []))[1].append(passage)
    for source_id in sorted({metadata.source_id for _, metadata in passages}):
        file = FileRecord(source_id=source_id, path="all", sha256=source_id, size=1)
        for document_id, (metadata, cut) in by_document.items():
            if metadata.source_id == source_id:
                document = Document(id=document_id, metadata=metadata, blocks=(), content_hash=document_id)
                yield DocumentRead(file=file, document=document, passages=tuple(cut))
        yield FileFinished(file=file, documents=1)
        yield SourceFinished(source=Source(id=source_id, title="T"), root="/", paths=frozenset({"all"}))


@pytest.fixture(scope="module", params=NAMES)
def retriever(request, snapshot, embedder):
    return load("medqa.retrieve.retrievers", request.param)(snapshot, embedder)


def query(text, *filters):
    return replace(Understanding().understand(Question(text=text)), filters=filters)


def documents(hits):
    return [hit.passage.document_id for hit in hits]


def test_the_best_hit_is_about_the_question(retriever):
    assert documents(retriever.retrieve(query("What are the symptoms of the flu, like fever?"), 3))[0] == "flu"


def test_a_chinese_question_finds_its_english_document(retriever):
    assert documents(retriever.retrieve(query("二甲双胍的副作用有哪些？"), 3))[0] == "metformin"


def test_ranks_count_from_one_and_scores_fall(retriever):
    hits = retriever.retrieve(query("fever cough asthma"), 10)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)


def test_at_most_k_hits_come(retriever):
    assert len(retriever.retrieve(query("flu asthma metformin"), 1)) == 1
    assert len(retriever.retrieve(query("flu asthma metformin"), 1_000_000)) <= 6


def test_filters_hold(retriever):
    hits = retriever.retrieve(query("flu fever metformin", ("source_id", ("label",))), 5)
    assert set(documents(hits)) == {"metformin"}
    assert retriever.retrieve(query("flu", ("source_id", ("nobody",))), 5) == []


def test_a_document_gives_no_more_passages_than_allowed(snapshot, embedder, retriever):
    one = type(retriever)(snapshot, embedder, passages_per_document=1)
    found = documents(one.retrieve(query("flu antiviral drugs fever cough"), 5))
    assert found.count("flu") == 1


def test_no_words_find_nothing(retriever):
    assert retriever.retrieve(query(""), 5) == []


def test_threads_share_one_retriever(retriever):
    expected, found = retriever.retrieve(query("asthma inhaler"), 3), []
    threads = [
        threading.Thread(target=lambda: found.append(retriever.retrieve(query("asthma inhaler"), 3))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [documents(hits) for hits in found] == [documents(expected)] * 6


class TestHybrid:
    @pytest.fixture
    def hybrid(self, snapshot, embedder):
        return load("medqa.retrieve.retrievers", "hybrid")(snapshot, embedder)

    def test_a_chinese_question_prefers_its_chinese_document(self, hybrid):
        assert documents(hybrid.retrieve(query("糖尿病人能吃水果吗？"), 3))[0] == "tangniaobing"

    def test_an_english_question_turns_to_chinese_only_where_english_names_no_topic(self, hybrid):
        assert documents(hybrid.retrieve(query("Does hypertension have symptoms?"), 3))[0] == "gaoxueya"
        languages = {hit.metadata.language for hit in hybrid.retrieve(query("How is flu treated?"), 5)}
        assert languages == {"en"}

    def test_a_chinese_word_that_no_passage_says_is_searched_by_what_they_call_it(self, hybrid):
        assert documents(hybrid.retrieve(query("消渴病"), 3))[0] == "tangniaobing"

    def test_similarity_is_the_cosine_where_the_passage_has_a_vector(self, hybrid):
        for hit in hybrid.retrieve(query("糖尿病 metformin"), 6):
            assert (hit.similarity is None) or 0.1 <= hit.similarity <= 1
        assert hybrid.retrieve(query("metformin nausea"), 1)[0].similarity > 0.5


def test_an_english_question_narrowed_to_chinese_gets_chinese_passages(snapshot, embedder):
    hybrid = load("medqa.retrieve.retrievers", "hybrid")(snapshot, embedder)
    hits = hybrid.retrieve(query("fruit in diabetes", ("language", ("zh",))), 3)
    assert hits
    assert {hit.passage.language or hit.metadata.language for hit in hits} == {"zh"}
