"""What this installation knows and which versions answer."""

from __future__ import annotations

from medqa.serve.ui.context import PageContext


class About:
    """Counts and versions of the open snapshot, and the notice."""

    title = "about"
    position = 90
    only_for_administrators = False

    def build(self, context: PageContext) -> None:
        """Static text, refreshed when the page loads."""
        import gradio as gr

        gr.Markdown(context.t("notice"))
        facts = gr.Markdown("", elem_id="facts")
        context.components["facts"] = facts


plugin = About
