"""MedlinePlus health topics: summaries for patients, in one XML file that is published from Tuesday to Saturday."""

from __future__ import annotations

import re

from medqa.errors import FetchError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.unpacking import unpack

_LATEST = re.compile(rb'href="([^"]*mplus_topics_compressed_(\d{4}-\d{2}-\d{2})\.zip)"')
_TOPIC = re.compile(rb"<health-topic\s[^>]*>.*?</health-topic>\s*", re.DOTALL)
_LANGUAGE = re.compile(rb'\slanguage="(\w+)"')
_NAME = "mplus_topics.xml"


class MedlinePlus:
    """The newest file of topics, under one name, so that a later edition takes the place of the earlier one."""

    offer = Offer(
        title="MedlinePlus health topics",
        publisher="MedlinePlus, National Library of Medicine",
        licence="Public domain (work of the US government)",
        terms="Say that the information is from MedlinePlus.gov. Do not use its logo or suggest that it endorses you.",
        url="https://medlineplus.gov/",
        base_url="https://medlineplus.gov",
        options=(
            Option(
                name="language",
                description="Language of the topics.",
                default="english",
                choices=("english", "spanish", "both"),
            ),
        ),
        publication_type="health education",
        evidence_level="summary for patients",
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        page = web.read(f"{order.base_url}/xml.html")
        found = _LATEST.findall(page.content)
        if not found:
            raise FetchError(f"{page.url} names no file of health topics: the site may have been rebuilt")
        link, day = max(found, key=lambda each: each[1])
        url = _joined(page.url, link.decode())
        wanted = f"{day.decode()} {order['language']} {order.limit}"
        entry = collection.entry(_NAME)
        if entry and entry.version == wanted:
            collection.same()
            return
        with collection.archive("mplus_topics.zip", url, again=True) as archive:
            assert archive
            for _, content in unpack(archive, (".xml",)):
                collection.keep(_NAME, _chosen(content, order), url=url, version=wanted)


def _joined(page: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(page, link)


def _chosen(content: bytes, order: Order) -> bytes:
    """The file with only the topics of the wanted language, and no more than were asked for."""
    kept = 0

    def keep(topic: re.Match[bytes]) -> bytes:
        nonlocal kept
        language = _LANGUAGE.search(topic.group()[:2_000])
        is_wanted = order["language"] == "both" or (
            language is not None and language.group(1).decode().lower() == order["language"]
        )
        kept += is_wanted
        return topic.group() if is_wanted and order.is_within(kept) else b""

    return _TOPIC.sub(keep, content)


plugin = MedlinePlus
