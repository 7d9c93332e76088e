"""The library: which sources answers are drawn from and how sound they are; and a search in it, without an answer."""

from __future__ import annotations

import asyncio
import html
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from medqa.errors import MedQAError
from medqa.serve.questions import read_row
from medqa.serve.ui import rendering
from medqa.serve.ui.context import PageContext, language_of_words, markup, speaking

if TYPE_CHECKING:
    from medqa.domain.passage import Hit
    from medqa.index.holdings import Holdings

_SHOWN = 10
_NAMED = 20  # documents past review, or retracted, named under their count
_COLUMNS = ("source", "holds", "languages", "note")

Words = Mapping[str, str]


class Library:
    """A table of sources, a search box and its hits."""

    title = "library"
    position = 20
    only_for_administrators = False

    def build(self, context: PageContext) -> None:
        """The table fills when the page loads; it is counted once a snapshot and day."""
        import gradio as gr

        sources = markup("library-sources")
        words = gr.Textbox(label=context.t("library_label"), lines=1, max_lines=1, elem_id="library-words")
        button = gr.Button(context.t("library_button"), size="sm")
        hits = markup("library-hits")

        @lru_cache(maxsize=1)
        def held(snapshot_id: str, today: date) -> list[Holdings]:
            from medqa.wiring import sourcing

            return sourcing.describe_all(context.settings)

        def overview(words: Words) -> str:
            try:
                return rendering.block(
                    holdings_html(held(context.application.snapshot.id, datetime.now(UTC).date()), words)
                )
            except MedQAError as err:
                return rendering.failure(err, language_of_words(words))

        async def find(words: Words, text: str) -> str:
            try:
                query = read_row({"query": text}, field="query", settings=context.settings)
            except MedQAError as err:
                return rendering.failure(err, language_of_words(words))
            found = await asyncio.to_thread(context.application.search, query, _SHOWN)
            return rendering.block("".join(_hit_html(hit) for hit in found)) or rendering.said(words["library_no_hits"])

        quiet: dict[str, Any] = {"concurrency_limit": None, "api_visibility": "private"}
        gr.on(fn=speaking(overview), outputs=sources, show_progress="hidden", **quiet)
        for trigger in (button.click, words.submit):
            trigger(speaking(find), words, hits, show_progress="minimal", **quiet)


def holdings_html(held: Sequence[Holdings], words: Words) -> str:
    """One row a source: title, publisher and licence; counts; languages and dates; what to note."""
    if not held:
        return f"<p>{words['library_empty']}</p>"
    heads = "".join(f'<th scope="col">{words[f"library_{column}"]}</th>' for column in _COLUMNS)
    rows = "".join(_row_html(each, words) for each in held)
    return (
        f'<table class="holdings"><caption>{words["library_sources"]}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row_html(held: Holdings, words: Words) -> str:
    source = held.source
    origin = [source.publisher, source.licence or _licences(held.licences) or words["library_licence_unknown"]]
    counts = [words["library_documents"].format(f"{held.documents:,}")]
    counts.append(words["library_passages"].format(f"{held.passages:,}"))
    languages = [f"{words.get(f'language_{name}', name)} {count:,}" for name, count in held.languages.most_common()]
    dates = [" – ".join(dict.fromkeys(end for end in (held.first, held.last) if end))]
    dates.append(words["library_undated"].format(f"{held.undated:,}") if held.undated else "")
    return (
        f'<tr><th scope="row">{html.escape(source.title)}<small>{_joined(origin, " · ")}</small></th>'
        f"<td>{_joined(counts)}</td><td>{_joined([', '.join(languages), *dates])}</td>"
        f"<td>{_notes(held, words)}</td></tr>"
    )


def _notes(held: Holdings, words: Words) -> str:
    """What is retracted, past its review date or not clinically reviewed; documents named where they are few."""
    named = {"retracted": (held.retracted, held.retracted_documents), "stale": (held.stale, held.stale_documents)}
    notes = [_named_html(kind, count, titles, words) for kind, (count, titles) in named.items() if count]
    if held.unreviewed:
        said = words["library_unreviewed"].format(f"{held.unreviewed:,}")
        notes.append(f'<span class="note unreviewed">{said}</span>')
    return "".join(notes) or words["library_nothing_to_note"]


def _named_html(kind: str, count: int, titles: Mapping[str, str], words: Words) -> str:
    shown = list(titles.items())[:_NAMED]
    entries = [f"<li>{html.escape(title or document_id)}</li>" for document_id, title in shown]
    if count > len(shown):
        entries.append(f"<li>{words['library_more'].format(f'{count - len(shown):,}')}</li>")
    said = words[f"library_{kind}"].format(f"{count:,}")
    return f'<details class="note {kind}"><summary>{said}</summary><ul>{"".join(entries)}</ul></details>'


def _licences(counts: Counter[str]) -> str:
    """The licences that documents bring with them, the most frequent first."""
    return ", ".join(name for name, _ in counts.most_common(3) if name != "unknown")


def _joined(parts: Sequence[str], between: str = "<br>") -> str:
    return between.join(html.escape(part) for part in parts if part)


def _hit_html(hit: Hit) -> str:
    place = " · ".join(html.escape(part) for part in (hit.metadata.source, hit.passage.section) if part)
    return (
        f'<article class="source"><h3>{html.escape(hit.metadata.title)}</h3><p class="place">{place}</p>'
        f"<blockquote>{html.escape(hit.passage.text)}</blockquote></article>"
    )


plugin = Library
