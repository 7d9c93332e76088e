from __future__ import annotations

import json

import pytest

from evals.tasks.bench_search import BenchSearch
from evals.tasks.retrieval import Retrieval
from medqa.errors import UsageError

TOPICS = ("asthma", "gout", "measles", "migraine", "glaucoma", "scabies", "mumps", "rabies")


def beir(folder):
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": topic, "title": f"What is {topic}?", "text": f"This page explains {topic} and how it is treated."}
        for topic in TOPICS
    ]
    queries = [{"_id": f"q-{topic}", "text": f"how is {topic} treated"} for topic in TOPICS]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    lines = [f"q-{topic}\t{topic}\t1" for topic in TOPICS]
    (folder / "qrels" / "dev.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *lines]))
    return folder


def test_a_corpus_is_indexed_once_and_ranked_by_every_retriever(tmp_path):
    data, options = beir(tmp_path / "tiny"), {"home": str(tmp_path / "home")}
    details = tmp_path / "queries.jsonl"
    report = Retrieval().run(data, {**options, "per_query": str(details)})
    for name in ("hybrid", "bm25", "encoder", "rrf"):
        assert report["figures"]["all"][name]["nDCG@10"]["mean"] > 0.9
        assert report["figures"]["all"][name]["nDCG@10"]["n"] == len(TOPICS)
    assert set(report["against rrf"]["all"]) == {"hybrid", "bm25", "encoder"}
    assert report["against rrf"]["all"]["hybrid"]["nDCG@10"]["low"] <= 0.1
    rows = [json.loads(line) for line in details.read_text().splitlines()]
    assert {row["id"] for row in rows} == {f"q-{topic}" for topic in TOPICS}
    assert rows[0]["systems"]["hybrid"]["found"][0][1] == 1
    assert Retrieval().run(data, options)["snapshot"] == report["snapshot"]


def test_a_system_that_is_none_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match="hybrid"):
        Retrieval().run(beir(tmp_path / "tiny"), {"home": str(tmp_path / "home"), "systems": "magic"})


def test_the_benchmark_measures_search_and_indexing(tmp_path):
    data = beir(tmp_path / "tiny")
    report = BenchSearch().run(data, {"home": str(tmp_path / "home"), "documents": "8"})
    assert set(report["search"]["stages_ms"]) == {"understand", "embed", "vectors", "lexical", "passages"}
    assert report["search"]["total_over_stages"] >= 1
    assert report["indexing"]["passages"] == 8
    assert report["peak_rss_mb"] > 0
