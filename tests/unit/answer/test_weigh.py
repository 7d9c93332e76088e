from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from medqa.answer.evidence.weigh import ENOUGH, is_other_language, measure, weigh
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

HitOf = Callable[..., Hit]
QueryOf = Callable[..., Query]


def test_evidence_on_the_subject_is_enough(hit_of: HitOf, query_of: QueryOf) -> None:
    hit = hit_of("Asthma is not contagious.", title="Asthma", section="Overview")
    evidence = weigh(query_of("Is asthma contagious?"), [hit])
    assert evidence.strength >= ENOUGH
    assert evidence.hits == (hit,)


def test_chinese_evidence_is_enough_without_a_cosine(hit_of: HitOf, query_of: QueryOf) -> None:
    hit = hit_of("糖尿病患者可以适量吃水果。", title="2型糖尿病", section="自我护理")
    assert weigh(query_of("糖尿病人能吃水果吗"), [hit]).strength >= ENOUGH


@pytest.mark.parametrize(
    "question",
    ["What is the weather in Paris?", "How is sarcoidosis diagnosed?", "Can quinoa cure asthma?", "今天北京天气怎么样",
     "哮喘患者能养刺猬吗"],
)  # fmt: skip
def test_abstains_when_no_passage_speaks_of_the_question(question: str, hit_of: HitOf, query_of: QueryOf) -> None:
    hits = [
        hit_of("Asthma is diagnosed with breathing tests.", title="Asthma", section="Diagnosis", similarity=0.4),
        hit_of("哮喘要做肺功能检查来诊断。", title="哮喘", section="诊断"),
    ]
    assert weigh(query_of(question), hits).strength < ENOUGH


def test_a_retracted_document_is_no_evidence(hit_of: HitOf, query_of: QueryOf) -> None:
    hit = hit_of("Asthma is not contagious.", title="Asthma", retracted=True)
    assert weigh(query_of("Is asthma contagious?"), [hit]).hits == ()


def test_the_askers_language_comes_first(hit_of: HitOf, query_of: QueryOf) -> None:
    english = hit_of("Asthma is not contagious.", title="Asthma")
    chinese = hit_of("哮喘不会传染。", title="哮喘")
    query = query_of("哮喘会传染吗", expansions=("asthma contagious",), looked_for=("哮喘", "传染"))
    assert weigh(query, [english, chinese]).hits == (chinese,)


def test_the_other_language_stands_in_where_it_alone_has_evidence(hit_of: HitOf, query_of: QueryOf) -> None:
    english = hit_of("Asthma is not contagious.", title="Asthma")
    query = query_of("哮喘会传染吗", expansions=("asthma contagious",), looked_for=("哮喘", "传染"))
    evidence = weigh(query, [english])
    assert evidence.hits == (english,)
    assert evidence.language == "en"


def test_no_price_is_answered_from_text_without_prices(hit_of: HitOf, query_of: QueryOf) -> None:
    hit = hit_of("An MRI for back pain shows the discs of the spine.", title="Back pain", similarity=0.8)
    assert weigh(query_of("How much does an MRI for back pain cost?"), [hit]).strength < ENOUGH


def test_whether_something_is_inherited_is_not_answered_from_what_does_not_say_so(
    hit_of: HitOf, query_of: QueryOf
) -> None:
    silent = hit_of("Ageing is the main cause of cataract.", title="Cataract", section="Causes", similarity=0.8)
    telling = hit_of("Cataract sometimes runs in families.", title="Cataract", section="Causes", similarity=0.8)
    neighbour = hit_of("Glaucoma runs in families, cataract less often.", title="Glaucoma", similarity=0.8)
    question = query_of("is cataract hereditary")
    assert weigh(question, [silent]).strength < ENOUGH <= weigh(question, [silent, telling]).strength
    assert weigh(question, [silent, neighbour]).strength < ENOUGH, "what a neighbour says in passing is no answer"


def test_other_scripts_are_recognised() -> None:
    assert is_other_language("Каковы симптомы гипертонии?")
    assert is_other_language("糖尿病の症状は何ですか")
    assert not is_other_language("高血压 HbA1c")
    assert not is_other_language("What is β-thalassaemia?")


