"""Whether a sentence about a medicine is said to the reader, in whatever words: an amount, or a medicine to take up,
to change or to leave.

Nothing here lists whole orders. A sentence is unfit where three things meet: it speaks to the reader (you, an
imperative, "best", "can wait"), it speaks of a medicine or an amount, and nobody else is its subject, no source states
it, and no prescriber is asked. Clauses of condition ("if you miss a dose, ...") are read past. What speaks to the
reader of a medicine and has none of the marks of honest talk (an effect, a prescriber, "may", "such as") is unfit
whatever it says: words for leaving a medicine are endless, those marks are few.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|half|quarter|"
    r"a couple(?: of)?|a few|several|another|an? (?:extra|second|third|double|pair of|heaped|level)|twice|double)"
)
_UNIT = (
    r"(?:mg|mcg|micrograms?|milligrams?|grams?|mils?|ml|millilit(?:er|re)s?|units?|iu|tablets?|tabs?|"
    r"pills?|capsules?|caps|"
    r"puffs?|drops?|doses?|(?:tea|table)?spoon(?:ful)?s?|sachets?|shots?|jabs?|sprays?|patch(?:es)?|lozenges?|"
    r"suppositor(?:y|ies)|ampoules?|vials?)(?![a-z/])"
)
_COUNTED = re.compile(
    rf"\b{_NUMBER}[ -](?:(?:of )?(?:the |your |my |those |these )?(?:more |extra |full |little |\w+ )?){_UNIT}",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"(?:^|[.:;,\n!—-]\s*|\b(?:then|and|just|please)\s+)(?:crush|dissolve|slip|mix|hide|pop|stick|give|"
    r"take|have|swallow|chew|"
    rf"inject|melt|insert|suck|sneak|dab|rub) (?:him |her |them |yourself )?(?:an?|one) (?:\w+ )?{_UNIT}|"
    r"\ba (?:second|third|fourth|fifth|sixth) (?:painkiller|one|go|helping)\b|"
    r"\b(?:let|have|place|put) (?:one|two|three|four) (?:melt|dissolve|under the tongue|on the tongue)|"
    r"\ba (?:gram|milligram|spoonful|tablet|pill|unit|puff) and a half\b|"
    r"\b(?:go|goes|climb|rise|move) (?:straight |right )?(?:up |down )?to (?:\d+|\w+ hundred|"
    r"twenty|thirty|forty|fifty|sixty|eighty)\b (?:mg |milligrams )?(?:by|from|on|this|next|tomorrow|tonight)|"
    r"\b(?:twice|double|triple|three times|half) (?:the|your) (?:usual|normal|standard|recommended|dose|amount)\b",
    re.IGNORECASE,
)
_ONES = re.compile(
    rf"\b(?!an? |one of )(?:{_NUMBER} (?:(?:of )?the \w+ ones|of (?:those|them|these)\b(?! (?!and|then|now|"
    rf"with|before|at|a)[a-z]+)|more\b(?! [a-z]+))"
    r"|another one|one more|the same again)"
    r"|\b(?:one|two|three|four|five|six|eight) (?:a day|at a time|daily)\b|"
    r"\b(?:raise|increase|up|drop|lower|take|push|bring|cut) it to (?:\d|ten|twenty|thirty|forty|fifty|"
    r"sixty|eighty|a hundred)|"
    r"\b(?:one|two|three|half) (?:now|in the morning|at night|before bed|at bedtime|at (?:noon|midnight|lunchtime)|"
    r"with (?:breakfast|lunch|dinner|supper)|after (?:meals|food|eating))\b",
    re.IGNORECASE,
)
_NOT_AMOUNTS = re.compile(
    r"\b(?:an?|one|single) (?:new |regular |usual |missed |next |last |single |strong |flu |booster |correct |right )*"
    r"(?:dose|pill|tablet|shot|jab|unit|patch|drop|spray|capsule)\b(?! (?:now|tonight|every|more|at|before|in the))",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:now|tonight|today|tomorrow|before bed|at bedtime|in the morning|at night|at (?:noon|midnight|"
    r"lunch\w*|six|ten)|"
    r"with (?:breakfast|lunch|dinner|supper|food)|every (?:\w+ )?hours?|hourly|lie down|straight away|will see you|"
    r"(?:should|ought to) (?:do|bring|see|sort|settle)|for a week|a person like|by \w+day|in your (?:case|"
    r"situation)|does it|will do|is plenty|is enough|if (?:it|the pain))\b",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|your|yours|yourself|you'd|you'll|you're|you've|h(?:er|im) (?:food|milk|drink|tea|yoghurt))\b|"
    r"(?:^|[.:;!]\s*)(?:(?:those|that|these|this) (?!is\b|are\b|may\b|can\b|include)|"
    r"(?:let|put|get (?!urgent|medical|help|care|emergency|tested|to )|go|give|take|have|try|set|pass|hide|slip|crush|"
    r"dissolve|mix|pop|stick|treat|do(?! not)|make|say|turn|hand|draw|stay|stand|bet|trust|think of|see)\b)|[您你]",
    re.IGNORECASE,
)
_FRAMED = re.compile(
    r"\b(?:best|better|wis(?:e|er|est)|sensible|fine|okay|ok|safe|nothing wrong|no harm|no point|pointless|"
    r"no (?:call|place|room|need) for|time to|"
    r"high time|can wait|has to go|have to go|needs? to go|my advice|I(?:'d| would)|let us|let's|just)\b",
    re.IGNORECASE,
)
_ACT = (
    r"(?:leav(?:e|ing)|left|wait|hold|bin|chuck|toss|throw|flush|ditch|drop|dump|shelve|park|pause|"
    r"rest from|rid|lose|miss|"
    r"missing|skip\w*|wean\w*|taper\w*|eas(?:e|ing)|stop\w*|quit\w*|cease|ceasing|give up|giving up|abandon|cut\w*|"
    r"forget|ignore|wave|go(?:ne|ing)? without|do(?:ing)? without|swap\w*|switch\w*|replac\w+|"
    r"substitut\w+|mov(?:e|ing) "
    r"(?:on|over|you)|chang(?:e|ing)|trade|suits?|try|trying|begin\w*|start\w*|get (?:hold|some|yourself|your hands)|"
    r"pick up|buy|order|borrow|shar(?:e|ing)|us(?:e|ing) up|top up|bump|rais(?:e|ing)|lower\w*|halv\w+|doubl\w+|"
    r"stretch|space|spread|delay\w*|postpon\w+|goodbye|call it a day|(?:be )?(?:done|finished|through) with|"
    r"come off|coming off|off the|(?:no|any) (?:more|longer)|not (?:be )?need\w*|n't (?:be )?need\w*|pack in|"
    r"knock .{2,30} on the head|"
    r"give .{2,40} a (?:miss|rest|break|try|go)|say no to|put .{2,40} (?:away|aside|to one side)|let .{2,30} go|"
    r"add(?:ing)?|increas(?:e|ing)|reduc(?:e|ing)|restart\w*|resum(?:e|ing))"
)
_ACTED = re.compile(rf"\b(?:{_ACT})(?!\w)", re.IGNORECASE)
_IMPERATIVE = re.compile(
    rf"(?:^|[.:;,\n!?—-]\s*|\b(?:then|just|please|so|now|simply)\s+)(?:{_ACT})(?!\w)", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"(?i)(?:^|(?<=[\s,;]))(?:if|when|whenever|unless|after|before|once|while|until)\s[^,;]*(?:[,;]|" r"[.!]?\s*$)"
)
_EFFECT = re.compile(
    r"\b(?:can|may|might|could|will|would|is likely to|tends? to) (?:\w+ )?(?:cause|lead|bring|raise|make|increase|"
    r"trigger|give|result|come back|worsen|harm|damage|help|lower|reduce|interact|affect|take)\b",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"\b(?:take|taking|finish\w*|us(?:e|ing)|keep|continu\w+|complet\w+|carry)\b.*\b(?:prescri\w+|directed|instructed|"
    r"as (?:told|advised)|has told you|doctor|label|package|schedule|on time|same time)\b"
    r"|\b(?:doctor|prescriber|care team|provider|pharmacist|gp|nurse|specialist|team)s?(?:'s)?\b",
    re.IGNORECASE,
)
_HONEST = re.compile(
    r"\b(?:together|can (?:take|use|have|give) \w+ (?:with|and) \w+)\b|\bglass of water\b|\bkeep taking\b|"
    r"\byour (?:body|pancreas|liver|cells?|thyroid) (?:needs?|cannot|can't|does|has|is)\b|"
    r"\b(?:emergency|poison\w*|overdose|fridge|cool|dry|reach|locked|temperature|expir\w+)\b|"
    r"\b(?:doctors?|providers?|prescri\w+|pharmac\w+|nurses?|surgeons?|dentists?|specialists?|midwi\w+|"
    r"team|clinic|hospital|"
    r"may|might|help(?:s|ed|ing)?|ask|talk|tell|speak|check|call|seek|label|leaflet|directions|instructions?|packag\w+|"
    r"called|such as|for example|examples?|including|includes?|side effects?|allerg\w+|causes?|caused|"
    r"relax\w*|reduces?|prevents?|"
    r"relieves?|works?|slows?|lowers?|raises?|increases?|interfer\w+|interact\w*|affects?|stor(?:e|ed|"
    r"age)|bring|carry|list|"
    r"given|treat(?:s|ed|ing|ment)?|offer\w*|find|information|know(?:ing)?|how|which|what|never|not|n't|"
    r"avoid|only|careful\w*|"
    r"produc\w+|makes?|need (?:to|an?|another|surgery)|(?:in|by|to|of|into|from|on) your (?:body|\w+ ?vessels?|liver|"
    r"pancreas|kidneys?|airways?|lungs?|blood|stomach|skin|heart|brain|immune system))\b",
    re.IGNORECASE,
)
_WEAK_HONEST = re.compile(
    r"\bnot (?:bother|needed|necessary|worth|for you|your)\b|\b(?:no|what) (?:reason|use)\b|"
    r"\bhow you (?:feel|get on|do|go)\b|"
    r"\bwhat happens\b|\bbody (?:will|would) thank\w*\b|\bknow best\b|\bnever (?:needed|liked|did)\b",
    re.IGNORECASE,
)
_ZH_TO_READER = re.compile(
    r"[您你咱]|那些|这(?:个|盒|瓶|些)?药|(?:^|[，。；])把|[吧啦呗嘛]\s*[。！!]?\s*$|"
    r"[^除为到]了\s*[。！!]?\s*$|就(?:行|好|够|能|可以|成|会好)|"
    r"是时候|网上|剩下|(?:表|堂)?[姐哥弟妹嫂]|邻居|邻家|朋友|看看"
)
_ZH_HONEST = re.compile(
    r"可能|帮助|减轻|缓解|作用|副作用|不良反应|例如|比如|包括|存放|保存|治疗|过敏|风险|引起|哪些|什么|"
    r"如何|怎么|清单|带上|说明|是否|"
    r"需要?(?:定期|马上|立即|长期)|急诊|就医|120|尽快|及时|不(?:要|能|宜|应|可)|避免|可以(?:治|预防|减|降|"
    r"缓|抑|补|杀|在|用来)"
)
_ZH_AMOUNT = re.compile(
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半几])\s?(?:个?单位|毫克|微克|克(?![罗隆拉林])|毫升|片|"
    r"粒(?!沙)|颗|丸|勺|包|袋|支|"
    r"针|滴|喷|贴|瓶)(?![/的子重刻面])|"
    r"[早中晚](?:上|饭后|饭前)?[一二两三半][片粒颗勺包袋丸支]|翻[一个]?倍|多一倍|加一倍|"
    r"[加升降减提]到[一二三四五六七八九十百两\d]{1,4}(?=[，。；、没就也]|$)|"
    r"先来[一二三四五六七八九十百两\d]{1,4}(?=[，。；]|$)|"
    r"[吸喷][一二两三四五六]下|各?贴[一两二三]张|(?<!挖耳)[一大两半]勺|"
    r"(?:用量|剂量|药量)[^，。；]{0,3}[两二三四]倍|来[一二两三四]下"
)
_ZH_GIVEN = re.compile(
    r"(?:舌下|满满|维持|最合适|最好|各贴|从早到晚|一次|一天|[滴喂吃服喝打灌抹含咽塞]|来|给|加|补|推|上|用|"
    r"按|隔|睡前|今晚|现在|马上|半夜|早上|晚上|饭后|饭前|"
    r"疼|烧|先|再|扛得住|伤不着|管用|足够|就行|就够|刚好|没事)"
)
_ZH_MEASURED = re.compile(
    r"说明书|规格|每片含|指南|共识|世界卫生组织|成人|患者|病人|儿童(?!先)|通常|一般|常用|最大|不超过|不应|"
    r"不要|约为|大约需要|需要大约|备孕|孕早期|按[^，。；]{0,4}计划"
)
_OUTBID = re.compile(
    r"\b(?:cope with|take|manage|go|have|handle|need|fine with|safe with|up to)\b[^.;]{0,20}\b(?:twice|"
    r"double|more than|"
    r"three times|over|above|beyond) (?:what )?(?:the|that) (?:box|label|leaflet|packet|package|maximum)(?! to)"
    r"|比(?:说明书|标签|盒子上)[^，。；]{0,6}(?:多|高|大|翻|加)",
    re.IGNORECASE,
)
_WARNED = re.compile(
    r"\b(?:not|never|(?<!wo)n't(?! (?:hurt|harm))|avoid|danger\w*|harm\w*|risk\w*|damage|overdose)\b|不|"
    r"勿|别|危险|风险|损害",
    re.IGNORECASE,
)
_DEPENDANT = re.compile(
    r"\b(?:your|the) (?:little (?:one|girl|boy)|toddler|kid|mum|mom|mother|father|dad|gran\w*|son|"
    r"daughter|wife|husband)\b"
    r"|\byour (?:child|baby)\b|\b(?:for|give|let) (?:him|her)\b"
    r"|(?:孩子|宝宝|宝贝|娃|老人)[^，。；]{0,4}(?:先|再|就|今晚|现在|马上)|给(?:孩子|宝宝|娃|"
    r"老人)[一二两三半\d]|[您你](?:家|的)?(?:孩子|宝宝|娃|儿子|女儿|老人|父亲|母亲|爸|妈|小孩)"
    r"|(?:喂|给)(?:他|她|它)",
    re.IGNORECASE,
)
_ZH_ACT = (
    r"(?:免了|免掉|扔|丢掉|丢了|放一放|搁|缓一缓|别(?:再)?(?:打|吃|用|服|喝|碰)|不(?:用|必|"
    r"需要?)(?:再)?(?:吃|打|用|服)|断(?:了|掉|开)|撤|"
    r"用不着|没用了|用不上|到此为止|停(?!经|顿)|省了|省掉|戒(?!烟|酒)|(?<![转交更])换|改(?![善变])|买(?!到)|囤|"
    r"弄点|弄些|搞点|整点|吃上|用上|打上|(?<!刚)开始(?![痛疼起见])|加(?:量|倍|上|点)|"
    r"(?<!甲)减(?![轻慢少弱重肥退缓低]|$)|去掉|"
    r"砍|歇|缓缓|不管|甭|算了|拉倒|更适合|更好|顶替|代替|替掉|先吃|先用|先打|多吃|少吃|多打|少打|隔天|"
    r"翻倍|告别|拿掉|可以不|压一?压|[放搁]一?[放搁]|就算了)"
)
_ZH_ACTED = re.compile(_ZH_ACT)
_ZH_WEAK = re.compile(r"(?:感觉|看看|反应)[^，。；]{0,3}(?:如何|怎么样|怎样)")
_ZH_SOFT = re.compile(
    r"(?:请|应|要|须)?(?:咨询|询问|请教|告诉|问|遵|听从|按|在|由|和|与|跟)[^，。；]{0,8}(?:医生|药师|药剂师|护士|医师|"
    r"医嘱|医院|医护)|医生|药师|药剂师|护士|护理|处方|GP|医师|医嘱|没有得到|未经|"
    r"不要(?!再[吃打用])|不能|不可|切勿|勿|不得|禁止|不宜|不应|自行|擅自|突然"
)
_ZH_EFFECT = re.compile(
    r"(?:可能|可以|会|能|容易)[^，。；]{0,10}(?:引起|导致|增加|升高|降低|影响|加重|诱发|造成|反弹|复发|"
    r"减少|缓解|帮助|预防)|同用|同服|相互作用"
)
_ZH_CLAUSE = re.compile(
    r"(?:^|(?<=[，；。]))(?:如果|若|如|当|一旦|要是|万一)[^，；。]*[，；]|[^，；。]{0,12}(?:时|后|前|期间)[，；]"
)
_ZH_OTHERS = re.compile(
    r"成人|成年|患者|病人|孕妇|人群|多数|一般|通常|研究|有些|有的|部分|老人|女性|男性|青少年|的人|人们|"
    r"者(?!说)|医生|专家|指南|检查前|手术前|筛查"
)


def outbids_the_label(sentence: str) -> bool:
    """More than a label allows, offered as something to do and not as a danger."""
    return _OUTBID.search(sentence) is not None and _WARNED.search(sentence) is None


def gives_a_dependant(sentence: str) -> bool:
    """An amount for the reader's own child, parent or partner."""
    if _DEPENDANT.search(sentence) is None:
        return False
    return bool(_ZH_AMOUNT.search(sentence) or _COUNTED.search(_NOT_AMOUNTS.sub("", sentence)))


