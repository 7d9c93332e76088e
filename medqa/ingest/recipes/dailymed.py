"""Labels of medicines from DailyMed, as structured product labels (SPL): by search, or whole releases."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Checksum, Fetcher
from medqa.ingest.recipe import Offer, Option, Order
from medqa.ingest.unpacking import unpack

_PAGE = 100
_SET_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")
_IN_XML = re.compile(rb'<setId\s[^>]*root="([0-9A-Fa-f-]{8,64})"')
_VERSION = re.compile(rb'<versionNumber\s[^>]*value="(\d+)"')
_RELEASE = re.compile(r"dm_spl_[a-z0-9_]{3,80}")
# Document types of the FDA, by their LOINC codes.
_KINDS: Mapping[str, str] = {"": "", "prescription": "34391-3", "otc": "34390-5"}


class DailyMed:
    """The present edition of each label. One that DailyMed no longer has is removed."""

    offer = Offer(
        title="DailyMed drug labels",
        publisher="DailyMed, National Library of Medicine",
        licence="Public domain in the US; texts as submitted by the makers",
        terms="Name DailyMed as the source. Labels are those of the US; other countries approve other uses and doses.",
        url="https://dailymed.nlm.nih.gov/dailymed/",
        base_url="https://dailymed.nlm.nih.gov/dailymed",
        options=(
            Option(name="drug", description="Generic or brand name."),
            Option(name="kind", description="Which labels.", choices=tuple(_KINDS)),
            Option(name="release", description="A whole release instead, such as dm_spl_release_human_rx_part1."),
            Option(
                name="release_url",
                description="Where releases lie.",
                default="https://dailymed-data.nlm.nih.gov/public-release-files",
            ),
            Option(name="md5", description="The release's MD5 sum, as DailyMed's page gives it."),
        ),
        publication_type="drug label",
        evidence_level="regulatory",
        named_by="drug",
        pause_s=0.5,
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        if bool(order["drug"]) == bool(order["release"]):
            raise UsageError("dailymed needs either --option drug=... or --option release=...", field="option")
        if order["release"]:
            _unpack_release(order, collection)
            return
        names: set[str] = set()
        for set_id, version, total in _listed(order, web):
            if not order.is_within(len(names) + 1):
                return
            name = f"{set_id}.xml"
            names.add(name)
            _fetch(name, f"{order.base_url}/services/v2/spls/{set_id}.xml", version, collection)
            collection.progress(len(names), total)
        if not names:
            collection.note("DailyMed finds no label for this name")
        elif order.limit is None:
            collection.keep_only(names)


def _listed(order: Order, web: Fetcher) -> Iterator[tuple[str, str, int]]:
    """Set id, version and the number of all, for each label of the search."""
    asked = {"drug_name": order["drug"], "doctype": _KINDS[order["kind"]], "pagesize": str(_PAGE)}
    asked = {name: value for name, value in asked.items() if value}
    page, last = 1, 1
    while page <= last:
        answer = web.read_json(f"{order.base_url}/services/v2/spls.json", {**asked, "page": str(page)})
        try:
            last, total = int(answer["metadata"]["total_pages"]), int(answer["metadata"]["total_elements"])
            labels: list[Any] = list(answer["data"])
        except (KeyError, TypeError, ValueError) as err:
            raise FetchError("DailyMed's answer is no list of labels: its service may have changed") from err
        for label in labels:
            set_id = str(label.get("setid", ""))
            if _SET_ID.fullmatch(set_id):
                yield set_id.lower(), str(label.get("spl_version", "")), total
        page += 1


def _fetch(name: str, url: str, version: str, collection: Collection) -> None:
    entry = collection.entry(name)
    if entry and version and entry.version == version:
        collection.same()
        return
    try:
        collection.download(name, url, version=version)
    except FetchError as err:
        collection.fail(name, err)


def _unpack_release(order: Order, collection: Collection) -> None:
    """A release is a zip of zips, each with one label and its pictures."""
    release = order["release"].removesuffix(".zip")
    if not _RELEASE.fullmatch(release):
        raise UsageError(f"release is {release!r}: write a name such as dm_spl_release_human_rx_part1", field="option")
    url = f"{order['release_url'].rstrip('/')}/{release}.zip"
    checksum = Checksum(algorithm="md5", digest=order["md5"]) if order["md5"] else None
    with collection.archive(f"{release}-{order.limit}.zip", url, checksum=checksum) as archive:
        if archive is None:
            for _ in collection.names():
                collection.same()
            return
        kept = 0
        for name, packed in unpack(archive, (".zip",)):
            for _, label in unpack(io.BytesIO(packed), (".xml",)):
                if not order.is_within(kept + 1):
                    return
                kept += _keep(label, f"{url}#{name}", collection)
                collection.progress(kept, None)


def _keep(label: bytes, url: str, collection: Collection) -> bool:
    """Stores a label unless a later version of it is here already. Whether it is a label."""
    set_id, version = _IN_XML.search(label), _VERSION.search(label)
    if set_id is None:
        return False
    name = f"{set_id.group(1).decode().lower()}.xml"
    number = version.group(1).decode() if version else ""
    entry = collection.entry(name)
    if entry and entry.version.isdigit() and number.isdigit() and int(entry.version) > int(number):
        collection.same()
    else:
        collection.keep(name, label, url=url, version=number)
    return True


plugin = DailyMed
