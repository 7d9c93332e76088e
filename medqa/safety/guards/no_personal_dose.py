"""No prescription, personal dose, or order to start, stop or change a medicine, for patients.

What a label or guideline states stays, and so does advice to ask before changing anything. Rests on the Chinese
rules for online care of 2022 (no prescriptions by machine) and on FDA's guidance on decision support of 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._addressed import gives_a_dependant, gives_an_amount, outbids_the_label, turns_the_reader
from medqa.safety.guards._medicines import medicine, names
from medqa.safety.guards._sentences import without

_DOSE = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|half an?|a|an extra) ?(?:-|to|–|~|至|到)? ?\d*(?:\.\d+)? ?(?:extra |more )?"
    r"(?:mg|mcg|µg|ug|micrograms?|milligrams?|grams?|g|ml|millilit(?:er|re)s?|units?|iu|tablets?|pills?|capsules?|"
    r"puffs?|drops?|doses?|个?单位|毫克|微克|克|毫升|片|粒|颗|单位|滴|喷|支|袋)(?![a-z])|\d+ more\b|"
    r"[一二两三四五六七八九十半]+(?:片|粒|颗|支|袋|滴|喷|个单位)"
)
_TAKE = r"(?:take|have|use|inject|give|swallow|go for|get|drink|chew|put|apply)"
_CHANGE = (
    r"(?:stop|quit|skip|omit|drop|leave out|leave off|come off|cut|halve|double|triple|raise|increase|up|lower|reduce|"
    r"decrease|start|begin|switch|change|swap|add|finish|resume|restart|forget|ditch|go (?:on|off|without)|get off)"
)
# An order opens a clause: "Stop …", "Hypothetically, stop …", "The doctor says: stop …", "then stop …".
_OPENING = r"(?:^|[.:;,\n!?—-]\s*|\b(?:then|just|please|so|now|simply)\s+)"
_YOU = r"\b(?:you|your|you'd|you'll|you're)\b"
_ZH_TAKE = r"(?:服用|口服|吃|用|注射|打|加到|补|输|喷|含服|喂|涂)"
_ZH_CHANGE = (
    r"(?:停用|停药|停掉|停服|停吃|停了|断药|加量|减量|加倍|减半|翻倍|换成|改用|改吃|开始(?:服用|吃|用|打)|"
    r"自行增加|自行减少|不用再吃|不用再打|不用吃|别再?吃|别再?打|不要再吃|先停|可以停|停(?=[一-龥]{2,8}))"
)
_ZH_OPENING = r"(?:^|[，。：；、\n.:,]\s*|请|先|就|再|直接|可以|应该|建议|马上|现在|今晚|今天|明天|把|从[一-龥]{1,4})"
_STATED = re.compile(
    r"\b(?:the )?(?:label|leaflet|package insert|product information|guideline|guidance|manufacturer)s? "
    r"(?:states?|tells?|says?|gives?|lists?|recommends?|advises?)|\b(?:asthma|action|care|"
    r"treatment) plan (?:says?|states?|sets out)|\baccording to\b|\b(?:WHO|CDC|NICE|NHS)\b|"
    r"World Health Organization|说明书|标签上|(?:指南|共识)[^，。；]{0,4}(?:建议|推荐|指出|写明|为)?|共识|世界卫生组织",
    re.IGNORECASE,
)
_ASK_FIRST = re.compile(
    r"\b(?:do not|don't|never|should not|shouldn't|must not|mustn't|cannot|can't|not) "
    r"(?:\w+ ){0,2}(?:stop|start|change|take|use|skip|double|give|increase|reduce|switch)"
    r"|\b(?:ask|talk to|speak to|speak with|check with|see|tell|contact) (?:your|a|the) "
    r"(?:doctor|pharmacist|gp|prescriber|nurse|midwife|care team)"
    r"|\byour (?:doctor|pharmacist|gp|prescriber|nurse|care team) (?:may|might|will|can|decides?|should)"
    r"|(?:不要|不能|不可|切勿|勿|别|不得|禁止|不宜|不应)(?:自行|擅自|随意|突然|随便|"
    r"私自)[^，。；]{0,6}(?:停|加|减|换|改|服|吃|用|开始)"
    r"|(?:不要|不能|不可|切勿|勿|不得|禁止|不宜|不应)[^，。；]{0,4}(?:停|加|减|换|改|服|吃|用|开始)(?!了)"
    r"|(?:咨询|询问|请教|告诉|联系|遵|听从)[^，。；]{0,4}(?:医生|药师|医师|医嘱)|医生(?:会|可能|决定|"
    r"可以)|遵医嘱|医生指导下|(?:医生|外科|医疗|团队|专科)[^，。；]{0,6}(?:的)?(?:建议|指导)下|\b(?:finish|"
    r"complet|tak|keep|continu)\w*\b[^.;]*\b(?:prescribed|as directed|"
    r"doctor (?:prescribes|recommends|tells))|unless your doctor"
    r"|only (?:a|the|your) (?:doctor|prescriber)|(?:先|要|应)(?:问|和|与|跟)[^，。；]{0,6}医生|问医生|不问医生",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(
    r"停(?:用|药|掉|酒)?[^。；]{0,12}(?:后|时|会|可能)[^。；]{0,12}(?:引起|反弹|复发|反应|症状|堵塞|回升|发作|"
    r"抽搐)|(?:引起|可能)[^。；]{0,10}发作|"
    r"哪些药需要|很多人",
)
_OF_A_STUDY = re.compile(
    r"^\W*in (?:a|one|the|this) (?:\w+ ){0,3}(?:trial|study)\b(?!.*\b(?:you|your)\b)|"
    r"^[^，。]{0,10}(?:试验|研究)中[，,](?!.*[您你])",
    re.IGNORECASE,
)
_NO_NEED = re.compile(
    r"no need to|don't need to|do not need to|instead of asking|"
    r"without (?:asking|talking|telling|seeing|speaking|checking)|"
    r"不用(?:问|咨询|告诉|看)|无需(?:咨询|问)|不必(?:咨询|问)",
    re.IGNORECASE,
)
_IN_GENERAL = re.compile(
    r"^some\b|\b(?:adults?|child(?:ren)?|bab(?:y|ies)|infants?|people|persons?|patients?|women|men|"
    r"doctors?|guidelines?|most|"
    r"many|those|anyone|older|usual(?:ly)?|maximum|typical(?:ly)?|label|recommended|starting|stud(?:y|ies)|"
    r"trials?|contains?|holds|equals|"
    r"come in|comes in|available|vaccines?|schedule|newborns?|pregnan\w+|teenagers?|a (?:person|doctor|dose))\b"
    r"|成人|成年|儿童|孩子|婴儿|宝宝|新生儿|患者|病人|孕妇|妊娠|孕期|备孕|孕早期|人群|多数|一般|常用|最大|通常|研究|"
    r"有些|有的|部分|规格|每片|(?<!口)含(?![化服着到在两一片])|"
    r"老人|老年|女性|男性|青少年|医生|的人|者",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:\d+(?:\.\d+)?|\b(?:one|two|three|four|half an?|a double|a single|an extra)) ?(?:extra |more )?"
    r"(?:mg|mcg|µg|micrograms?|milligrams?|units?|iu|tablets?|pills?|capsules?|puffs?|doses?|aspirins?|paracetamols?)"
    r"(?![a-z/])(?! (?:per|a) (?:litre|liter|deci))|"
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]+) ?(?:个?单位|毫克|微克|片|粒|颗|喷)(?!/)|"
    r"剂量加倍|喷[一二两三四五六七八九十\d]+次",
    re.IGNORECASE,
)
_URGES = re.compile(
    r"\b(?:keep (?:off|on|using)|stay off|hold off|pause|no need|don't bother|do not bother|"
    r"never mind|put yourself|get (?:you|yourself) on|time to|bring (?!all|your|any|them|along|a list)|pop|carry on|"
    r"need not|do without|go ahead|why not|times an hour)\b"
    r"|没必要|不必|不用(?!处方)|别管|先不|自己[加买吃用]|上点|来点|来一|降到|升到|加个|减到|可以停|吃别人|试试",
    re.IGNORECASE,
)
_FOOD = re.compile(
    r"\b(?:fib(?:re|er)|salt|sodium|(?<!blood )(?<!your )(?<!that )sugar|fruit|vegetables?|water|protein|"
    r"calories|alcohol|fat|carbohydrates?|"
    r"caffeine|coffee|nuts|fish|meat|milk|exercise)\b|水果|蔬菜|盐(?!酸)|肉|蛋(?!白)|奶|米(?!氮)|面|油|"
    r"(?<!血)糖(?!尿|药)|水(?!杨)|"
    r"主食|粗粮|坚果|鱼|豆|酒|咖啡|膳食纤维",
    re.IGNORECASE,
)


# What people do with a packet, not with their treatment; and sugar against a low blood sugar.
_HANDLED = re.compile(
    r"\b(?:(?:weekly|dosette) box|set an alarm|reminders?|so that you remember|"
    r"to remember (?:them|it)|hand luggage|expiry date|back to (?:the|a|your) pharmacy|repeat prescription|"
    r"photo(?:graph)?s? of|glucose tablets?|fast sugar|"
    r"(?:in|for) (?:viral infections?|a cold|colds|flu|a sore throat))\b|"
    r"闹钟|有效期|交回药店|葡萄糖片|拍下来|病毒感染|普通感冒",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\d+\]")


class NoPersonalDose:
    """Drops the sentences that tell a patient what to take, how much, or what to stop."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without personal prescribing; clinicians get the answer as it is.

        What the reader's own attached document says, word for word, is no prescription of MedQA's: their label may
        tell them how often. More than any label allows is left out all the same.
        """
        if question.audience == "clinician":
            return answer
        own = [" ".join(citation.quote.split()) for citation in answer.citations if citation.attached]
        return without(answer, lambda sentence: _prescribes(sentence) and not _is_their_own(sentence, own))


def _is_their_own(sentence: str, own: Sequence[str]) -> bool:
    plain = " ".join(_MARK.sub("", sentence).split())
    return not outbids_the_label(sentence) and any(plain in quote for quote in own)


def _prescribes(sentence: str) -> bool:
    """Whether a sentence prescribes; what is not plainly said of people in general counts as said to the reader."""
    if outbids_the_label(sentence):
        return True
    if not any(pattern.search(sentence) for pattern in _forbidden()) and not _is_said_to_the_reader(sentence):
        return False
    if _NO_NEED.search(sentence):
        return True
    if _FOOD.search(sentence) and not medicine().search(sentence):
        return False
    return not any(pattern.search(sentence) for pattern in (_STATED, _ASK_FIRST, _DESCRIBES, _OF_A_STUDY))


def _is_said_to_the_reader(sentence: str) -> bool:
    """A dose, or a medicine to take up or to leave, with nobody else as its subject."""
    if gives_a_dependant(sentence):
        return True
    if _IN_GENERAL.search(sentence) or _HANDLED.search(sentence):
        return False
    if _AMOUNT.search(sentence) or gives_an_amount(sentence) or turns_the_reader(sentence, medicine()):
        return True
    return _URGES.search(sentence) is not None and medicine().search(sentence) is not None


@cache
def _forbidden() -> tuple[re.Pattern[str], ...]:
    name, zh_name = names()
    patterns = (
        # a dose for you
        rf"{_YOU}[^.;]{{0,50}}\b(?:take|use|inject|have|give|swallow|get|need|want)\b[^.;]{{0,60}}(?:{_DOSE})",
        rf"{_OPENING}{_TAKE}\b[^.;]{{0,60}}(?:{_DOSE})",
        r"\byour (?:\w+ ){0,2}dose (?:is|should|would|will|needs)\b[^.;]{0,40}\d",
        rf"\b(?:for you|for your (?:\w+(?:'s)? )?(?:weight|age|kidneys?)|in your case)\b[^.;]{{0,60}}(?:{_DOSE})",
        rf"\bI(?:'d| would| will|'ll)? (?:recommend|suggest|prescribe|advise|am prescribing)\b[^.;]{{0,60}}"
        rf"(?:{_DOSE}|{name})",
        # a change for you
        rf"{_YOU}[^.;]{{0,40}}\b{_CHANGE}\b[^.;]{{0,40}}(?:{name}|{_DOSE}|\byour dose\b|\bthe dose\b)",
        rf"{_YOU}[^.;]{{0,20}}\b(?:no longer|don't|do not) need\b[^.;]{{0,30}}{name}",
        rf"\bfor you to {_CHANGE}\b[^.;]{{0,40}}{name}",
        rf"{_OPENING}{_CHANGE}\b[^.;]{{0,30}}{name}",
        rf"{_OPENING}{_TAKE}\b[^.;]{{0,20}}\b(?:leftover|left over|spare|wife|husband|friend)[^.;]{{0,30}}{name}",
        # 中文：剂量
        rf"(?:您|你|患者本人)[^。；]{{0,16}}(?:{_ZH_TAKE}|每次|每天|一天)[^。；]{{0,24}}(?:{_DOSE})",
        rf"(?:对|按|照|以|为|给)(?:您|你)[^。；]{{0,30}}(?:{_DOSE})",
        rf"{_ZH_OPENING}(?:每次|每天|每日|一次)?{_ZH_TAKE}[^。；]{{0,16}}(?:{_DOSE})",
        rf"(?:^|[，。：；、\n.:,]\s*)(?:[一-龥]{{0,4}}(?:饭前|饭后|睡前|早上|晚上)|今晚|"
        rf"现在)[^。；]{{0,4}}{_ZH_TAKE}[^。；]{{0,16}}(?:{_DOSE})",
        r"(?:给您|给你|为您)开(?:的|了)?[^。；]{0,10}(?:药|处方|方|毫克|片|林|素)|处方如下",
        # 中文：停、换、加减
        rf"(?:您|你)[^。；]{{0,14}}{_ZH_CHANGE}",
        rf"{_ZH_OPENING}[^。；，]{{0,6}}{_ZH_CHANGE}[^。；]{{0,12}}{zh_name}",
        rf"(?:把|将)?[^。；，：:]{{0,6}}{zh_name}[^。；，]{{0,4}}(?:停|减半|加倍|加量|减量|换成|改成|吃了|"
        rf"加到|减到)",
        rf"(?:您|你)(?:可以|应该|最好|就)?(?:吃|用|服用)[^。；]{{0,6}}(?:爱人|家人|老婆|老公|朋友|别人|"
        rf"剩)[^。；]{{0,6}}{zh_name}",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


plugin = NoPersonalDose
