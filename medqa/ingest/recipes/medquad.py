"""MedQuAD: questions and answers from NIH web sites, as its authors publish them on GitHub."""

from __future__ import annotations

from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.unpacking import unpack


class MedQuad:
    """The XML files of the repository, one file a page."""

    offer = Offer(
        title="MedQuAD",
        publisher="MedQuAD (Ben Abacha and Demner-Fushman), from NIH web sites",
        licence="CC-BY-4.0",
        terms=(
            "Cite Ben Abacha A, Demner-Fushman D. BMC Bioinformatics 2019;20:511. The pages are of 2017: newer "
            "guidance may differ. Three of its sets come without answers, for copyright; their files are skipped."
        ),
        url="https://github.com/abachaa/MedQuAD",
        base_url="https://codeload.github.com/abachaa/MedQuAD",
        options=(Option(name="version", description="Branch, tag or commit.", default="master"),),
        publication_type="health education",
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        url = f"{order.base_url}/zip/{order['version']}"
        with collection.archive(f"medquad-{order.limit}.zip", url) as archive:
            if archive is None:
                for _ in collection.names():
                    collection.same()
                return
            names: set[str] = set()
            for path, content in unpack(archive, (".xml",)):
                name = path.partition("/")[2]
                if not name or not order.is_within(len(names) + 1):
                    continue
                names.add(name)
                collection.keep(name, content, url=url)
                collection.progress(len(names), None)
            collection.keep_only(names)


plugin = MedQuad
