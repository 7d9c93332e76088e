"""Web pages by list: each address once, as the site's robots.txt allows, again only when it has changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection, fitting_name
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import Order

_CANONICAL = re.compile(rb"""<link\b[^>]*rel=["']?canonical""", re.IGNORECASE)
_HEAD = re.compile(rb"<head\b[^>]*>", re.IGNORECASE)
_MOST_ADDRESSES = 20_000
_TAKEN_DOWN = frozenset({404, 410})


def read_list(text: str) -> list[str]:
    """The addresses of a list: one a line; empty lines and what follows ``#`` are left out. Raises UsageError."""
    addresses: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        address = line.partition(" #")[0].strip()
        if not address or address.startswith("#"):
            continue
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
            raise UsageError(f"line {number} of the list is no http or https address", field="list")
        addresses.append(address)
    if len(addresses) > _MOST_ADDRESSES:
        raise UsageError(f"the list has more than {_MOST_ADDRESSES:,} addresses: cut it in parts", field="list")
    return list(dict.fromkeys(addresses))


def read_list_file(path: Path) -> str:
    """The text of a list that a person wrote. Raises UsageError."""
    try:
        return path.expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"the list {str(path)!r} cannot be read as UTF-8 text", field="list") from err


def addresses_on_site(shipped: str, order: Order) -> list[str]:
    """Addresses below the base address: the paths of the order's own list, or of the list that ships."""
    text = read_list_file(Path(order["list"])) if order["list"] else _shipped(shipped)
    lines = (line.strip() for line in text.splitlines())
    paths = [line for line in lines if line and not line.startswith("#")]
    strange = next((path for path in paths if not path.startswith("/") or path.startswith("//")), None)
    if strange is not None:
        raise UsageError(f"{strange[:100]!r} is no path: write lines such as /asthma/about/index.html", field="list")
    return read_list("\n".join(order.base_url + path for path in paths))


def _shipped(name: str) -> str:
    return (Path(__file__).parent / "lists" / f"{name}.txt").read_text("utf-8")


def collect_pages(addresses: Iterable[str], order: Order, collection: Collection, web: Fetcher) -> None:
    """Fetches the pages. One that left the list, or that its publisher took down, is removed; failures are reported."""
    robots = _Robots(web)
    wanted = list(addresses)[: order.limit]
    names = {}
    for done, address in enumerate(wanted, 1):
        name = page_name(address)
        names[name] = address
        try:
            robots.hold(address)
            collection.download(name, address)
            _say_where_from(collection, name, address)
        except FetchError as err:
            if err.status in _TAKEN_DOWN and collection.entry(name):
                collection.remove(name)
            collection.fail(address, err)
        collection.progress(done, len(wanted))
    if order.limit is None:
        collection.keep_only(set(names))


def page_name(address: str) -> str:
    """``www.who.int/news-room-fact-sheets-detail-asthma.html``: a name made of the address."""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    suffix = ".pdf" if parts.path.lower().endswith(".pdf") else ".html"
    bare = path.strip("/").removesuffix(".html").removesuffix(".htm").removesuffix(".pdf") or "index"
    return f"{fitting_name(parts.netloc)}/{fitting_name(bare)}{suffix}"


def _say_where_from(collection: Collection, name: str, address: str) -> None:
    """Writes the address into a page that does not name its own, so that citations can link to it."""
    path, entry = collection.path(name), collection.entry(name)
    data = path.read_bytes()
    head = _HEAD.search(data[:20_000])
    if entry is None or head is None or _CANONICAL.search(data[:200_000]):
        return
    link = b'<link rel="canonical" href="%s">' % address.replace('"', "%22").encode("ascii", "xmlcharrefreplace")
    collection.amend(name, data[: head.end()] + link + data[head.end() :], version=entry.version)


class _Robots:
    """What each site's robots.txt allows, asked for once a run."""

    def __init__(self, web: Fetcher) -> None:
        self._web = web
        self._rules: dict[str, RobotFileParser] = {}

    def hold(self, address: str) -> None:
        """Raises FetchError when the site forbids the page, or does not say whether it does."""
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = self._read(f"{site}/robots.txt")
        if not self._rules[site].can_fetch("MedQA", address):
            raise FetchError(f"{parts.netloc}/robots.txt asks programs to leave this page alone")

    def _read(self, url: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            text = self._web.read(url).content.decode("utf-8", "replace")
        except FetchError as err:
            if err.status is None or not 400 <= err.status < 500 or err.status == 429:
                raise
            text = ""  # a site without robots.txt allows everything (RFC 9309)
        rules.parse(text.splitlines())
        return rules
