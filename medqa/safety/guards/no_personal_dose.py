"""No prescription, personal dose, or order to start, stop or change a medicine, for patients.

What a label or guideline states stays, and so does advice to ask before changing anything. Rests on the Chinese
rules for online care of 2022 (no prescriptions by machine) and on FDA's guidance on decision support of 2026.
"""

from __future__ import annotations

import re

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._sentences import without

_DOSE = (
    r"\d+(?:\.\d+)? ?(?:-|to|–|~|至|到)? ?\d*(?:\.\d+)? ?"
    r"(?:mg|mcg|µg|ug|micrograms?|milligrams?|grams?|g|ml|millilit(?:er|re)s?|units?|iu|tablets?|pills?|capsules?|"
    r"puffs?|"
    r"drops?|doses?|个?单位|毫克|微克|克|毫升|片|粒|颗|单位|滴|喷|支|袋)(?![a-z])"
)
_MEDICINE = (
    r"(?:medicines?|medications?|meds|tablets?|pills?|antibiotics?|insulin|antidepressants?|painkillers?|statins?|"
    r"steroids?|blood thinners?|warfarin|aspirin|ibuprofen|paracetamol|acetaminophen|metformin|lithium|prednis\w+|"
    r"\w{4,}(?:cillin|mycin|floxacin|azole|prazole|statin|sartan|olol|dipine|pril|oxetine|triptyline|azepam|zolam|"
    r"idone|apine|gliptin|gliflozin|glutide|xaban|parin|semide|thiazide|codone|tidine|setron))(?![a-z])"
)
_CHANGE = r"(?:stop|start|begin|quit|skip|double|increase|raise|decrease|reduce|lower|halve|switch|change|come off)"
_YOU = (
    r"\byou(?:'d| would| should| can| could| must| need to| ought to| may| might| will| are advised to| have to|"
    r"'ll)\b"
)
_ZH_TAKE = r"(?:服用|口服|吃|用|注射|打|加|补|输|喷|含服)"
_ZH_CHANGE = r"(?:停用|停药|停掉|停服|停吃|加量|减量|加倍|减半|换成|改用|改吃|开始(?:服用|吃|用)|自行增加|自行减少)"
_FORBIDDEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YOU}[^.;]{{0,40}}\b(?:take|use|inject|have|give|swallow|get)\b[^.;]{{0,60}}{_DOSE}",
        rf"{_YOU}[^.;]{{0,30}}\b{_CHANGE}\b[^.;]{{0,40}}(?:{_MEDICINE}|{_DOSE}|\byour dose\b|\bthe dose\b)",
        r"(?:^|[.:;,\n]\s*|\bthen |\bjust |\bplease |\bso |[-*]\s*)(?:take|inject|swallow|use|give)\b[^.;]{0,60}"
        rf"{_DOSE}",
        rf"(?:^|[.:;\n]\s*|\bjust |\bplease |[-*]\s*){_CHANGE}\b(?: taking| using)?[^.;]{{0,30}}{_MEDICINE}",
        r"\byour (?:\w+ )?dose (?:is|should|would|will|needs)\b[^.;]{0,40}\d",
        rf"\b(?:for you|for your (?:weight|age|kidneys?)|in your case)\b[^.;]{{0,60}}{_DOSE}",
        rf"\bI(?:'d| would| will|'ll)? (?:recommend|suggest|prescribe|advise|am prescribing)\b[^.;]{{0,60}}"
        rf"(?:{_DOSE}|{_MEDICINE})",
        rf"(?:您|你|患者本人)[^。；]{{0,12}}{_ZH_TAKE}[^。；]{{0,24}}{_DOSE}",
        rf"(?:您|你)[^。；]{{0,12}}{_ZH_CHANGE}",
        rf"建议(?:您|你)?(?:每次|每天|每日|一次|先)?{_ZH_TAKE}[^。；]{{0,24}}{_DOSE}",
        rf"(?:^|[，。：；\n]\s*|请|先|就){_ZH_TAKE}[^。；]{{0,16}}{_DOSE}",
        rf"(?:^|[，。：；\n]\s*|请|可以|直接|建议){_ZH_CHANGE}[^。；]{{0,12}}(?:药|片|胶囊|胰岛素|激素|"
        rf"[一-龥]{{2,6}}(?:林|汀|平|洛尔|沙坦|普利|酮|素|锂|双胍|松))",
        r"(?:给您|给你|为您)开(?:的|了)?(?:药|处方|方)|处方如下",
    )
)
_STATED = re.compile(
    r"\b(?:the )?(?:label|leaflet|package insert|product information|guideline|guidance|manufacturer)s? "
    r"(?:states?|says?|gives?|lists?|recommends?|advises?)|\baccording to\b|说明书|标签上|指南(?:建议|推荐|指出)",
    re.IGNORECASE,
)
_ASK_FIRST = re.compile(
    r"\b(?:do not|don't|never|should not|shouldn't|must not|mustn't|cannot|can't|not) "
    r"(?:\w+ ){0,2}(?:stop|start|change|take|use|skip|double|give|increase|reduce|switch)"
    r"|\b(?:ask|talk to|speak to|speak with|check with|see|tell|contact) (?:your|a|the) "
    r"(?:doctor|pharmacist|gp|prescriber|nurse|midwife|care team)"
    r"|\byour (?:doctor|pharmacist|gp|prescriber|nurse|care team) (?:may|might|will|can|decides?|should)"
    r"|(?:不要|不能|不可|切勿|勿|别|不得|禁止|不宜|不应)[^，。；]{0,6}(?:停|加|减|换|改|服|吃|用|开始)"
    r"|(?:咨询|询问|请教|告诉|联系|遵|听从)[^，。；]{0,4}(?:医生|药师|医师|医嘱)|医生(?:会|可能|决定)|遵医嘱",
    re.IGNORECASE,
)
_NO_NEED = re.compile(
    r"no need to|don't need to|do not need to|instead of asking|"
    r"without (?:asking|talking|telling|seeing|speaking|checking)|"
    r"不用(?:问|咨询|告诉|看)|无需(?:咨询|问)|不必(?:咨询|问)",
    re.IGNORECASE,
)


_FOOD = re.compile(
    r"\b(?:fib(?:re|er)|salt|sodium|sugar|fruit|vegetables?|water|protein|calories|alcohol|fat|carbohydrates?|"
    r"caffeine|"
    r"coffee|nuts|fish|meat|milk|exercise)\b|水果|蔬菜|盐|肉|蛋|奶|米|面|油|糖(?!尿)|水|主食|粗粮|坚果|鱼|豆|酒|"
    r"咖啡|膳食纤维",
    re.IGNORECASE,
)


class NoPersonalDose:
    """Drops the sentences that tell a patient what to take, how much, or what to stop."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without personal prescribing; clinicians get the answer as it is."""
        return answer if question.audience == "clinician" else without(answer, _prescribes)


def _prescribes(sentence: str) -> bool:
    if not any(pattern.search(sentence) for pattern in _FORBIDDEN):
        return False
    if _NO_NEED.search(sentence):
        return True
    if _FOOD.search(sentence) and not re.search(_MEDICINE, sentence, re.IGNORECASE):
        return False
    return not _STATED.search(sentence) and not _ASK_FIRST.search(sentence)


plugin = NoPersonalDose
