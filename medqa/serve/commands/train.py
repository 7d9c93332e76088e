"""``medqa train``: a model of one's own, step by step. A file in ``medqa/serve/train_steps`` is a step."""

from __future__ import annotations

import click

from medqa.serve.command_folder import CommandFolder

_HELP = """Make, compress and judge a model of your own (optional: MedQA answers without one).

Each step reads one TOML file, checks it before any work, and writes a folder with a card (README.md) that says what
is in it. Paths in the file are relative to it. "medqa train STEP --example" prints a file to start from.

\b
  medqa train data data.toml            questions and cited answers from your knowledge base
  medqa train sft sft.toml              teach a model to answer that way: LoRA, QLoRA or all weights
  medqa train prefer prefer.toml        then to prefer what the claim ledger passes (DPO)
  medqa train merge merge.toml          adapter and model in one folder
  medqa train quantise quantise.toml    FP8, or four-bit weights
  medqa train report report.toml        before and after, on documents that training never saw
  medqa llm serve --model FOLDER        serve what came out

Needs the extra "train": pip install "medqa[train]". On two cores a model of a few million parameters learns the
format in minutes; models of billions need a GPU. docs/fine-tuning.md tells more.
"""


@click.group(
    name="train",
    cls=CommandFolder,
    folder="medqa.serve.train_steps",
    help=_HELP,
    short_help="Make, compress and judge a model of your own.",
)
def plugin() -> None:
    """The root of the steps."""
