"""``medqa train encoder``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from medqa.serve import options
from medqa.serve.training import config_argument, example_option


@click.command(name="encoder", short_help="Tune the sentence encoder on your own corpus.")
@config_argument
@example_option("encoder")
@options.home
def plugin(config: Path, home: Path | None) -> None:
    """Tune a sentence encoder on what has been ingested: CONFIG is a TOML file (--example prints one).

    Titles and headings learn to find the passages below them, against passages that only look right. Use the result
    with MEDQA_ENCODER=sentence_transformers and MEDQA_ENCODER_MODEL=FOLDER, after measuring it:
    "medqa eval retrieval --data DIR --encoder sentence_transformers --encoder-model FOLDER".
    """
    from medqa.serve.progress import ProgressLine
    from medqa.train import encoder
    from medqa.train.config import read_config
    from medqa.train.encoder_card import write_encoder_card
    from medqa.wiring import training

    checked = read_config(config, encoder.EncoderConfig)
    found = encoder.pairs(
        training.passages(options.settings_from(home)), checked, encoder.questions(checked.exclude_questions)
    )
    with contextlib.closing(ProgressLine()) as progress:
        run = encoder.fine_tune(checked, str(training.encoder_folder()), found, progress)
    write_encoder_card(checked, run)
    before, after = run.accuracy
    click.echo(f"{run.steps:,} steps over {run.pairs:,} pairs; held-out headings find their text: {before:.3f} before,")
    click.echo(f"{after:.3f} after. Written to {checked.output}: see its README.md")
