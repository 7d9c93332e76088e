"""The sources of each answer, with the quoted words marked in their context, and the verdict on each sentence."""

from __future__ import annotations

from medqa.serve.ui.context import PageContext, markup


class Sources:
    """Filled by the conversation."""

    title = "sources"
    position = 10
    only_for_administrators = False

    def build(self, context: PageContext) -> None:
        """One HTML component; the conversation writes into it."""
        import gradio as gr

        gr.Markdown(context.t("sources_empty"), elem_id="sources-hint")
        context.components["sources"] = markup("sources")


plugin = Sources
