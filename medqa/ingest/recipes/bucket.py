"""A bucket that speaks S3's protocol: guidelines as PDF, mostly. Requests are signed where a key is set.

Source: Amazon S3 API reference, ListObjectsV2. MinIO, Ceph and others answer alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element

from medqa.errors import FetchError
from medqa.ingest.collection import Collection, fitting_name
from medqa.ingest.fetching import Checksum, Fetcher, UnfitAnswerError
from medqa.ingest.recipe import Offer, Option, Order


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    etag: str
    size: int

    def checksum(self) -> Checksum | None:
        """An ETag of 32 digits is the MD5 of an object that was uploaded in one part."""
        is_md5 = len(self.etag) == 32 and all(digit in "0123456789abcdef" for digit in self.etag)
        return Checksum(algorithm="md5", digest=self.etag) if is_md5 else None


class Bucket:
    """The objects below a prefix. What is deleted in the bucket is deleted here."""

    offer = Offer(
        title="Bucket",
        publisher="",
        licence="",
        terms="You answer for the right to use these files: name their licence with --option licence=...",
        url="",
        base_url="https://s3.amazonaws.com",
        options=(
            Option(name="bucket", description="Name of the bucket.", is_required=True),
            Option(name="prefix", description="Only objects whose key begins with this."),
            Option(name="suffixes", description="Only such files, with commas between.", default=".pdf"),
            Option(name="title", description="What the source is called."),
            Option(name="publisher", description="Who stands behind the files."),
            Option(name="licence", description="Under which licence they may be used."),
        ),
        named_by="bucket",
        pause_s=0.05,
        takes_s3_key=True,
    )

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """See ``Recipe``."""
        suffixes = tuple(each.strip().lower() for each in order["suffixes"].split(",") if each.strip())
        root = f"{order.base_url}/{quote(order['bucket'])}"
        found = [each for each in _listed(root, order["prefix"], web) if each.key.lower().endswith(suffixes)]
        if not found:
            collection.note("the bucket holds no such files")
        wanted = found[: order.limit]
        for done, each in enumerate(wanted, 1):
            _fetch(each, f"{root}/{quote(each.key)}", collection)
            collection.progress(done, len(wanted))
        if order.limit is None and found:
            collection.keep_only({_name(each.key) for each in found})


def _fetch(each: _Object, url: str, collection: Collection) -> None:
    name = _name(each.key)
    entry = collection.entry(name)
    if entry and entry.version == each.etag:
        collection.same()
        return
    try:
        collection.download(name, url, version=each.etag, checksum=each.checksum())
    except FetchError as err:
        collection.fail(each.key, err)


def _listed(root: str, prefix: str, web: Fetcher) -> Iterator[_Object]:
    """Every object below the prefix, page by page."""
    token = ""
    while True:
        asked = {"list-type": "2", "prefix": prefix, "continuation-token": token}
        content = web.read(root, {name: value for name, value in asked.items() if value}, check=_is_list).content
        page = _parsed(content)
        for each in _children(page, "Contents"):
            key, etag, size = (_text(each, name) for name in ("Key", "ETag", "Size"))
            if key and not key.endswith("/"):
                yield _Object(key, etag.strip('"').lower(), int(size) if size.isdigit() else 0)
        token = _text(page, "NextContinuationToken")
        if _text(page, "IsTruncated") != "true" or not token:
            return


def _parsed(content: bytes) -> Element:
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(content)
    return root


def _is_list(content: bytes) -> None:
    from defusedxml.common import DefusedXmlException

    try:
        root = _parsed(content)
    except (SyntaxError, DefusedXmlException) as err:
        raise UnfitAnswerError("the answer is no list of objects") from err
    if not root.tag.endswith("ListBucketResult"):
        raise UnfitAnswerError("the answer is no list of objects")


def _children(element: Element, name: str) -> list[Element]:
    return [each for each in element if each.tag.rpartition("}")[2] == name]


def _text(element: Element, name: str) -> str:
    found = _children(element, name)
    return (found[0].text or "") if found else ""


def _name(key: str) -> str:
    """The key as a path here; parts that are no file names elsewhere are made fit."""
    parts = [part for part in key.split("/") if part]
    stem, dot, suffix = parts[-1].rpartition(".")
    last = f"{fitting_name(stem)}.{suffix.lower()}" if dot and suffix.isalnum() else fitting_name(parts[-1])
    return "/".join([*map(fitting_name, parts[:-1]), last])


plugin = Bucket
