from __future__ import annotations

import re
from collections.abc import Callable

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.ledger.quotes import locate
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit

HitOf = Callable[..., Hit]
QueryOf = Callable[..., Query]


def compose(query: Query, hits: list[Hit], audience: Audience = "patient") -> list[str]:
    """The sentences without their marks; each is checked to stand in the passage that it cites."""
    shown = []
    for piece in Extractive().compose(query, hits, audience):
        match = re.fullmatch(r"(.*) \[(\d+)\]\s*", piece, re.DOTALL)
        assert match
        assert locate(match[1], hits[int(match[2]) - 1].passage.text)
        shown.append(match[1])
    return shown


def test_the_sentence_that_answers_comes_first(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of(
            "Type 2 diabetes is a long-term disease. People with diabetes need to check their feet daily. "
            "People with diabetes can eat fruit in modest portions.",
            title="Type 2 diabetes",
            section="Self-care",
        )
    ]
    assert compose(query_of("Can diabetics eat fruit?"), hits)[0].startswith("People with diabetes can eat fruit")


def test_symptoms_are_answered_from_the_symptoms(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Gout is treated with rest and medicine.", title="Gout", section="Treatment", document="gout"),
        hit_of("Gout causes sudden pain in one joint.", title="Gout", section="Symptoms", document="gout"),
    ]
    assert compose(query_of("What are the symptoms of gout?"), hits) == ["Gout causes sudden pain in one joint."]


def test_a_dose_of_another_medicine_is_never_given(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("The label states 500 mg up to 4 times a day.", title="Paracetamol", section="Dose on the label"),
        hit_of("The label states 2,550 mg a day at most.", title="Metformin", section="Dose on the label"),
    ]
    answer = compose(query_of("How much paracetamol can I take a day?"), hits)
    assert answer == ["The label states 500 mg up to 4 times a day."]


def test_medicine_in_pregnancy_is_answered_only_by_what_speaks_of_pregnancy(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Ibuprofen helps against pain and fever.", title="Ibuprofen", section="Uses"),
        hit_of("The FDA advises to avoid ibuprofen from 20 weeks of pregnancy.", title="Ibuprofen", section="Cautions"),
    ]
    answer = compose(query_of("What medicine helps: is ibuprofen safe in pregnancy?"), hits)
    assert answer == ["The FDA advises to avoid ibuprofen from 20 weeks of pregnancy."]


def test_a_rule_for_another_age_is_left_out(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "A baby under 3 months with fever needs a doctor right away. A child with fever needs a doctor after 5 days."
    hits = [hit_of(text, title="Fever in children", section="When to get help", aliases=("child fever",))]
    answer = compose(query_of("My 2 year old has a fever, when should I see a doctor?"), hits)
    assert answer == ["A child with fever needs a doctor after 5 days."]


def test_a_patient_hears_when_to_get_help_last(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Eczema that is painful and hot needs a doctor the same day.", title="Eczema",
               section="When to get help", document="eczema"),
        hit_of("Eczema is treated with moisturiser.", title="Eczema", section="Treatment", document="eczema"),
    ]  # fmt: skip
    answer = compose(query_of("how is eczema treated"), hits)
    assert answer[-1].startswith("Eczema that is painful")


def test_a_clinician_reads_the_clinicians_document(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("High blood pressure is treated with healthy habits and medicine.", title="High blood pressure",
               section="Treatment", audience="patient", aliases=("hypertension",)),
        hit_of("First-line classes in hypertension are ACE inhibitors and thiazides.", title="Hypertension",
               section="First-line choices", audience="clinician"),
    ]  # fmt: skip
    assert compose(query_of("first-line treatment of hypertension"), hits, "clinician")[0].startswith("First-line")


def test_the_same_thing_is_not_said_twice(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Asthma cannot be cured, but it can be controlled.", title="Asthma", section="Overview", document="a"),
        hit_of("Asthma can be controlled, but it cannot be cured.", title="Asthma", section="Overview", document="b"),
    ]
    assert len(compose(query_of("is asthma curable"), hits)) == 1


