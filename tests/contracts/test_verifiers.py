"""Every verifier drops what its passages do not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from model_of_support import judging

from medqa.domain.passage import Passage
from medqa.protocols import Verifier
from medqa.registry import load_all
from medqa.served_model import ServedModel, Server
from medqa.wiring.vocabulary import vocabulary

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
VERIFIERS = load_all("medqa.answer.verifiers")

PASSAGE = Passage(
    id="d#0",
    document_id="d",
    ordinal=0,
    text=(
        "US guidance aims below 130/80 mmHg for most adults. High blood pressure is not contagious. "
        "Antibiotics do not help a fever that a virus causes. "
        "Adults can take 500 mg to 1 g, up to 4 times in 24 hours. "
        "Salt raises blood pressure."
    ),
)
CHINESE = Passage(
    id="z#0",
    document_id="z",
    ordinal=0,
    text="高血压不会传染。成人24小时内最多服4次，每次500 mg。退烧药不能预防热性惊厥。",
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with judging() as (url, _):
        yield url


@pytest.fixture(params=sorted(VERIFIERS))
def verifier(request: pytest.FixtureRequest, base_url: str) -> Verifier:
    model = ServedModel(Server(base_url=base_url, model="test"))
    more: dict[str, tuple[object, ...]] = {"lexical": (), "served": (model, PROMPTS)}
    return cast("Verifier", VERIFIERS[request.param](vocabulary, *more[request.param]))


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("US guidance aims below 130/80 mmHg for most adults.", PASSAGE),
        ("High blood pressure is not contagious.", PASSAGE),
        ("高血压不会传染。", CHINESE),
        ("退烧药不能预防热性惊厥。", CHINESE),
    ],
)
def test_what_the_passage_says_is_supported(verifier: Verifier, claim: str, passage: Passage) -> None:
    checked = verifier.verify(claim, [passage])
    assert checked.verdict == "supported"
    assert checked.support == 1.0
    assert checked.citations == ()


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("US guidance aims below 140/90 mmHg for most adults.", PASSAGE),
        ("US guidance aims above 130/80 mmHg for most adults.", PASSAGE),
        ("High blood pressure is contagious.", PASSAGE),
        ("Antibiotics help a fever that a virus causes.", PASSAGE),
        ("Adults can take 500 mg to 1 g, up to 6 times in 24 hours.", PASSAGE),
        ("Salt lowers blood pressure.", PASSAGE),
        ("Bananas cure gout.", PASSAGE),
        ("高血压会传染。", CHINESE),
        ("成人24小时内最多服4次，每次800 mg。", CHINESE),
        ("退烧药能预防热性惊厥。", CHINESE),
        ("香蕉能治痛风。", CHINESE),
    ],
)
def test_what_the_passage_denies_or_never_says_is_not(verifier: Verifier, claim: str, passage: Passage) -> None:
    assert verifier.verify(claim, [passage]).verdict in ("contradicted", "unsupported")


def test_the_same_amount_in_another_unit_is_supported(verifier: Verifier) -> None:
    checked = verifier.verify("Adults can take 0.5 g to 1000 mg, up to four times in 24 hours.", [PASSAGE])
    assert checked.verdict in ("supported", "partial")


def test_one_supporting_passage_is_enough(verifier: Verifier) -> None:
    assert verifier.verify("高血压不会传染。", [PASSAGE, CHINESE]).verdict == "supported"


def test_nothing_cited_is_no_support(verifier: Verifier) -> None:
    assert verifier.verify("High blood pressure is not contagious.", []).verdict == "unsupported"


def test_a_number_in_the_other_language_must_stand_in_the_passage(verifier: Verifier) -> None:
    assert verifier.verify("多数成人的目标低于130/80 mmHg。", [PASSAGE]).verdict in ("supported", "partial")
    altered = verifier.verify("多数成人的目标低于150/95 mmHg。", [PASSAGE])
    assert altered.verdict in ("contradicted", "unsupported")
