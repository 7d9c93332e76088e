"""The chat button for other people's pages: one script tag, Shadow DOM, streaming.

``/widget.js`` is the script; ``/widget/demo`` shows it on a plain page.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter


def router() -> APIRouter:
    """The routes that serve the script and its demo page."""
    from fastapi import APIRouter, Response

    routes = APIRouter(tags=["widget"])
    here = files(__name__)
    script = here.joinpath("widget.js").read_text(encoding="utf-8")
    demo = here.joinpath("demo.html").read_text(encoding="utf-8")

    @routes.get("/widget.js", summary="The widget's script", response_class=Response, response_model=None)
    def widget_script() -> Response:
        """A script that any page may load; whether it may ask is decided by the origin allow-list."""
        headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)

    @routes.get("/widget/demo", summary="A page that embeds the widget", response_class=Response, response_model=None)
    def widget_demo() -> Response:
        """The widget on a plain page, with every attribute shown."""
        return Response(demo, media_type="text/html; charset=utf-8")

    return routes
