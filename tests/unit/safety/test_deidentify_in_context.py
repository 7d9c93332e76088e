"""Bodies, addresses and names that only what stands around them gives away."""

from __future__ import annotations

import pytest

from medqa.safety.deidentify import find


def masked(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find(text)}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("The Quillbase office is at the end of the road.", "Quillbase"),
        ("He said so, according to the Quillbase website.", "Quillbase"),
        ("Brightfern is a design agency in town.", "Brightfern"),
        ("Anna Kowalska is the founder of Quillbase.", "Quillbase"),
        ("We met Anna Kowalska of Brightfern, who agreed.", "Brightfern"),
        ("She spent a year at Brightfern as an assistant.", "Brightfern"),
        ("Anna Kowalska\nBrightfern\n5850 Harbour Lane 12\nLeeds", "Brightfern"),
    ],
)
def test_a_body_is_known_by_what_it_has_and_who_is_of_it(text: str, body: str) -> None:
    assert any(body in words for words in masked(text))


@pytest.mark.parametrize(
    "address",
    [
        "the corner of Harbour Lane 12 and Mill Street",
        "12805 ul. Lipowa 5",
        "947 trg svobode 17 apt. 858",
        "psc 5420, box 2708",
    ],
)
def test_addresses_of_other_forms_are_masked(address: str) -> None:
    text = f"Please send it to {address}."
    held = find(text)
    inside = range(text.index(address), text.index(address) + len(address))
    assert all(any(s.start <= at < s.end for s in held) for at in inside if text[at].isalnum())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("昨夜吕宇呼吸很急。", "吕宇"),
        ("领药人江富，电话不详。", "江富"),
        ("门卫雷明被狗咬了。", "雷明"),
        ("主刀苏祺顺，一助雷明。", "雷明"),
    ],
)
def test_chinese_names_of_two_characters_are_known_by_their_place(text: str, name: str) -> None:
    assert name in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "This is a treatable disease, according to the guideline.",
        "Paracetamol, Ibuprofen and Naproxen are painkillers.",
        "便血、高烧的人和小孩，不适合用止泻药。",
        "老人和糖尿病病人定期查眼睛，可以早发现白内障。",
    ],
)
def test_ordinary_sentences_about_health_are_left_alone(text: str) -> None:
    assert masked(text) == set()
