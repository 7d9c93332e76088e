from __future__ import annotations

import gzip
import json
import math

import pytest

from evals.harness import BeirFolder, Sample, bootstrap
from evals.scorers import ranking
from medqa.errors import UsageError
from medqa.registry import load, names


@pytest.fixture
def beir(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t3\nq1\td2\t1\n")
    rows = [{"_id": "q1", "text": "fever?", "metadata": {"style": "summary"}}, {"_id": "q2", "text": "cough?"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(b'{"_id": "d1", "title": "T", "text": "x"}\n'))
    return BeirFolder(tmp_path)


def test_a_beir_folder_is_read(beir):
    assert beir.corpus.name == "corpus.jsonl.gz"
    assert beir.samples("style") == [Sample("q1", "fever?", "summary"), Sample("q2", "cough?", "all")]
    assert beir.qrels() == {"q1": {"d1": 3, "d2": 1}}


def test_a_folder_without_a_corpus_says_so(tmp_path):
    with pytest.raises(UsageError, match="--data"):
        _ = BeirFolder(tmp_path).corpus


def test_the_interval_holds_the_mean_and_is_the_same_each_time():
    figures = bootstrap([0.0, 1.0] * 50)
    assert figures["low"] < figures["mean"] == 0.5 < figures["high"]
    assert figures == bootstrap([0.0, 1.0] * 50)
    assert bootstrap([])["n"] == 0


def test_scores_agree_with_a_hand_worked_ranking():
    run = {"q": ["unjudged", "good", "best"]}
    qrels = {"q": {"best": 3, "good": 1, "bad": 0}}
    scores = {name: values["q"] for name, values in ranking.score(run, qrels, relevant=2).items()}
    ideal = 7 + 1 / math.log2(3)
    assert scores["nDCG@10"] == pytest.approx((1 / math.log2(3) + 7 / math.log2(4)) / ideal)
    assert scores["condensed nDCG@10"] == pytest.approx((1 + 7 / math.log2(3)) / ideal)
    assert scores["MRR@10"] == pytest.approx(1 / 3)
    assert (scores["R@10"], scores["R@100"]) == (1, 1)
    assert scores["judged@10"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", names("evals.tasks"))
def test_every_task_says_what_it_measures_and_runs(name):
    task = load("evals.tasks", name)
    assert task.__doc__
    assert callable(getattr(task, "run", task))
