"""``medqa serve``: the web application."""

from __future__ import annotations

from pathlib import Path

import click

from medqa.serve import options, threads


@click.command(name="serve", short_help="Serve the chat page, the API and the widget.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, this machine only]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 7860]")
@click.option("--page/--no-page", default=True, show_default=True, help="With the chat page, or the API alone.")
@options.home
def plugin(host: str | None, port: int | None, page: bool, home: Path | None) -> None:
    """Serve the chat page at /, the JSON API under /v1, and the widget at /widget.js.

    The first start builds the starter index. Ctrl-C stops it; answers in progress are finished first.

    \b
      medqa serve
      medqa serve --port 8080
      MEDQA_WIDGET_ORIGINS='["https://www.example.org"]' medqa serve --host 0.0.0.0
    """
    threads.one_a_product()
    from threading import Thread

    from medqa.serve import ui
    from medqa.serve.progress import opened
    from medqa.serve.server import listen, run

    settings = options.settings_from(home, host=host, port=port)
    with listen(settings.host, settings.port) as socket:
        if page:
            Thread(target=ui.preload, name="page").start()
        with opened(settings) as application:
            run(settings, application, socket, with_page=page)
