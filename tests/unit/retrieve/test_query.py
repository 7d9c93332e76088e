from __future__ import annotations

import pytest

from medqa.domain.conversation import Question, Turn
from medqa.retrieve.query import Understanding


def understood(text, *turns):
    said = tuple(Turn(role="user", content=turn) for turn in turns)
    return Understanding().understand(Question(text=text, turns=said))


def test_a_question_that_stands_alone_stays_as_it_is():
    query = understood("How is asthma treated in children?", "What is flu?")
    assert query.standalone == "How is asthma treated in children?"
    assert query.language == "en"


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("What is the dose of paracetamol for adults?", "and for children?", ("paracetamol", "dose", "children")),
        ("What is metformin used for?", "What are its side effects?", ("metformin", "side effects")),
        ("Can I take paracetamol during pregnancy?", "What about ibuprofen?", ("ibuprofen", "pregnancy")),
        ("my son has chickenpox", "is it contagious", ("chickenpox", "contagious")),
        ("What is Zellweger spectrum?", "How is it inherited?", ("Zellweger", "inherited")),
        ("对乙酰氨基酚的剂量是多少？", "那孩子呢？", ("对乙酰氨基酚", "剂量", "孩子")),
        ("我儿子得了水痘", "它会传染吗", ("水痘", "传染")),
        ("孕妇能吃对乙酰氨基酚吗", "那布洛芬呢", ("布洛芬", "孕妇")),
    ],
)
def test_a_follow_up_takes_what_it_leaves_out_from_earlier_turns(before, text, expected):
    standalone = understood(text, before).standalone
    assert all(word in standalone for word in expected), standalone


def test_a_follow_up_drops_what_it_replaces():
    assert "adults" not in understood("and for children?", "What is the dose of paracetamol for adults?").standalone
    assert "paracetamol" not in understood("What about ibuprofen?", "Is paracetamol safe?").standalone


def test_what_the_assistant_said_is_not_carried():
    turns = (Turn(role="user", content="What is gout?"), Turn(role="assistant", content="Ask about cancer."))
    query = Understanding().understand(Question(text="How is it treated?", turns=turns))
    assert "gout" in query.standalone
    assert "cancer" not in query.standalone


def test_a_chinese_question_is_worded_in_english_first_among_expansions():
    query = understood("糖尿病人能吃水果吗？")
    assert query.language == "zh"
    assert query.expansions[0] == "diabetes fruit"


def test_an_english_question_is_worded_in_chinese_and_by_synonyms():
    query = understood("heart attack signs")
    assert query.expansions[0].startswith("心肌梗死")
    assert "myocardial infarction" in query.expansions[1]


def test_what_is_says_nothing_beside_another_aspect():
    assert understood("青光眼的原因是什么").expansions[0] == "glaucoma causes"
    assert understood("青光眼是什么").expansions[0] == "glaucoma definition"


def test_traditional_and_full_width_characters_are_read():
    assert understood("糖尿病患者可以喫水果嗎？").standalone == "糖尿病患者可以吃水果吗?"
    assert understood("ＨｂＡ１ｃ").looked_for == ("HbA1c",)


def test_looked_for_names_topics_first_in_the_askers_words():
    assert understood("What are side effects of Ibuprofen?").looked_for == ("Ibuprofen", "side effects")
    assert understood("What is Zellweger spectrum?").looked_for == ("Zellweger", "spectrum")


def test_a_long_message_is_reduced_to_what_it_asks():
    chatter = "Good morning and thank you for reading this. I live in a small town and work in a shop. " * 4
    query = understood(f"{chatter}I take warfarin every day. Can I drink alcohol with it? Best wishes to everyone.")
    assert "warfarin" in query.standalone
    assert "alcohol" in query.standalone
    assert len(query.standalone.split()) < 60


@pytest.mark.parametrize("text", ["", "   ", "?", "🙂", "\u0000", "a" * 4000, "糖" * 4000])
def test_any_text_is_understood(text):
    assert understood(text, "What is gout?").language in ("en", "zh")


def test_a_kind_of_a_thing_is_known_by_what_it_is_a_kind_of():
    query = Understanding().understand(Question(text="can i have a beer on antibiotics"))
    assert "alcohol" in dict(query.other_words)["beer"]
    assert "alcohol" in query.expansions[-1].split()


def test_only_what_articles_are_written_about_is_named():
    query = Understanding().understand(Question(text="does acupuncture cure the headache of asthma"))
    assert query.named == ("acupuncture", "asthma")


@pytest.mark.parametrize("text", ["is 120 over 70 good", "120/70正常吗", "my reading was 120/70"])
def test_two_numbers_tell_of_blood_pressure(text):
    query = Understanding().understand(Question(text=text))
    assert any("blood pressure" in others or "血压" in others for _, others in query.other_words)


@pytest.mark.parametrize("text", ["70/120", "on 12/10/2024", "take 500/30 mg", "score 9/10"])
def test_other_pairs_of_numbers_tell_of_no_blood_pressure(text):
    query = Understanding().understand(Question(text=text))
    assert not any("blood pressure" in others for _, others in query.other_words)
