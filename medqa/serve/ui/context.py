"""What a panel of the page gets to work with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from medqa.serve.ui import texts
from medqa.telemetry import caller

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.settings import Settings
    from medqa.wiring import Application

COUNTRIES = ("CN", "US", "GB", "EU", "HK", "TW", "IN", "AU")
"""Places whose numbers can be chosen on the page; ``texts`` names each."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The running application, the translator ``t(key)`` and the components that others may update, by name."""

    application: Application
    settings: Settings
    t: Any
    components: dict[str, Any] = field(default_factory=dict)


class Panel(Protocol):
    """One tab beside the conversation. ``title`` is a key of ``texts/``; panels stand in order of ``position``.

    One that is ``only_for_administrators`` is not built, nor any event of it, unless the settings say so.
    """

    title: str
    position: int
    only_for_administrators: bool

    def build(self, context: PageContext) -> None:
        """Adds the panel's components to the tab that is open."""
        ...


def markup(elem_id: str) -> Any:
    """A place for HTML of our own making (``rendering.block``).

    Markdown takes it as it stands; Gradio's HTML component would compile it as a template, which needs eval().
    """
    import gradio as gr

    return gr.Markdown("", elem_id=elem_id, sanitize_html=False, latex_delimiters=[])


def speaking(handler: Callable[..., Any]) -> Callable[..., Any]:
    """An event's handler that is given its reader's words (``texts``) before its inputs."""
    import gradio as gr

    def called(request: Any, *values: Any) -> Any:
        know_caller(request)
        return handler(reader_words(request.headers), *values)

    async def awaited(request: Any, *values: Any) -> Any:
        know_caller(request)
        return await handler(reader_words(request.headers), *values)

    speaks = awaited if inspect.iscoroutinefunction(handler) else called
    speaks.__annotations__ = {"request": gr.Request}  # Gradio finds it by annotation, and cannot read a string
    return speaks


def know_caller(request: Any) -> None:
    """Keeps who asks for the rest of this event: it runs beside the request that brought it."""
    caller.set(f"address:{request.client.host}" if request.client else "")


def reader_words(headers: Mapping[str, str]) -> dict[str, str]:
    """The page's words in the language that the browser prefers."""
    return texts.load(reader_language(headers))


def reader_language(headers: Mapping[str, str]) -> Language:
    """The language of the page, which follows the browser's first choice."""
    return "zh" if headers.get("accept-language", "").lower().startswith("zh") else "en"


def language_of_words(words: Mapping[str, str]) -> Language:
    """The language that a page's words are in."""
    return "zh" if words["page_language"] == "zh" else "en"
