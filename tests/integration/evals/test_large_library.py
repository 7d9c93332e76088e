"""The benchmark of large libraries on a small one: filled with copies, published, opened and measured for real."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evals.scale.copies import Originals, PerturbingEmbedder, copies
from evals.scale.exact import exact, recall
from evals.scale.probe import probe
from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.index.embedding import embedding_text
from medqa.index.stored_vectors import batches
from medqa.settings import load_settings
from medqa.wiring import parts

TOPICS = ("fever", "cough", "asthma", "stroke", "diabetes", "measles", "migraine", "anaemia")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What the probe says of 2,000 passages, and the share of true neighbours that it found."""
    home = tmp_path_factory.mktemp("large")
    settings = load_settings(home=home, sentence_vectors_up_to=0, vector_index="faiss_ivf")
    embedder = parts.embedder(settings)
    documents = [
        [
            (
                Passage(id=f"{topic}#0", document_id=topic, ordinal=0, text=f"About {topic}. Doctors treat {topic}."),
                Metadata(title=topic, source_id="own", source="Own", language="en"),
            )
        ]
        for topic in TOPICS
    ]
    originals = Originals(documents, embedder.encode([embedding_text(*d[0]) for d in documents]))
    copying = PerturbingEmbedder(embedder, originals)
    library = parts.library(settings)
    library.apply(copies(originals, 2_000, copying), copying)
    parts.snapshots(settings).build(library, embedder)
    figures = probe(home, [f"what helps against {topic}" for topic in TOPICS], home / "nearest.npz")
    with np.load(home / "nearest.npz") as nearest:
        true = exact(batches(library.vectors(embedder)), nearest["queries"], 10)
        shares = recall(nearest["rows"][:, :10], true.rows)
    library.close()
    return figures, shares


def test_every_stage_is_timed_and_their_sum_is_most_of_the_whole(measured):
    figures, _ = measured
    assert set(figures["stages_ms"]) == {"understand", "embed", "vectors", "lexical", "passages"}
    assert figures["whole_over_stages"] >= 1


def test_the_figures_are_plain_values_and_name_the_index(measured):
    figures, _ = measured
    assert json.loads(json.dumps(figures))["vector_index"] == "faiss_ivf"
    assert figures["memory_mb"]["own"] <= figures["memory_mb"]["resident"]


def test_almost_all_true_neighbours_are_found(measured):
    assert np.mean(measured[1]) > 0.95