def gives_an_amount(sentence: str) -> bool:
    """An amount with nobody but the reader to take it, in figures or in words."""
    if _ZH_AMOUNT.search(sentence):
        return _ZH_GIVEN.search(sentence) is not None and _ZH_MEASURED.search(sentence) is None
    plain = _NOT_AMOUNTS.sub("", sentence)
    if _GIVEN.search(sentence) and _WARNED.search(sentence) is None:
        return True
    return bool(_COUNTED.search(plain) or (_ONES.search(plain) and (_WHEN.search(plain) or _YOU.search(plain))))


def turns_the_reader(sentence: str, medicine: re.Pattern[str]) -> bool:
    """A medicine to begin, change or leave, said to the reader and not as a fact, a warning or advice to ask."""
    if sentence.rstrip(" \n[]0123456789").endswith(("?", "？")):
        return False
    said = _CLAUSE.sub(" ", sentence)
    if medicine.search(said) is None:
        return False
    if any("\u4e00" <= sign <= "\u9fff" for sign in said):
        return _turns_in_chinese(said)
    if _is_unmarked(said):
        return True
    if _EFFECT.search(said) or _FOLLOWED.search(said):
        return False
    is_addressed = bool(_YOU.search(said) or _FRAMED.search(said))
    return _IMPERATIVE.search(said) is not None or (is_addressed and _ACTED.search(said) is not None)


def _is_unmarked(said: str) -> bool:
    """Said to the reader, and with none of the marks of honest talk about medicines."""
    return _YOU.search(said) is not None and _HONEST.search(_WEAK_HONEST.sub("", said)) is None


def _turns_in_chinese(sentence: str) -> bool:
    said = _ZH_CLAUSE.sub("", sentence)
    is_unmarked = bool(_ZH_TO_READER.search(said)) and not _ZH_HONEST.search(_ZH_WEAK.sub("", sentence))
    if not is_unmarked and _ZH_ACTED.search(said) is None:
        return False
    return not any(pattern.search(sentence) for pattern in (_ZH_SOFT, _ZH_EFFECT, _ZH_OTHERS))
