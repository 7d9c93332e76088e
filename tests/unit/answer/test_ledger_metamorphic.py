"""What must hold of every claim, whatever it says: relations between checks, tried on many inputs."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.passage import Passage

VERIFIER = Lexical()
STATEMENTS = [
    "Adults can take 500 mg of paracetamol up to 4 times in 24 hours.",
    "High blood pressure is not contagious.",
    "Gout treatment aims for uric acid below 360 µmol/L.",
    "Antibiotics do not help a fever that a virus causes.",
    "Children under 16 years must not use aspirin.",
    "Salt raises blood pressure in many people.",
    "A second dose may follow after 5 minutes if there is no change.",
    "成人24小时内最多服4次，每次500 mg。",
    "痛风不会传染，但可能有家族倾向。",
    "痛风的治疗目标是尿酸低于360 µmol/L。",
    "16岁以下儿童不能用阿司匹林。",
    "胃食管反流病病人睡前2小时不要吃东西。",
]
NUMBERED = [text for text in STATEMENTS if re.search(r"\d", text)]
NUMBER = re.compile(r"\d+")
statements = st.sampled_from(STATEMENTS)
texts = st.lists(statements, min_size=1, max_size=5, unique=True)


def passage(sentences: list[str], n: int = 0) -> Passage:
    return Passage(id=f"d#{n}", document_id="d", ordinal=n, text=" ".join(sentences))


@given(claim=statements, sentences=texts)
@settings(max_examples=60, deadline=None)
def test_adding_a_claims_own_words_to_a_passage_never_lowers_its_support(claim: str, sentences: list[str]) -> None:
    before = VERIFIER.verify(claim, [passage(sentences)])
    after = VERIFIER.verify(claim, [passage([*sentences, claim])])
    assert after.support >= before.support
    assert after.verdict == "supported"


@given(claim=statements, groups=st.lists(texts, min_size=2, max_size=4), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_passages_does_not_matter(claim: str, groups: list[list[str]], order: object) -> None:
    passages = [passage(sentences, n) for n, sentences in enumerate(groups)]
    shuffled = list(passages)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = VERIFIER.verify(claim, passages), VERIFIER.verify(claim, shuffled)
    assert (one.verdict, one.support) == (other.verdict, other.support)


@given(claim=st.sampled_from(NUMBERED), factor=st.sampled_from([10, 3, 7]), which=st.integers(0, 3), sentences=texts)
@settings(max_examples=80, deadline=None)
def test_altering_a_number_always_lowers_support(claim: str, factor: int, which: int, sentences: list[str]) -> None:
    found = list(NUMBER.finditer(claim))
    at = found[which % len(found)]
    altered = f"{claim[: at.start()]}{int(at[0]) * factor}{claim[at.end() :]}"
    source = passage([*sentences, claim] if claim not in sentences else sentences)
    assert VERIFIER.verify(claim, [source]).support == 1.0
    checked = VERIFIER.verify(altered, [source])
    assert checked.support < 1.0
    assert checked.verdict in ("contradicted", "unsupported")


@given(claim=statements, sentences=texts)
@settings(max_examples=40, deadline=None)
def test_a_second_look_sees_the_same(claim: str, sentences: list[str]) -> None:
    assert VERIFIER.verify(claim, [passage(sentences)]) == VERIFIER.verify(claim, [passage(sentences)])
