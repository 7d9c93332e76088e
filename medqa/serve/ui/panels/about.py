"""What this installation knows and which versions answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medqa.serve.ui.context import PageContext, speaking

if TYPE_CHECKING:
    from medqa.wiring import Application


class About:
    """Counts and versions of the open snapshot, and the notice."""

    title = "about"
    position = 90
    only_for_administrators = False

    def build(self, context: PageContext) -> None:
        """Static text, and facts that are told when the page loads."""
        import gradio as gr

        gr.Markdown(context.t("notice"))
        shown = gr.Markdown("", elem_id="facts")

        def told(words: Mapping[str, str]) -> str:
            return facts_markdown(context.application, words)

        gr.on(fn=speaking(told), outputs=shown, show_progress="hidden", api_visibility="private")


def facts_markdown(application: Application, words: Mapping[str, str]) -> str:
    """Counts and versions of what answers, as a list in Markdown."""
    manifest = application.snapshot.manifest
    counts = manifest["counts"]
    assert isinstance(counts, dict)
    facts = (
        words["about_holds"].format(f"{counts['documents']:,}", f"{counts['passages']:,}"),
        words["about_index"].format(application.snapshot.id, manifest["created"]),
        words["about_answers"].format(application.embedder.id, application.engine.parts.chat_model.id),
    )
    return "\n".join(f"- {fact}" for fact in facts)


plugin = About
