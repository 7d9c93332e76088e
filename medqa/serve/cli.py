"""The ``medqa`` command. A file in ``commands/`` is a subcommand, read only when it is called or listed.

Exit status: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted. A deliberate error is one clear line
on stderr; a traceback is a bug, and shows only with MEDQA_LOG_LEVEL=debug.
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from medqa import __version__
from medqa.errors import MedQAError, UsageError
from medqa.serve.command_folder import CommandFolder

_FOLDER = "medqa.serve.commands"
_HELP = """MedQA answers medical questions from a knowledge base and shows where each sentence comes from.

\b
Try:
  medqa serve                                   open http://127.0.0.1:7860
  medqa ask "What helps against back pain?"     one answer here, with its sources
  medqa ask "糖尿病人能吃水果吗？"                 in Chinese too
  medqa ingest ~/guidelines --source-id mine    add your own documents
  medqa doctor                                  is everything right?

MedQA is an AI system, not a clinician. In an emergency call your emergency number.
"""


@click.group(
    cls=CommandFolder,
    folder=_FOLDER,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="medqa %(version)s")
def medqa() -> None:
    """The root of all commands."""


def main(arguments: list[str] | None = None) -> None:
    """Runs one command and exits with its status."""
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate becomes \\udXXX, which inside JSON is a correct escape.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_status(arguments))


def _status(arguments: list[str] | None) -> int:
    try:
        status = medqa.main(args=arguments, prog_name="medqa", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as err:
        err.show()
        return err.exit_code
    except MedQAError as err:
        click.secho(f"medqa: {err}", fg="red", err=True)
        return 2 if isinstance(err, UsageError) else 1
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return 130
    except Exception as err:
        _report_bug(err)
        return 1
    return status if isinstance(status, int) else 0  # click hands back the status of an Exit


def _report_bug(err: Exception) -> None:
    place = traceback.extract_tb(err.__traceback__)[-1]
    if os.environ.get("MEDQA_LOG_LEVEL", "").lower() == "debug":
        traceback.print_exception(err)
    kind = f"{type(err).__name__} at {os.path.basename(place.filename)}:{place.lineno}"  # noqa: PTH119
    click.secho(f"medqa: unexpected {kind}. This is a bug; MEDQA_LOG_LEVEL=debug shows more.", fg="red", err=True)
