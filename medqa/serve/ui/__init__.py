"""The chat page: Gradio, mounted into the application at ``/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from medqa.settings import Settings
    from medqa.wiring import Application


def preload() -> None:
    """Imports what the page needs. It takes seconds, which cost nothing in a thread beside other waiting."""
    import gradio  # noqa: F401


def mount(app: FastAPI, application: Application, settings: Settings) -> FastAPI:
    """The app with the chat page at ``/``: no analytics, no run history, no shared files.

    Its ``state.hang_up`` ends the connections that open pages hold for as long as they are open.
    """
    import gradio as gr

    from medqa.serve.ui import page
    from medqa.serve.ui.context import PageContext

    translator = page.translator()
    blocks = page.build(PageContext(application=application, settings=settings, t=translator))
    blocks.queue(default_concurrency_limit=settings.max_concurrent, max_size=4 * settings.max_concurrent)
    system_fonts = (
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Noto Sans SC",
        "PingFang SC",
        "Microsoft YaHei",
        "sans-serif",
    )
    theme = gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        font=system_fonts,
        font_mono=("ui-monospace", "monospace"),
    )
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=0,
        i18n=translator,
        theme=theme,
        css=page.stylesheet(),
        head=page.head_script(settings),
    )
    behind = (getattr(route, "app", None) for route in mounted.routes)
    (served,) = (app for app in behind if isinstance(app, gr.routes.App))
    mounted.state.hang_up = served.stop_event.set
    return mounted
