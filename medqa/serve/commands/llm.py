"""``medqa llm``: the server of a language model, started and probed. It lives in an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from medqa.errors import ConfigError
from medqa.serve import options

_gpus = click.option(
    "--gpus", metavar="NxGB", help="Plan for another machine: 2x80 is two GPUs of 80 GB each (serve: with --dry-run)."
)


@click.group(name="llm", short_help="Start or probe a language model's server.")
def plugin() -> None:
    """Start or probe the server of a language model (optional: MedQA answers without one).

    \b
      make llm                                   once: vLLM in an environment of its own
      medqa llm presets                          models that are known, and whether they fit here
      medqa llm serve --model qwen3-8b
      medqa llm check --model qwen3-8b
      MEDQA_CHAT_MODEL=openai MEDQA_LLM_MODEL=qwen3-8b medqa serve

    docs/serving-a-model.md tells the rest.
    """


@plugin.command()
@click.option("--model", metavar="MODEL", help="A preset, a model's folder, or its name (or MEDQA_LLM_MODEL).")
@click.option("--name", metavar="NAME", help="A name that clients may call it by, besides its own.")
@click.option("--lora", "loras", multiple=True, metavar="NAME=FOLDER", help="Adapter to serve; may be repeated.")
@click.option("--quantise", type=click.Choice(["fp8", "awq", "gptq"]), help="Serve it compressed.")
@click.option("--context", type=click.IntRange(min=256), metavar="TOKENS", help="Longest prompt and answer together.")
@click.option("--tensor-parallel", type=click.IntRange(min=1), metavar="N", help="Split the model over N GPUs.")
@click.option(
    "--data-parallel",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Serve N copies of it, each on its GPUs.",
)
@click.option(
    "--env",
    "folder",
    type=click.Path(path_type=Path),
    help="Virtual environment that vLLM is installed in.  [default: .venv-llm, made by `make llm`]",
)
@click.option("--dry-run", is_flag=True, help="Print the command instead of running it.")
@_gpus
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
@options.home
def serve(model: str | None, folder: Path | None, home: Path | None, **asked: Any) -> None:
    """Start vLLM for the configured model, on the host and port of MEDQA_LLM_BASE_URL.

    What stands behind -- goes to vLLM as it is: medqa llm serve --model qwen3-8b -- --max-num-seqs 64
    """
    from medqa.serve.llm import environment, machine, process
    from medqa.serve.llm.choices import Choices
    from medqa.serve.llm.plan import plan

    dry_run, gpus = asked.pop("dry_run"), asked.pop("gpus")
    if gpus and not dry_run:
        raise click.UsageError("--gpus describes another machine: it goes with --dry-run")
    settings = options.settings_from(home, llm_model=model)
    here = machine.described(gpus) if gpus else machine.look()
    found = environment.expected(folder, has_gpu=bool(here.gpus)) if dry_run else environment.find(folder)
    if gpus:
        found = environment.on_gpus(found)
    launch = plan(settings, Choices(**asked), found, here)
    if dry_run:
        click.echo(launch.shown())
        if launch.misfit:
            click.echo(f"medqa: {launch.misfit}", err=True)
        return
    if launch.misfit:
        raise ConfigError(launch.misfit)
    process.run(launch, found)


@plugin.command()
@_gpus
@options.as_json
def presets(gpus: str | None, as_json: bool) -> None:
    """Show the models that are known, the memory that they need at least, and whether they fit here."""
    from medqa.serve.batch import print_json
    from medqa.serve.llm import machine
    from medqa.serve.llm.preset_list import rows, table

    listed = rows(machine.described(gpus) if gpus else machine.look())
    if as_json:
        print_json({"presets": listed})
    else:
        click.echo(table(listed))


@plugin.command()
@click.option("--model", metavar="NAME", help="The model to probe (or MEDQA_LLM_MODEL).")
@click.option("--lora", "loras", multiple=True, metavar="NAME", help="An adapter that must be there; may be repeated.")
@options.as_json
@options.home
def check(model: str | None, loras: tuple[str, ...], as_json: bool, home: Path | None) -> None:
    """Probe the configured server: is it there, has it the model, does it write, and how soon?"""
    import asyncio
    from dataclasses import asdict

    from medqa.serve.batch import print_json
    from medqa.serve.llm.checks import examine
    from medqa.serve.terminal import check_line

    settings = options.settings_from(home, llm_model=model)
    report = asyncio.run(examine(settings, loras))
    if as_json:
        print_json({**report.as_json(), "checks": [asdict(check) for check in report.checks]})
    else:
        for each in report.checks:
            click.echo(check_line(each.ok, each.name, each.detail, each.fix))
    if not report.ok:
        raise click.exceptions.Exit(1)
