"""Search in the library itself: ranked passages, no answer."""

from __future__ import annotations

import asyncio
import html

from medqa.errors import MedQAError
from medqa.serve.questions import read_question
from medqa.serve.ui.context import PageContext

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
        hits = gr.HTML("", elem_id="library-hits")

        async def find(text: str) -> str:
            try:
                query = read_question(text, settings=context.settings)
            except MedQAError as err:
                return f'<p role="alert">{html.escape(str(err))}</p>'
            found = await asyncio.to_thread(context.application.search, query, _SHOWN)
            return "".join(
                _hit_html(hit.metadata.title, hit.metadata.source, hit.passage.section, hit.passage.text)
                for hit in found
            )

        for trigger in (button.click, words.submit):
            trigger(find, words, hits, concurrency_limit=None, show_progress="minimal", api_visibility="private")


def _hit_html(title: str, source: str, section: str | None, text: str) -> str:
    place = " · ".join(html.escape(part) for part in (source, section) if part)
    return (
        f'<article class="source"><h3>{html.escape(title)}</h3><p class="place">{place}</p>'
        f"<blockquote>{html.escape(text)}</blockquote></article>"
    )


plugin = Library
