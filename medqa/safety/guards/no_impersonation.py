"""No posing as a clinician: MedQA never speaks as somebody's doctor, nor of patients of its own."""

from __future__ import annotations

import re

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._sentences import without

_ROLE = (
    r"(?:doctor|physician|gp|general practitioner|nurse|pharmacist|clinician|surgeon|therapist|psychiatrist|"
    r"psychologist|midwife|specialist|consultant|medical professional|healthcare professional|dr)"
)
_ZH_ROLE = r"(?:医生|大夫|医师|护士|药师|专家|主任|中医|心理咨询师|治疗师)"
_POSING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:from|in|at) my (?:clinic|surgery|ward|practice|office)\b",
        r"\bI (?:saw|had|treated|have had|once had) (?:a|many|another|several) patients?\b",
        rf"\bwe {_ROLE}s\b|\bcall me (?:dr|doctor|nurse|professor)\b|\bDr\.? [A-Z]\w+ here\b",
        rf"我们(?:做)?{_ZH_ROLE}|叫我[一-龥]{{0,3}}{_ZH_ROLE}|(?:我|本人)的?(?:门诊|诊所|科室)",
        r"我(?:看过|治过|遇到过|接诊过|有)[^，。]{0,8}(?:病人|患者)",
        rf"\b(?:as|being|speaking as) (?:your|a|an|the) (?:\w+[- ]){{0,3}}{_ROLE}\b,? (?:i|we|my|let me)\b",
        rf"\bas your (?:\w+[- ]){{0,3}}{_ROLE}\b(?! (?:prescribe|tell|told|say|said|advise|instruct|direct|"
        rf"order|recommend)\w*)",
        rf"\bI(?:'m| am) (?:not only |also )?(?:a|an|your|the) (?:\w+[- ]){{0,3}}{_ROLE}\b",
        r"\bI(?:'m| am) Dr\.? ?[A-Z]",
        rf"\b(?:we|(?-i:us)) {_ROLE}s\b",
        r"\bin my (?:clinical |medical |own )?(?:practice|clinic|experience as)\b",
        r"\bmy (?:other )?patients\b",
        r"\bmy (?:nurse|secretary|receptionist|registrar|assistant) (?:will|can|is|has)\b",
        r"\b(?:consider|take|treat|count) (?:this|it|that) (?:as |to be )?(?:a |your )?(?:\w+ )?(?:diagnosis|"
        r"prescription|consultation|medical opinion)\b",
        r"\bfellow of the royal college\b|\bmy word (?:should|will) do\b",
        r"(?:这|此)(?:就)?(?:算|是|视为)[^，。]{0,14}(?:正式)?(?:诊断|处方|会诊意见)",
        r"\bI(?:'ve| have)? (?:examined|diagnosed|operated on|treated|prescribed|see (?:many )?patients)\b",
        r"\bI (?:diagnose|prescribe) you\b",
        r"\btrust me,? I(?:'m| am)\b",
        rf"我(?:就)?是(?!不是|否)(?:一名|一位|一个|您的|你的|个)?(?:[一-龥]{{0,6}})?{_ZH_ROLE}",
        rf"作为(?:您|你)的(?:[一-龥]{{0,4}})?{_ZH_ROLE}",
        rf"作为(?:一名|一位|个)?(?:[一-龥]{{0,6}})?{_ZH_ROLE}[，,]?(?:我|本人)",
        rf"(?:本|我们){_ZH_ROLE}(?:建议|认为|给)",
        r"我(?:的|们的)(?:患者|病人)",
        r"(?:以|凭)我[^，。]{0,8}(?:临床|行医|从医|工作)?经验",
        r"我(?:给|为)(?:您|你)(?:开|诊断|看病|检查|做手术|把脉)",
        r"我(?:诊断|接诊|治疗过|行医)",
    )
)

