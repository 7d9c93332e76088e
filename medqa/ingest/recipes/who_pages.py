"""Fact sheets of the World Health Organization, in English and Chinese."""

from __future__ import annotations

from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.recipes._pages import addresses_on_site, collect_pages


class WhoPages:
    """The pages of a list that ships with MedQA, or of your own list of paths on the same site."""

    offer = Offer(
        title="WHO fact sheets",
        publisher="World Health Organization",
        licence="CC-BY-NC-SA-3.0-IGO",
        terms="Not for commercial use. Name WHO and the page. Do not use its emblem or suggest that WHO endorses you.",
        url="https://www.who.int/news-room/fact-sheets",
        base_url="https://www.who.int",
        options=(Option(name="list", description="A text file with one path a line, instead of the list that ships."),),
        publication_type="health education",
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        collect_pages(addresses_on_site("who", order), order, collection, web)


plugin = WhoPages
