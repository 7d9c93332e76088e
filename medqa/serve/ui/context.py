"""What a panel of the page gets to work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from medqa.settings import Settings
    from medqa.wiring import Application


@dataclass(frozen=True, slots=True)
class PageContext:
    """The running application, the translator ``t(key)`` and the components that others may update, by name."""

    application: Application
    settings: Settings
    t: Any
    components: dict[str, Any] = field(default_factory=dict)


class Panel(Protocol):
    """One tab beside the conversation. ``title`` is a key of ``texts/``; panels stand in order of ``position``."""

    title: str
    position: int

    def build(self, context: PageContext) -> None:
        """Adds the panel's components to the tab that is open."""
        ...


def markup(elem_id: str) -> Any:
    """A place for HTML of our own making (``rendering.block``).

    Markdown takes it as it stands; Gradio's HTML component would compile it as a template, which needs eval().
    """
    import gradio as gr

    return gr.Markdown("", elem_id=elem_id, sanitize_html=False, latex_delimiters=[])