def test_a_leaning_sentence_brings_the_one_before(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Gout is a disease of the joints. It causes sudden severe pain, often in the big toe."
    answer = compose(query_of("What is gout?"), [hit_of(text, title="Gout", section="Overview")])
    assert answer[0] == "Gout is a disease of the joints."


def test_nothing_is_written_without_hits(query_of: QueryOf) -> None:
    assert Extractive().compose(query_of("What is gout?"), [], "patient") == []


def test_chinese_is_answered_in_chinese(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [hit_of("高血压通常没有症状。量血压是唯一的发现办法。", title="高血压", section="症状")]
    assert compose(query_of("高血压有什么症状"), hits)[0] == "高血压通常没有症状。"


def test_who_asks_about_a_low_result_is_not_told_what_a_high_one_means(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "TSH 高、游离 T4 低，说明是甲减。TSH 低、游离 T4 高，说明是甲亢。"
    hits = [hit_of(text, title="促甲状腺激素（TSH）", section="结果解读")]
    assert compose(query_of("促甲状腺激素低说明什么"), hits) == ["TSH 低、游离 T4 高，说明是甲亢。"]


def test_the_sentence_nearest_in_meaning_leads(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Gout can come back after some years. Gout attacks are set off by beer. Gout is not contagious."
    starts = [0, text.index("Gout attacks"), text.index("Gout is")]
    hits = [hit_of(text, title="Gout", sentences=tuple(zip(starts, (0.3, 0.8, 0.3), strict=True)))]
    assert compose(query_of("does lager make gout flare"), hits)[0] == "Gout attacks are set off by beer."


def test_an_answer_has_at_most_four_sentences(hit_of: HitOf, query_of: QueryOf) -> None:
    signs = ("fever", "cough", "sneezing", "a sore throat", "tiredness", "headache", "chills")
    text = " ".join(f"Flu may cause {sign} in many people." for sign in signs)
    assert len(compose(query_of("symptoms of flu"), [hit_of(text, title="Flu", section="Symptoms")])) == 4


def test_what_was_asked_stands_before_its_neighbours(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Dengue is spread by mosquitoes. Dengue has no cure. People with dengue should not take ibuprofen."
    hits = [hit_of(text, title="Dengue", section="Treatment")]
    assert compose(query_of("can i take ibuprofen for dengue"), hits)[0].endswith("ibuprofen.")


def test_a_word_between_commas_of_a_title_is_no_name_of_it(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Hand, foot and mouth disease causes a rash.", title="Hand, foot and mouth disease", document="hfmd"),
        hit_of("Cool a burn under running water for 20 minutes.", title="Burns", document="burns"),
    ]
    assert compose(query_of("burn on my hand"), hits)[0].startswith("Cool a burn")


def test_what_a_neighbour_is_like_is_no_answer(hit_of: HitOf, query_of: QueryOf) -> None:
    """No document is about asthma: only a sentence that names it and says what is asked may answer."""
    text = "COPD cannot be cured. People with asthma may also get COPD."
    hits = [hit_of(text, title="COPD", section="Overview")]
    query = query_of("can asthma be cured", named=("asthma",), other_words=(("asthma", ("bronchial asthma",)),))
    assert compose(query, hits) == []
    told = [hit_of("Asthma cannot be cured either.", title="COPD", section="Overview")]
    assert compose(query, told) == ["Asthma cannot be cured either."]


def test_a_word_that_names_nothing_asks_for_no_document_of_its_own(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [hit_of("Hormone methods do not make women infertile.", title="Contraception", section="Overview")]
    query = query_of("does the pill make you infertile", named=("pill",), other_words=(("pill", ("tablet",)),))
    assert compose(query, hits) == ["Hormone methods do not make women infertile."]


def test_a_document_that_only_holds_the_word_in_its_name_is_about_something_else(
    hit_of: HitOf, query_of: QueryOf
) -> None:
    hits = [hit_of("Sprains heal within six weeks.", title="Sprains", aliases=("ankle sprain",))]
    query = query_of("how long does a broken ankle take to heal", named=("broken ankle",))
    assert compose(query, hits) == []


def test_who_is_too_old_for_screening_is_told_where_it_ends(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Screening needs no fasting. NHS screening is for women aged 25 to 64."
    hits = [hit_of(text, title="Cervical cancer screening", aliases=("smear test",))]
    assert compose(query_of("do i need a smear test at 70"), hits)[0].startswith("NHS screening is for women")


def test_what_to_do_leads_before_when_to_get_help_and_what_comes_after(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("得过热射病的人，医生同意后才能再运动。", title="中暑", section="自我护理"),
        hit_of("中暑后尿色深，当天要看医生。", title="中暑", section="何时就医"),
        hit_of("中暑要快速降温，并躺下休息。", title="中暑", section="治疗"),
    ]
    assert compose(query_of("中暑了怎么办"), hits)[0].startswith("中暑要快速降温")


def test_whether_it_can_be_cured_leads(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Gout causes sudden joint pain. Gout is common. Gout cannot be cured, but treatment keeps it away."
    hits = [hit_of(text, title="Gout", section="Overview")]
    assert compose(query_of("can gout be cured"), hits)[0].startswith("Gout cannot be cured")


def test_a_longer_thing_is_not_the_shorter_one_in_it(hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("People with high cholesterol can eat fruit.", title="High cholesterol", aliases=("cholesterol",)),
        hit_of("People on statins should avoid grapefruit.", title="Statins", document="statins"),
    ]
    query = query_of(
        "can i eat grapefruit on cholesterol pills",
        named=("cholesterol pills",),
        other_words=(("cholesterol pills", ("statins",)), ("grapefruit", ())),
    )
    assert compose(query, hits)[0] == "People on statins should avoid grapefruit."
