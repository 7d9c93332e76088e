"""Pages of the US Centers for Disease Control and Prevention about diseases and conditions."""

from __future__ import annotations

from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.recipes._pages import addresses_on_site, collect_pages


class CdcPages:
    """The pages of a list that ships with MedQA, or of your own list of paths on the same site."""

    offer = Offer(
        title="CDC pages about health",
        publisher="US Centers for Disease Control and Prevention",
        licence="Public domain (work of the US government), except where a page says otherwise",
        terms="Name CDC as the source and say that it is free there. Do not use its logo or suggest endorsement.",
        url="https://www.cdc.gov/health-topics.html",
        base_url="https://www.cdc.gov",
        options=(Option(name="list", description="A text file with one path a line, instead of the list that ships."),),
        publication_type="health education",
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        collect_pages(addresses_on_site("cdc", order), order, collection, web)


plugin = CdcPages
