"""What a recipe is: one body of literature, from whom, under which terms, and how it is brought to this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from medqa.domain.document import Source
from medqa.errors import UsageError

if TYPE_CHECKING:
    from medqa.ingest.collection import Collection
    from medqa.ingest.fetching import Fetcher

BASE_URL = "base_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What a person may say about what is wanted. ``choices`` are all values that are accepted, if not empty."""

    name: str
    description: str
    default: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a recipe brings. ``terms`` is what a user must know beyond the licence, in a sentence or two.

    ``base_url`` is where it is published; a mirror takes its place with the option of that name. ``named_by`` is the
    option that tells one source of this recipe from another. ``pause_s`` is the time that the publisher wants between
    two requests, ``pause_with_key_s`` that for those who send an NCBI key; ``hosts`` is where it may redirect to.
    """

    title: str
    publisher: str
    licence: str
    terms: str
    url: str
    base_url: str = ""
    options: tuple[Option, ...] = ()
    publication_type: str | None = None
    evidence_level: str | None = None
    named_by: str = ""
    pause_s: float = 1.0
    pause_with_key_s: float | None = None
    takes_s3_key: bool = False
    hosts: frozenset[str] = frozenset()

    def all_options(self) -> tuple[Option, ...]:
        """The recipe's own options, and the base address where there is one."""
        if not self.base_url:
            return self.options
        address = Option(name=BASE_URL, description="Where to fetch from, for a mirror.", default=self.base_url)
        return (*self.options, address)

    def about(self, options: Mapping[str, str]) -> str:
        """What tells this source from others of the recipe: a query, a medicine, the last part of a path."""
        value = options.get(self.named_by, "")
        return PurePath(value).name if self.named_by == "path" else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted this time: every option of the recipe, and at most how many documents or files.

    ``credentials`` are names and values that go with each request, such as tool, e-mail and key; they are not stored.
    """

    options: Mapping[str, str]
    today: date
    limit: int | None = None
    credentials: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.options[name]

    @property
    def base_url(self) -> str:
        """The base address, without a slash at its end."""
        return self.options[BASE_URL].rstrip("/")

    def is_within(self, count: int) -> bool:
        """Whether so many are not more than was asked for."""
        return self.limit is None or count <= self.limit


class Recipe(Protocol):
    """Brings one body of literature into a folder, politely; the next time only what is new or changed."""

    offer: Offer

    def collect(self, order: Order, collection: Collection, web: Fetcher) -> None:
        """Fetches what the order names. May be interrupted at any point and called again.

        What cannot be fetched is told to ``collection.fail``. Raises FetchError when nothing more can be had.
        """
        ...


def source_of(offer: Offer, options: Mapping[str, str], source_id: str) -> Source:
    """What the offer says about the source; options called ``title``, ``publisher`` and so on say it better."""

    def said(name: str, offered: str) -> str:
        return options.get(name) or offered

    about = offer.about(options)
    return Source(
        id=source_id,
        title=said("title", f"{offer.title}: {about}" if about else offer.title)[:200],
        publisher=said("publisher", offer.publisher),
        licence=said("licence", offer.licence),
        url=said("url", offer.url) or None,
        publication_type=said("publication_type", offer.publication_type or "") or None,
        evidence_level=said("evidence_level", offer.evidence_level or "") or None,
    )


def checked_options(recipe_id: str, offer: Offer, given: Mapping[str, str]) -> dict[str, str]:
    """Every option of the recipe, as given or by default. Raises UsageError that lists what there is."""
    known = {option.name: option for option in offer.all_options()}
    for name in given:
        if name not in known:
            names = ", ".join(known) or "none"
            raise UsageError(f"{recipe_id} has no option {name!r}: it has {names}", field="option")
    values = {name: given.get(name, option.default).strip() for name, option in known.items()}
    for name, option in known.items():
        if option.is_required and not values[name]:
            raise UsageError(f"{recipe_id} needs --option {name}=...: {option.description}", field="option")
        if name.endswith("_url"):
            _hold_address(recipe_id, name, values[name])
        if option.choices and values[name] not in option.choices:
            wanted = ", ".join(choice or "(empty)" for choice in option.choices)
            raise UsageError(f"{recipe_id}: {name} is {values[name]!r}: choose one of {wanted}", field="option")
    return values


def _hold_address(recipe_id: str, name: str, value: str) -> None:
    """Raises UsageError for what is no web address, or for one with a password, which would be written down."""
    try:
        parts = urlsplit(value)
    except ValueError as err:
        raise UsageError(f"{recipe_id}: {name} is no web address", field="option") from err
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{recipe_id}: {name} is {value!r}: write an http or https address", field="option")
    if parts.username or parts.password:
        raise UsageError(f"{recipe_id}: {name} must not hold a name or password: they would be stored", field="option")


def read_date(text: str, name: str) -> date:
    """A date such as 2026-11-22. Raises UsageError that names the option."""
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise UsageError(f"{name} is {text!r}: write a date such as 2026-01-31", field="option") from err
