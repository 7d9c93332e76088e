"""People as they are called: kin, nicknames, words that are names, names of many languages."""

from __future__ import annotations

import pytest

from medqa.safety.deidentify import find


def names(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find(text) if span.type == "NAME"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我表嫂沈沁茹今早低血糖", "沈沁茹"),
        ("病房里老周又喊腰疼", "老周"),
        ("王姐，你那个药多少钱一盒", "王"),
        ("楼下张大爷又咳了一夜", "张"),
        ("我闺女朵朵三岁半", "朵朵"),
        ("扎西顿珠今天高原反应", "扎西顿珠"),
        ("病人叫阿依古丽·买买提", "阿依古丽·买买提"),
        ("高兴，女，29岁，头痛一月", "高兴"),
        ("明亮术前谈话已签", "明亮"),
        ("外教皮埃尔拉肚子", "皮埃尔"),
        ("山田太郎先生，您的报告已翻译好", "山田太郎"),
        ("娜仁托娅，蒙古族，复诊", "娜仁托娅"),
        ("我叫Chan Tai Man，想看牙", "Chan Tai Man"),
        ("Our son River has asthma.", "River"),
        ("has Grace had her smear?", "Grace"),
        ("Hiya it's Kev again", "Kev"),
        ("Hope has been vomiting since lunch.", "Hope"),
        ("the verses of aksel kristensen", "aksel kristensen"),
        ("Next of kin Bronwen ap Rhys informed.", "Bronwen ap Rhys"),
        ("Al and I both take statins", "Al"),
    ],
)
def test_people_are_masked_as_they_are_called(text: str, name: str) -> None:
    assert any(name in found for found in names(text))


@pytest.mark.parametrize(
    "text",
    [
        "我今天高兴不起来",
        "卧室向阳对孩子有好处吗",
        "出门看到白雪眼睛疼",
        "小麦过敏，牛奶不耐受",
        "患者安定，需要注意什么",
        "请向医生咨询，剂量由医生决定",
        "墨菲征阳性，季德胜蛇药外敷",
        "白百破疫苗，白加黑，童颜针",
        "吃华法林，联用胺碘酮",
        "Joy is hard to feel on sertraline.",
        "St John's wort with the pill",
        "HFrEF: ACE inhibitor",
        "Addison's crisis, Murphy sign, Foley blocked",
        "Rosemary oil for hair loss? Ginger for nausea.",
    ],
)
def test_words_that_are_also_names_stay_where_they_are_words(text: str) -> None:
    assert names(text) == set()


def test_an_address_is_masked_with_the_lines_below_it() -> None:
    text = "My address: 17 Kasbah rue\n Suite 4\n Oldtown\n Estonia 02561"
    assert any(text[span.start : span.end].endswith("02561") for span in find(text) if span.type == "ADDRESS")
