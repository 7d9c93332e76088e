"""Every recipe says from whom it brings what, under which terms, and can be pointed at a mirror."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import Collection
from medqa.ingest.fetching import Fetcher
from medqa.ingest.recipe import BASE_URL, Offer, Order, checked_options, source_of
from medqa.ingest.requesting import Manners
from medqa.registry import load, names

RECIPES = names("medqa.ingest.recipes")
DOCS = (Path(__file__).parents[2] / "docs" / "sources.md").read_text()
_OWN = {"bucket", "folder", "web_pages"}  # what their user has the right to use


def offer_of(recipe: str) -> Offer:
    offer: Offer = load("medqa.ingest.recipes", recipe).offer  # type: ignore[attr-defined]
    return offer


def required(offer: Offer, tmp_path: Path) -> dict[str, str]:
    """The least that must be said, and an address that nobody answers."""
    listed = tmp_path / "list.txt"
    listed.write_text("http://127.0.0.1:9/a.html\n")
    said = {"query": "x", "list": str(listed), "path": str(tmp_path / "nowhere"), "bucket": "b"}
    given = {option.name: said[option.name] for option in offer.options if option.is_required}
    given |= {"drug": "x"} if any(option.name == "drug" for option in offer.options) else {}
    return given | ({BASE_URL: "http://127.0.0.1:9"} if offer.base_url else {})


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_says_from_whom_and_under_which_terms(recipe: str) -> None:
    offer = offer_of(recipe)
    assert offer.title
    assert offer.terms
    if recipe in _OWN:
        assert {"publisher", "licence"} <= {option.name for option in offer.options}
    else:
        assert offer.publisher
        assert offer.licence
        assert offer.base_url.startswith("https://")


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_refuses_options_that_it_does_not_have(recipe: str) -> None:
    with pytest.raises(UsageError, match="has no option 'colour'"):
        checked_options(recipe, offer_of(recipe), {"colour": "red"})


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_option_is_described_and_its_default_is_accepted(recipe: str) -> None:
    for option in offer_of(recipe).all_options():
        assert option.description.endswith("."), option.name
        assert not option.choices or option.default in option.choices, option.name


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_ends_in_one_clear_error_when_nobody_answers(recipe: str, tmp_path: Path) -> None:
    made = load("medqa.ingest.recipes", recipe)()
    options = checked_options(recipe, made.offer, required(made.offer, tmp_path))
    order = Order(options=options, today=date(2026, 11, 22))
    web = Fetcher(Manners(pause_s=0, attempts=2, timeout_s=2), sleep=lambda _: None)
    collection = Collection(tmp_path / "source", web, "2026-11-22")
    said = ""
    try:
        made.collect(order, collection, web)
    except (FetchError, UsageError) as err:
        said = str(err)
    web.close()
    assert said or collection.report.failures, "it neither failed nor said so"
    assert not collection.names()


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_documented_with_its_options(recipe: str) -> None:
    assert f"`{recipe}`" in DOCS
    section = DOCS.split(f"## `{recipe}`")[1].split("\n## ")[0]
    for option in offer_of(recipe).options:
        assert f"`{option.name}`" in section, option.name


@pytest.mark.parametrize(
    "address", ["ftp://x.example", "file:///etc", "x.example", "https://name:secret@x.example", "http://[::1"]
)
def test_a_base_address_is_a_web_address_without_a_password(address: str) -> None:
    with pytest.raises(UsageError, match=BASE_URL):
        checked_options("medlineplus", offer_of("medlineplus"), {BASE_URL: address})


def test_options_say_it_better_than_the_offer() -> None:
    offer = offer_of("bucket")
    source = source_of(offer, {"bucket": "guides", "licence": "CC-BY-4.0", "publisher": "Sample hospital"}, "guides")
    assert (source.title, source.publisher, source.licence) == ("Bucket: guides", "Sample hospital", "CC-BY-4.0")
