"""``medqa passages``: how a document was cut, and edits of its passages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from medqa.serve import options

if TYPE_CHECKING:
    from medqa.index.curation import Curation, CutDocument, CutPassage

_UNPUBLISHED = "Readers see it after: medqa index build"


@click.group(name="passages", short_help="See how a document was cut; hide or correct a passage.")
def plugin() -> None:
    """See how a document was cut; hide or correct a passage. Edits outlive later ingestions of the same text.

    \b
      medqa passages find asthma
      medqa passages show medqa-starter/en/asthma
      medqa passages hide "medqa-starter/en/asthma#3"
      medqa passages correct "medqa-starter/en/asthma#3" --text "..."
      medqa passages restore "medqa-starter/en/asthma#3"
      medqa index build       publish the changes
    """


@plugin.command()
@click.argument("words", nargs=-1, required=True)
@options.as_json
@options.home
def find(words: tuple[str, ...], as_json: bool, home: Path | None) -> None:
    """Find documents whose id or title holds all WORDS."""
    from medqa.serve.batch import print_json
    from medqa.wiring.curating import curation

    with curation(options.settings_from(home)) as opened:
        found = opened.find(" ".join(words))
    if as_json:
        print_json({"documents": [{"document_id": document_id, "title": title} for document_id, title in found]})
    else:
        click.echo("\n".join(f"{document_id}  {title}" for document_id, title in found) or "Nothing found.")


@plugin.command()
@click.argument("document_id")
@options.as_json
@options.home
def show(document_id: str, as_json: bool, home: Path | None) -> None:
    """Show the passages of a document in order: place, length, text and edits."""
    from medqa.serve.batch import print_json
    from medqa.wiring.curating import curation

    with curation(options.settings_from(home)) as opened:
        document = opened.document(document_id)
    if as_json:
        print_json({"document_id": document.id, "passages": [_passage_json(cut) for cut in document.passages]})
    else:
        click.echo(_document_text(document))


@plugin.command()
@click.argument("passage_id")
@options.home
def hide(passage_id: str, home: Path | None) -> None:
    """Leave a passage out of what is published next."""
    _edit(home, lambda opened: opened.hide(passage_id), f"hidden: {passage_id}")


@plugin.command()
@click.argument("passage_id")
@click.option("--text", help="The text to put in the place of the source's.")
@click.option("--file", "file", type=click.File("r", encoding="utf-8"), help="A file that holds it; - for stdin.")
@options.home
def correct(passage_id: str, text: str | None, file: TextIO | None, home: Path | None) -> None:
    """Put another text in the place of the source's; quotes from it say that it was corrected."""
    if (text is None) == (file is None):
        raise click.UsageError("give either --text or --file")
    fresh = text if text is not None else file.read() if file else ""
    _edit(home, lambda opened: opened.correct(passage_id, fresh), f"corrected: {passage_id}")


@plugin.command()
@click.argument("passage_id")
@options.home
def restore(passage_id: str, home: Path | None) -> None:
    """Take the source's own text again."""
    _edit(home, lambda opened: opened.restore(passage_id), f"restored: {passage_id}")


def _edit(home: Path | None, edit: Callable[[Curation], None], done: str) -> None:
    from medqa.wiring.curating import curation

    with curation(options.settings_from(home)) as opened:
        edit(opened)
    click.echo(f"{done}. {_UNPUBLISHED}")


def _passage_json(cut: CutPassage) -> dict[str, object]:
    passage = cut.passage
    return {
        "passage_id": passage.id,
        "section": passage.section,
        "page": passage.page,
        "state": cut.state,
        "text": cut.text,
        "source_text": passage.text,
        "edited": cut.edit.made if cut.edit else None,
    }


def _document_text(document: CutDocument) -> str:
    from medqa.serve.terminal import wrapped

    parts = [click.style(f"{document.metadata.title} ({document.id})", bold=True)]
    for cut in document.passages:
        passage = cut.passage
        place = (
            passage.id,
            passage.section,
            f"p. {passage.page}" if passage.page else "",
            f"{len(cut.text)} characters",
        )
        line = " · ".join(part for part in place if part)
        edited = click.style(f"  {cut.state} {cut.edit.made[:10]}", fg="yellow") if cut.edit else ""
        parts.append(f"{click.style(line, dim=True)}{edited}\n{wrapped(cut.text, indent='    ')}")
    return "\n\n".join(parts)
