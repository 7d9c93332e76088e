from __future__ import annotations

import re
from importlib.resources import files

import pytest

from medqa.retrieve import lexicon
from medqa.retrieve.lexicon import stems

CATEGORIES = {
    "condition",
    "symptom",
    "body",
    "drug",
    "test",
    "procedure",
    "department",
    "person",
    "question",
    "lifestyle",
    "science",
    "general",
}
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def concepts(text):
    return [mention.concept.en[0] for mention in lexicon.load().mentions(text)]


def topics(text):
    return [mention.concept.en[0] for mention in lexicon.load().mentions(text) if mention.concept.is_topic]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("糖尿病人能吃水果吗？", ["diabetes", "fruit"]),
        ("二甲双胍的副作用有哪些", ["metformin", "side effects"]),
        ("What should my blood pressure be if I have diabetes?", ["blood pressure", "diabetes"]),
        ("Beta-Blockers and children's asthma", ["beta blockers", "children", "asthma"]),
        ("heart attack symptoms", ["heart attack", "symptoms"]),
        ("做CT要空腹吗", ["CT scan", "on an empty stomach"]),
        ("做ct要空腹吗", ["CT scan", "on an empty stomach"]),
        ("What is a spectrum?", []),
        ("", []),
    ],
)
def test_concepts_are_found_longest_form_first(text, expected):
    assert concepts(text) == expected


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("拉肚子", "diarrhea"),
        ("心梗", "heart attack"),
        ("脑梗", "ischemic stroke"),
        ("打点滴", "intravenous infusion"),
        ("挂水", "intravenous infusion"),
        ("烧心", "heartburn"),
        ("鬼压床", "sleep paralysis"),
        ("漏尿", "urinary incontinence"),
        ("鱼刺卡喉", "fish bone in throat"),
        ("三高", "high blood pressure, blood sugar and cholesterol"),
        ("小胖威利综合征", "Prader-Willi syndrome"),
        ("波立维", "clopidogrel"),
        ("Lipitor", "atorvastatin"),
        ("water pills", "diuretics"),
    ],
)
def test_everyday_words_and_brand_names_are_understood(said, meant):
    assert concepts(said) == [meant]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaemia", "anemia"),
        ("oesophageal cancer", "esophageal cancer"),
        ("tumour", "tumor"),
        ("Ménière's disease", "Menieres disease"),
        ("Alzheimer’s disease", "alzheimers disease"),
        ("Sjögren syndrome", "sjogren's syndrome"),
        ("pre-eclampsia", "pre eclampsia"),
        ("COVID 19", "covid-19"),
    ],
)
def test_spelling_accents_hyphens_and_apostrophes_make_no_difference(one, other):
    assert concepts(one) == concepts(other) != []


@pytest.mark.parametrize(
    "text",
    [
        "My hands feel cold when the weather is bad",
        "He was hit by a ball and can add two numbers",
        "It gets worse when I labor in the garden, which aids my digestion",
        "The rest of my team had to back down in the fall",
        "She felt ms and pe are only letters",
        "Put the pans and pots away, all the men said",
    ],
)
def test_everyday_english_is_no_topic(text):
    assert topics(text) == []


def test_abbreviations_that_are_words_count_in_capitals_only():
    assert topics("Is ED common with MS and AIDS?") == ["erectile dysfunction", "multiple sclerosis", "HIV/AIDS"]
    assert topics("CRPS") == ["complex regional pain syndrome"]
    assert topics("crp and uti") == ["C-reactive protein", "urinary tract infection"]


@pytest.mark.parametrize("text", ["担心手机辐射", "小心一点", "医疗中心", "高兴"])
def test_characters_inside_other_words_are_no_topics_of_their_own(text):
    assert {"heart", "hand", "high"}.isdisjoint(concepts(text))


def test_a_mention_is_the_text_between_its_offsets():
    text = "İ: Does Metformin cause 腹泻 in Sjögren’s syndrome?"
    mentions = lexicon.load().mentions(text)
    assert len(mentions) >= 3
    for mention in mentions:
        assert mention.surface == stems.folded(text[mention.start : mention.end])


def test_every_row_has_forms_in_both_languages_and_a_known_category():
    entries = lexicon.load().concepts
    assert len(entries) >= 6000
    for concept in entries:
        assert all(form and form == form.strip() for form in (*concept.zh, *concept.en)), concept
        assert concept.category in CATEGORIES, concept
        assert any(HAN.search(form) for form in concept.zh), concept
        assert not any(HAN.search(form) for form in concept.en), concept


def test_no_form_stands_in_two_rows():
    owners: dict[object, lexicon.Concept] = {}
    for concept in lexicon.load().concepts:
        for form in (*concept.zh, *concept.en):
            key = form if lexicon.is_read_as_capitals(form) else compared(form)
            assert owners.setdefault(key, concept) is concept, (form, concept, owners[key])


def compared(form):
    """As two forms are compared: Chinese by its characters, English by its stems."""
    words = re.findall(r"[a-z0-9]+(?:'[a-z]+)?", stems.folded(form))
    return form.lower() if HAN.search(form) or not form.isascii() else tuple(map(stems.stem, words))


def test_short_english_forms_are_abbreviations():
    short = [form for concept in lexicon.load().concepts for form in concept.en if len(form) < 3]
    assert short
    assert all(form.isupper() and lexicon.is_read_as_capitals(form) for form in short), short


def test_no_english_form_is_a_word_that_plain_questions_are_full_of():
    plain = {
        "cold",
        "labor",
        "labour",
        "discharge",
        "mass",
        "back",
        "fall",
        "rest",
        "cut",
        "gas",
        "lead",
        "level",
        "period",
        "use",
        "change",
        "work",
        "patch",
        "spray",
        "light",
        "sore",
        "weak",
        "cast",
        "drop",
        "spot",
        "growth",
        "shot",
        "delivery",
        "monitor",
        "condition",
    }
    taken = {
        form.lower()
        for concept in lexicon.load().concepts
        if concept.is_topic
        for form in concept.en
        if not lexicon.is_read_as_capitals(form)
    }
    assert plain.isdisjoint(taken), plain & taken


def test_rows_are_three_columns_in_files_by_subject():
    for file in files("medqa.retrieve.lexicon").joinpath("terms").iterdir():
        assert file.name.endswith(".tsv")
        for line in file.read_text("utf-8").splitlines():
            assert line.count("\t") == 2, (file.name, line)
            assert "(" not in line.split("\t")[0], (file.name, line)


def test_words_for_cutting_are_chinese_and_longer_than_a_character():
    words = lexicon.load().chinese_forms()
    assert "二甲双胍" in words
    assert "CT" not in words
    assert all(len(word) > 1 and not any(character.isspace() for character in word) for word in words)


def test_a_kind_and_what_it_is_a_kind_of_are_concepts_of_the_lexicon():
    loaded = lexicon.load()
    for line in files("medqa.retrieve.lexicon").joinpath("kinds.tsv").read_text("utf-8").splitlines():
        broader, kinds = line.split("\t")
        for form in (broader, *kinds.split("|")):
            (mention,) = loaded.mentions(form)
            assert len(mention.surface) == len(form), (line, form)


@pytest.mark.parametrize(
    ("kind", "of"), [("red wine", "alcohol"), ("跑步", "exercise"), ("Lipitor", "statins"), ("asthma", None)]
)
def test_kinds_lead_to_what_they_are_kinds_of(kind, of):
    loaded = lexicon.load()
    (mention,) = loaded.mentions(kind)
    assert [concept.en[0] for concept in loaded.broader(mention.concept)] == ([of] if of else [])
