"""The PHQ-9: nine questions on the signs of depression in the last two weeks.

Wording: Spitzer, Williams, Kroenke and colleagues, in English and in the usual Simplified Chinese. Scoring and bands:
Kroenke, Spitzer, Williams, J Gen Intern Med 2001;16:606-613. The tenth question, on how hard things have become,
counts no points and is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from medqa.domain.calculation import Band, Calculation, Choice, Instrument, Item, Wording
from medqa.errors import UsageError

_CHOICES = (
    Choice(score=0, text={"en": "Not at all", "zh": "完全不会"}),
    Choice(score=1, text={"en": "Several days", "zh": "好几天"}),
    Choice(score=2, text={"en": "More than half the days", "zh": "一半以上的天数"}),
    Choice(score=3, text={"en": "Nearly every day", "zh": "几乎每天"}),
)
_ITEMS = (
    Item(id="1", text={"en": "Little interest or pleasure in doing things", "zh": "做事时提不起劲或没有兴趣"}),
    Item(id="2", text={"en": "Feeling down, depressed, or hopeless", "zh": "感到心情低落、沮丧或绝望"}),
    Item(
        id="3",
        text={"en": "Trouble falling or staying asleep, or sleeping too much", "zh": "入睡困难、睡不安稳或睡眠过多"},
    ),
    Item(id="4", text={"en": "Feeling tired or having little energy", "zh": "感觉疲倦或没有活力"}),
    Item(id="5", text={"en": "Poor appetite or overeating", "zh": "食欲不振或吃太多"}),
    Item(
        id="6",
        text={
            "en": "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
            "zh": "觉得自己很糟，或觉得自己很失败，或让自己或家人失望",
        },
    ),
    Item(
        id="7",
        text={
            "en": "Trouble concentrating on things, such as reading the newspaper or watching television",
            "zh": "对事物专注有困难，例如阅读报纸或看电视时",
        },
    ),
    Item(
        id="8",
        text={
            "en": "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so"
            " fidgety or restless that you have been moving around a lot more than usual",
            "zh": "动作或说话速度缓慢到别人已经察觉？或正好相反——烦躁或坐立不安、动来动去的情况更胜于平常",
        },
    ),
    Item(
        id="9",
        text={
            "en": "Thoughts that you would be better off dead, or of hurting yourself in some way",
            "zh": "有不如死掉或用某种方式伤害自己的念头",
        },
        is_crisis_item=True,
    ),
)
_BANDS = (
    Band(
        lowest=0,
        highest=4,
        name={"en": "Minimal", "zh": "很轻或没有"},
        meaning={
            "en": "Few or no signs of depression in these two weeks. If you still feel unwell, or it gets worse, talk"
            " to a doctor or nurse.",
            "zh": "这两周很少或没有抑郁的表现。如果仍觉得不好，或越来越差，请找医生谈谈。",
        },
    ),
    Band(
        lowest=5,
        highest=9,
        name={"en": "Mild", "zh": "轻度"},
        meaning={
            "en": "Some signs of depression. Talk to a doctor or nurse if they last, trouble you, or get worse.",
            "zh": "有一些抑郁的表现。如果一直不好、让您难受，或越来越重，请找医生谈谈。",
        },
    ),
    Band(
        lowest=10,
        highest=14,
        name={"en": "Moderate", "zh": "中度"},
        meaning={
            "en": "Enough signs of depression that a doctor should take a closer look. Please make an appointment.",
            "zh": "抑郁的表现已经较多，需要医生进一步了解。请预约看医生。",
        },
    ),
    Band(
        lowest=15,
        highest=19,
        name={"en": "Moderately severe", "zh": "中重度"},
        meaning={
            "en": "Many signs of depression. Please see a doctor soon. Depression can be treated.",
            "zh": "抑郁的表现很多。请尽快看医生。抑郁症可以治疗。",
        },
    ),
    Band(
        lowest=20,
        highest=27,
        name={"en": "Severe", "zh": "重度"},
        meaning={
            "en": "Very many signs of depression. Please see a doctor as soon as you can, and tell someone you trust"
            " how you feel. Depression can be treated.",
            "zh": "抑郁的表现非常多。请尽早看医生，并告诉一位您信任的人您的感受。抑郁症可以治疗。",
        },
    ),
)
_INSTRUMENT = Instrument(
    name="phq_9",
    version="2001.1",
    title={"en": "PHQ-9: mood in the last two weeks", "zh": "PHQ-9 抑郁筛查问卷：最近两周的心情"},
    stem={
        "en": "Over the last 2 weeks, how often have you been bothered by any of the following problems?",
        "zh": "在过去的两周里，您生活中以下症状出现的频率有多少？",
    },
    items=_ITEMS,
    choices=_CHOICES,
    bands=_BANDS,
    source="Kroenke K, Spitzer RL, Williams JBW. The PHQ-9: validity of a brief depression severity measure."
    " J Gen Intern Med 2001;16:606-613",
    terms="Developed by Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational grant"
    " from Pfizer Inc. No permission required to reproduce, translate, display or distribute.",
    population={
        "en": "Adults. Tested on 6,000 patients of 15 clinics in the United States. Of 580 who were interviewed too, 10"
        " points or more found 88% of those with major depression, and 12% of those without.",
        "zh": "成人。在美国15家诊所的6000名患者中测试。其中580人另接受了访谈：以10分为界，能发现88%的重性抑郁患者，"
        "也会误报12%没有患病的人。界值来自英文版。",
    },
    caveat={
        "en": "This is a screen, not a diagnosis. Only a clinician can tell whether you have depression.",
        "zh": "这是筛查，不是诊断。是否患有抑郁症，须由医生判断。",
    },
)
_CRISIS: Wording = {
    "en": "Your answer to question 9 matters more than any sum. Please talk to someone about it today: a crisis line, a"
    " doctor, or a person you trust.",
    "zh": "您对第9题的回答比总分更重要。请今天就和人谈谈：心理热线、医生，或您信任的人。",
}
_INCOMPLETE: Wording = {
    "en": "There is no sum yet. Not answered: question {}.",
    "zh": "还没有总分。未回答：第{}题。",
}
_BETWEEN: Wording = {"en": ", ", "zh": "、"}


class Phq9:
    """Adds up nine answers of 0 to 3 points. Stateless."""

    instrument = _INSTRUMENT

    def calculate(self, answers: Mapping[str, int]) -> Calculation:
        """The total from 0 to 27 with its band, once all nine are answered. Item 9 is looked at in any case."""
        _hold(answers)
        missing = tuple(item.id for item in _ITEMS if item.id not in answers)
        crisis = tuple(item.id for item in _ITEMS if item.is_crisis_item and answers.get(item.id, 0) > 0)
        total = None if missing else sum(answers.values())
        band = None if total is None else next(band for band in _BANDS if total <= band.highest)
        return Calculation(
            instrument=_INSTRUMENT,
            total=total,
            band=band,
            missing=missing,
            crisis_items=crisis,
            interpretation=_interpretation(band, missing, is_crisis=bool(crisis)),
        )


def _interpretation(band: Band | None, missing: tuple[str, ...], *, is_crisis: bool) -> Wording:
    """What is marked at item 9 comes first, and then nothing that a band means may soothe."""
    said: list[Wording] = [_CRISIS] if is_crisis else []
    if missing:
        said.append({language: text.format(_BETWEEN[language].join(missing)) for language, text in _INCOMPLETE.items()})
    elif band is not None and not is_crisis:
        said.append(band.meaning)
    return {"en": " ".join(part["en"] for part in said), "zh": "".join(part["zh"] for part in said)}


def _hold(answers: Mapping[str, int]) -> None:
    """Raises UsageError for an item or a score that the questionnaire does not have."""
    known = {item.id for item in _ITEMS}
    scores = [choice.score for choice in _CHOICES]
    if not answers.keys() <= known or any(score not in scores for score in answers.values()):
        raise UsageError("the PHQ-9 has the items 1 to 9, each answered with 0, 1, 2 or 3", field="answers")


plugin = Phq9
