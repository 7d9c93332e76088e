"""Ranking is no worse than what is written down, over the articles that ship."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from evals import systems
from evals.scorers import ranking
from evals.starter import StarterQuestions
from evals.tasks.retrieval import groups, judged
from medqa.settings import load_settings
from medqa.wiring import Application, parts

MEASURES = ("nDCG@10", "R@10")


@pytest.fixture(scope="module")
def application(starter_home):
    settings = load_settings(home=starter_home)
    return Application(settings, parts.embedder(settings))


def test_the_default_ranks_the_shipped_articles_as_well_as_the_baseline(application):
    written = json.loads(files("evals").joinpath("baselines/retrieval-medqa-starter.json").read_text("utf-8"))
    samples, qrels, relevant = judged(StarterQuestions(), {})
    rank = systems.ranking(application, "hybrid")
    values = ranking.score({s.id: rank(s.text) for s in samples}, qrels, relevant=relevant)
    for group, ids in groups(samples).items():
        for measure in MEASURES:
            mean = sum(values[measure].get(i, 0.0) for i in ids) / len(ids)
            lowest = written["figures"][group]["hybrid"][measure]["low"]
            assert mean >= lowest, f"{measure} of {group} questions fell to {mean:.3f}, below {lowest:.3f}"
