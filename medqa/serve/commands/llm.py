"""``medqa llm``: the server of a language model, started and probed. It lives in an environment of its own."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.settings import Settings


@click.group(name="llm", short_help="Start or probe a language model's server.")
def plugin() -> None:
    """Start or probe the server of a language model (optional: MedQA answers without one).

    \b
      medqa llm serve --model Qwen/Qwen3-8B --env ~/vllm-env
      MEDQA_CHAT_MODEL=openai MEDQA_LLM_MODEL=Qwen/Qwen3-8B medqa serve
      medqa llm check
    """


@plugin.command()
@click.option("--model", help="Model folder or name (or MEDQA_LLM_MODEL).")
@click.option(
    "--env",
    "environment",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Virtual environment that vLLM is installed in.",
)
@click.option("--dry-run", is_flag=True, help="Print the command instead of running it.")
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
@options.home
def serve(
    model: str | None, environment: Path | None, dry_run: bool, extra: tuple[str, ...], home: Path | None
) -> None:
    """Start vLLM for the configured model, on the host and port of MEDQA_LLM_BASE_URL.

    What stands behind -- goes to vLLM as it is: medqa llm serve -- --max-model-len 8192
    """
    from medqa.errors import ConfigError

    settings = options.settings_from(home, llm_model=model)
    command = [*_launcher(environment), *_arguments(settings), *extra]
    if dry_run:
        click.echo(shlex.join(command))
        return
    if environment is None:
        raise ConfigError(
            "vLLM lives in an environment of its own. Make one and name it:\n"
            "  python3 -m venv ~/vllm-env && ~/vllm-env/bin/pip install vllm\n"
            "  medqa llm serve --env ~/vllm-env"
        )
    if not Path(command[0]).exists():
        raise ConfigError(f"{environment} is not a virtual environment: there is no {command[0]}")
    try:
        os.execve(command[0], command, {**os.environ, **_surroundings(settings)})  # noqa: S606 - no shell is meant
    except OSError as err:
        raise ConfigError(f"cannot start {command[0]}: {err.strerror}") from err


@plugin.command()
@options.as_json
@options.home
def check(as_json: bool, home: Path | None) -> None:
    """Probe the configured server: is it there, has it the model, does it write?"""
    import asyncio

    from medqa.serve.batch import print_json
    from medqa.serve.model_server import probe

    settings = options.settings_from(home)
    found = asyncio.run(probe(settings))
    if as_json:
        print_json({"url": settings.llm_base_url, "model": found.model, "wrote_after_s": found.wrote_after_s})
    else:
        click.echo(f"ok: {found.model} at {settings.llm_base_url} wrote after {found.wrote_after_s:.1f} s")


def _launcher(environment: Path | None) -> list[str]:
    python = environment / "bin" / "python" if environment else Path("python")
    return [str(python), "-m", "vllm.entrypoints.openai.api_server"]


def _arguments(settings: Settings) -> list[str]:
    """vLLM's flags: bound to the configured address, named as configured, prompts' common beginning kept."""
    from medqa.errors import ConfigError

    if settings.llm_model is None:
        raise ConfigError("no model is configured: give --model, or set MEDQA_LLM_MODEL")
    address = urlsplit(settings.llm_base_url)
    return [
        "--model", settings.llm_model,
        "--served-model-name", settings.llm_model,
        "--host", address.hostname or "127.0.0.1",
        "--port", str(address.port or 8000),
        "--enable-prefix-caching",
        "--generation-config", "vllm",
    ]  # fmt: skip


def _surroundings(settings: Settings) -> dict[str, str]:
    """Environment variables for vLLM: nothing is reported home; the key stays off the process list."""
    key = settings.llm_api_key
    return {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        **({"VLLM_API_KEY": key.get_secret_value()} if key else {}),
    }
