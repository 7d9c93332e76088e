"""Web pages by your own list: addresses in a text file, one a line."""

from __future__ import annotations

from pathlib import Path

from medqa.errors import UsageError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.recipes._pages import collect_pages, read_list, read_list_file


class WebPages:
    """HTML pages and PDF files. A page that leaves the list leaves the knowledge base."""

    offer = Offer(
        title="Web pages",
        publisher="",
        licence="",
        terms="You answer for the right to use these pages: name their licence with --option licence=...",
        url="",
        options=(
            Option(name="list", description="A text file with one address a line.", is_required=True),
            Option(name="title", description="What the source is called."),
            Option(name="publisher", description="Who stands behind the pages."),
            Option(name="licence", description="Under which licence they may be used."),
        ),
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        addresses = read_list(read_list_file(Path(order["list"])))
        if not addresses:
            raise UsageError(f"the list {order['list']!r} holds no address", field="list")
        collect_pages(addresses, order, collection, web)


plugin = WebPages