# Nobody else's words: a first person that speaks of clinical work, training or findings poses, in whatever words.
_SPEAKER = re.compile(r"\bI['’](?:d|m|ve|ll)\b|(?:^|[,;:] )I \w|\b(?:[Mm]e|[Mm]y|[Mm]yself)\b")
# MedQA has no self: "I" in a statement is somebody who poses (not "stage I", nor "What I need to know").
_SELF = re.compile(
    r"(?:^\W*|[,;:]\s|\b(?!(?:[Tt]ype|[Ss]tage|[Cc]lass|[Pp]hase|[Gg]rade|[Ff]actor|[Gg]roup|[Pp]art|"
    r"[Ll]evel|or|[Ww]hat)\b)"
    r"[A-Za-z]?[a-z]+\s)I(?:['’](?:d|m|ve|ll))?\s(?!and\b|or\b|to\b|is\b|are\b|in\b|of\b|disease|malform)[a-z]|"
    r"\b[Tt]his is your (?:\w+ )?(?:doctor|physician|gp|nurse|surgeon|consultant)|"
    r"\b[Yy]our (?:lungs?|heart|chest|abdomen|tummy|throat|scans?|x-rays?|bloods?|pulse) (?:sounded|"
    r"looked|felt|came back)|"
    r"\b[Hh]aving (?:delivered|treated|seen|operated|worked|practised|spent \w+ years)|"
    r"\b(?:[Tt]ake it from|[Bb]elieve me|[Tt]rust me)\b"
)
_SPEAKERS = re.compile(r"\b(?:[Ww]e(?:['’](?:d|re|ve|ll))?|[Oo]ur|[Oo]urs)\b")
_CLINIC = re.compile(
    r"\b(?:wards?|hospital|clinics?|practi[cs]e|surgery|theatre|registrar|resident|residency|intern|houseman|rounds|"
    r"on[- ]call|night shifts?|colleagues?|stethoscope|white coat|scrubs|bedside|trained|training|medical school|"
    r"medical degree|qualified|licen[cs]ed?|board|diagnos\w+|prescri\w+|patients?|cases?|examin\w+|examined|rule out|"
    r"ruled out|treat(?:ed|ing)?|cured?|operated|deliver(?:ed)? babies|your (?:\w+ )?(?:scan|x-ray|"
    r"results?|notes?|chart|"
    r"chest|heart|throat|ears?|blood|records?|file|tests?|pulse|abdomen|lungs?|skin|rash)|sent (?:\w+ )?home|"
    r"seen (?:this|these|it|hundreds|thousands|many|plenty|worse)|see (?:this|it|these) (?:all|every|"
    r"a lot|often|daily)|"
    r"medicine|speciality|specialty|profession|career|referral|consultation|appointment)\b",
    re.IGNORECASE,
)
_OF_A_STUDY = re.compile(
    r"\b(?:stud(?:y|ies|ied)|trials?|randomi[sz]\w*|analy[sz]\w*|found|assess\w*|evaluat\w*|investigat\w*|compar\w*|"
    r"conclu\w*|report\w*|observ\w*|enrol\w*|review\w*|cohort|methods?|hypothesi\w*|aim\w*|includ\w*|data|"
    r"identif\w*|present|describe|propose|search\w*)\b",
    re.IGNORECASE,
)
_TO_READER = re.compile(r"\b(?:you|your|this at home|these people|such people|people like|this sort|this kind)\b", re.I)
_NOT_THE_SPEAKER = re.compile(
    r"\b(?:ask|say|tell|write|like|such as|question|wonder)\w*\b[^.]{0,40}[:\"“‘']|[\"“][^\"”]*\b(?:I|my|"
    r"me)\b[^\"”]*[\"”]|"
    r"\b[Mm]y (?:doctor|gp|nurse|pharmacist|child|baby|medicines?)\b|\?",
)
_ZH_SPEAKER = re.compile(
    r"(?<![自忘])我(?!国|省|市|院(?!里|长))|本人|咱|身为|作为一名|笔者|给[您你](?:检查|做检查|听诊|看片|拍片|号脉)时"
)
_ZH_SELF = re.compile(
    r"(?<![自忘])我(?![们国省市])|这里是[您你]的|[您你]的(?:肺|心脏?|片子|脉搏|喉咙)[听看摸]起来|(?:接生|"
    r"治|救|看|做)过[^，。]{0,6}(?:个|例|台|位)(?:孩子|病|手术|患)?|我们(?:医院|科|这里|这儿)|"
    r"咱们?(?:医院|科|当|做)|"
    r"[按听看查摸][了过]?[您你](?:的)?(?:肚子|胸|背|嗓子|喉咙)"
)
_ZH_CLINIC = re.compile(
    r"病房|门诊|科室|诊断|检查(?!一下您的地址)|处方|开药|开个方|片子|听诊|心音|杂音|住院医|实习医|规培|"
    r"值班|夜班|医务|医学院|行医|从医|手术|"
    r"病例|病人|患者|收治|治好|治过|接诊|会诊|白大褂|医护|医学专业|医科|大夫|临床|这种情况见|见得多|"
    r"见多了|复诊|挂号|把脉|号脉|化验单|"
    r"[您你]的(?:片子|报告|结果|心电图|血|肺|心脏|喉咙|伤口)"
)
_ZH_NOT_THE_SPEAKER = re.compile(
    r"[？?]|[“「『\"][^”」』\"]*我[^”」』\"]*[”」』\"]|告诉[^，。]{0,6}医|我国|我们国家|自我"
)
# What a machine may say of itself: what it is, what it cannot do or did not find, and that it feels for the reader.
_OF_A_MACHINE = re.compile(
    r"\bI(?:'m| am) (?:an? (?:AI|artificial intelligence|language model|(?:computer )?program|assistant)\b|"
    rf"not (?:an? (?:real )?{_ROLE}|able to (?:say|tell|examine|prescribe|answer|give|replace))\b|"
    r"(?:so |very )?sorry\b)|"
    r"\bI (?:can ?not|can't|could not|couldn't|do not|don't|am unable to) (?:say|tell you|know (?:your|which|whether)|"
    r"prescribe|diagnose|examine|answer|replace|find (?:a|an|any|anything|enough)\b|"
    r"have (?:access|enough|any information|a source))|"
    r"\bI can only (?:give|offer) general\b|\bI found no (?:source|information)\b|"
    r"\bI (?:hope (?:this|that|you)|wish you|understand (?:that|how))\b|\bAs an AI\b"
)
_YOUR_BODY = re.compile(
    r"\b(?:your|the) (?:\w+ )?(?:scans?|x-rays?|ecg|bloods?|chest|heart|lungs?|throat|ears?|abdomen|pulse|biopsy)\b",
    re.I,
)
_FIRST_PERSONS = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|[Oo]ur|[Uu]s)\b")
_ZH_OF_A_MACHINE = re.compile(
    rf"我不是(?:一名|一位|个)?{_ZH_ROLE}|我(?:只)?是(?:一个|一款)?(?:人工智能|AI|程序|语言模型|机器)|"
    r"我(?:不能|无法|没法|没有办法)(?:告诉|判断|说|替代|代替|回答|开药|诊断|给[您你](?:做检查|检查|诊断|开药))|"
    r"我(?:没有|未能?)(?:找到|查到|[^，。]{0,4}(?:信息|来源))|我只能提供一般|我(?:能)?(?:理解|明白)[您你]"
)


