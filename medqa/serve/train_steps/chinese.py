"""``medqa train chinese``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from medqa.serve.training import config_argument, example_option


@click.command(name="chinese", short_help="Teach the English encoder Chinese, its weights untouched.")
@config_argument
@example_option("chinese")
def plugin(config: Path) -> None:
    """Teach the shipped encoder Chinese from the lexicon and parallel articles: CONFIG is a TOML file (--example).

    Only rows of new tokens learn, so English text keeps its vectors. The output folder holds what the encoder reads
    from medqa/minilm/chinese.
    """
    from medqa.serve.progress import ProgressLine
    from medqa.train import encoder_course
    from medqa.train.config import read_config
    from medqa.train.encoder_chinese import ChineseConfig
    from medqa.wiring import training

    checked = read_config(config, ChineseConfig)
    with contextlib.closing(ProgressLine()) as progress:
        run = encoder_course.run(checked, training.encoder_folder(), training.bilingual(), progress)
    lexicon, before, after = run.accuracy
    click.echo(f"{run.tokens:,} tokens learnt from {run.pairs:,} pairs")
    click.echo(f"held-out sentences nearest to their twin: {lexicon:.3f} by the lexicon's words,")
    click.echo(f"{before:.3f} at first, {after:.3f} at last. Written to {checked.output}")
