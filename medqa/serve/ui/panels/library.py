"""Search in the library itself: ranked passages, no answer."""

from __future__ import annotations

import asyncio
import html
from typing import TYPE_CHECKING

from medqa.errors import MedQAError
from medqa.serve.questions import read_question
from medqa.serve.ui import rendering
from medqa.serve.ui.context import PageContext, markup

if TYPE_CHECKING:
    from medqa.domain.passage import Hit

_SHOWN = 10


class Library:
    """A search box and its hits."""

    title = "library"
    position = 20

    def build(self, context: PageContext) -> None:
        """The box, the button and the list of hits."""
        import gradio as gr

        words = gr.Textbox(label=context.t("library_label"), lines=1, max_lines=1, elem_id="library-words")
        button = gr.Button(context.t("library_button"), size="sm")
        hits = markup("library-hits")

        async def find(text: str) -> str:
            try:
                query = read_question(text, settings=context.settings)
            except MedQAError as err:
                return rendering.block(f'<p role="alert">{html.escape(str(err))}</p>')
            found = await asyncio.to_thread(context.application.search, query, _SHOWN)
            return rendering.block("".join(_hit_html(hit) for hit in found))

        for trigger in (button.click, words.submit):
            trigger(find, words, hits, concurrency_limit=None, show_progress="minimal", api_visibility="private")


def _hit_html(hit: Hit) -> str:
    place = " · ".join(html.escape(part) for part in (hit.metadata.source, hit.passage.section) if part)
    return (
        f'<article class="source"><h3>{html.escape(hit.metadata.title)}</h3><p class="place">{place}</p>'
        f"<blockquote>{html.escape(hit.passage.text)}</blockquote></article>"
    )


plugin = Library