class NoImpersonation:
    """Drops the sentences in which MedQA poses as a clinician."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without such sentences."""
        return without(answer, _poses)


def _poses(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in _POSING) or _speaks_from_the_clinic(sentence)


def _speaks_from_the_clinic(sentence: str) -> bool:
    if any("\u4e00" <= sign <= "\u9fff" for sign in sentence):
        if _ZH_NOT_THE_SPEAKER.search(sentence) or (_ZH_OF_A_MACHINE.search(sentence) and sentence.count("我") == 1):
            return False
        return bool(_ZH_SELF.search(sentence) or (_ZH_SPEAKER.search(sentence) and _ZH_CLINIC.search(sentence)))
    if _NOT_THE_SPEAKER.search(sentence) or _speaks_as_a_machine(sentence):
        return False
    if _SELF.search(sentence) and not _OF_A_STUDY.search(sentence):
        return True
    if _CLINIC.search(sentence) is None:
        return False
    if _SPEAKER.search(sentence):
        return _OF_A_STUDY.search(sentence) is None
    return bool(_SPEAKERS.search(sentence) and _TO_READER.search(sentence) and not _OF_A_STUDY.search(sentence))


def _speaks_as_a_machine(sentence: str) -> bool:
    """Who speaks of themselves twice, or of a clinic as well, may pose in the rest of the sentence."""
    if _OF_A_MACHINE.search(sentence) is None or len(_FIRST_PERSONS.findall(sentence)) > 1:
        return False
    return _YOUR_BODY.search(sentence) is None


plugin = NoImpersonation