def test_a_sentence_that_nearly_repeats_the_question_is_evidence(hit_of: HitOf, query_of: QueryOf) -> None:
    text = "Do not pull out a knife or other object from a wound."
    query = query_of("knife stuck in leg pull it out?")
    near = hit_of(text, title="Severe bleeding", similarity=0.45, sentences=((0, 0.7),))
    far = hit_of(text, title="Severe bleeding", similarity=0.3, sentences=((0, 0.3),))
    assert weigh(query, [near]).strength >= ENOUGH > weigh(query, [far]).strength


_ABOUT_ANTIBIOTICS = "Alcohol does not go with some antibiotics."


def test_a_kind_is_covered_by_what_is_said_of_the_whole(hit_of: HitOf) -> None:
    hit = hit_of(_ABOUT_ANTIBIOTICS, title="Antibiotics")
    asked = Query(text="", standalone="can i have a beer on antibiotics", language="en")
    known = replace(asked, other_words=(("beer", ("alcohol",)), ("antibiotics", ())))
    assert measure(known, [hit]).covered > measure(asked, [hit]).covered


def test_a_thing_that_the_article_on_the_subject_never_names_is_missing(hit_of: HitOf) -> None:
    hits = [
        hit_of("Asthma is treated with inhalers.", title="Asthma"),
        hit_of("Acupuncture may prevent migraine.", title="Migraine"),
    ]
    words = (("acupuncture", ()), ("asthma", ()))
    query = Query(text="", standalone="does acupuncture help asthma", language="en", other_words=words)
    assert measure(query, hits).missing == 1.0


def test_a_proper_name_is_a_thing_too(hit_of: HitOf, query_of: QueryOf) -> None:
    hit = hit_of("Gout is common.", title="Gout")
    assert measure(query_of("is gout common in Norway"), [hit]).missing == 1.0
    assert measure(query_of("is gout common"), [hit]).missing == 0.0


def test_a_disease_that_no_document_is_called_by_is_named_in_passing(hit_of: HitOf) -> None:
    hit = hit_of("Inherited types such as sickle cell disease make HbA1c wrong.", title="HbA1c")
    query = Query(text="", standalone="what is sickle cell disease", language="en", named=("sickle cell disease",))
    assert measure(query, [hit]).in_passing
    own = hit_of("Sickle cell disease is inherited.", title="Sickle cell disease")
    assert not measure(query, [hit, own]).in_passing


@pytest.mark.parametrize(
    "question",
    ["which brand of asthma inhaler is best", "who discovered asthma", "哪个牌子的哮喘喷雾好",
     "can i get asthma inhalers for free"],
)  # fmt: skip
def test_brands_discoverers_and_what_is_free_are_not_answered_from_text_without_them(
    question: str, hit_of: HitOf, query_of: QueryOf
) -> None:
    hits = [hit_of("Asthma is treated with inhalers.", title="Asthma"), hit_of("哮喘用吸入的喷雾治疗。", title="哮喘")]
    assert weigh(query_of(question), hits).strength < ENOUGH


def test_one_of_several_troubles_is_not_the_subject_of_the_others(hit_of: HitOf) -> None:
    hits = [
        hit_of("Losing weight helps.", title="Obesity", aliases=("weight loss",)),
        hit_of("Tuberculosis causes cough, night sweats and weight loss.", title="Tuberculosis"),
    ]
    words = (("cough", ()), ("night sweats", ()), ("weight loss", ()))
    query = Query(text="", standalone="cough, night sweats and weight loss", language="en", other_words=words)
    assert measure(query, hits).missing == 0.0


def test_a_question_of_nothing_but_its_subject_is_covered(hit_of: HitOf) -> None:
    hit = hit_of("A blood pressure below 120/80 mmHg is normal.", title="Blood pressure", section="Results")
    words = (("120 over 70", ("blood pressure",)),)
    query = Query(
        text="",
        standalone="120 over 70 good or bad?",
        language="en",
        other_words=words,
        looked_for=("120 over 70",),
    )
    assert measure(query, [hit]).covered == 1.0


def test_one_chinese_character_stands_in_any_word_that_holds_it(hit_of: HitOf) -> None:
    hit = hit_of("孕妇不要不戴手套就清理猫砂盆。", title="孕期保健", aliases=("怀孕",))
    query = Query(text="", standalone="怀孕能养猫吗", language="zh", other_words=(("养猫", ("猫",)),))
    assert measure(query, [hit]).missing == 0.0
