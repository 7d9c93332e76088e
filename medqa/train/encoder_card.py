"""The card of a tuned encoder."""

from __future__ import annotations

from medqa.train.card import settings_block, table, write_card
from medqa.train.encoder import EncoderConfig, EncoderRun

_USE = """```sh
MEDQA_ENCODER=sentence_transformers MEDQA_ENCODER_MODEL={folder} medqa index build
medqa eval retrieval --data DIR --encoder sentence_transformers --encoder-model {folder}
```

An index made with one encoder opens with no other. Measure before you switch: tuning on one corpus can cost others."""


def write_encoder_card(config: EncoderConfig, run: EncoderRun) -> None:
    """``README.md`` beside the encoder."""
    before, after = run.accuracy
    facts = [
        ("pairs of heading and passage", run.pairs),
        ("steps", run.steps),
        ("seconds", round(run.seconds)),
        ("held-out headings whose passage is nearest, before", before),
        ("the same, after", after),
    ]
    base = str(config.model or "sentence-transformers/all-MiniLM-L6-v2")
    write_card(
        config.output,
        "Sentence encoder, tuned on a corpus",
        front={
            "language": "en",
            "base_model": base,
            "library_name": "sentence-transformers",
            "tags": ["sentence-similarity", "medqa"],
        },
        sections={
            "How to use it": _USE.format(folder=config.output.name),
            "Training": table(("what", "value"), facts),
            "Data": "Titles and section headings with the passages below them, of the sources "
            f"{', '.join(config.sources) or 'in the knowledge base'}. Their licences hold for what is made of them.",
            "Settings": settings_block(config.model_dump(mode="json")),
        },
        is_model=False,
    )
