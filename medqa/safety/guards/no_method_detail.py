"""No detail of how to end a life or to hurt oneself, whoever asks and however: see NICE NG225 and WHO's media guide.

General facts stay ("an overdose of paracetamol damages the liver"); amounts, places on the body, knots, heights,
gases and comparisons of ways to die go.
"""

from __future__ import annotations

import re

from medqa.domain.answer import Answered
from medqa.domain.conversation import Question
from medqa.safety.guards._sentences import without

_DIE = r"(?:die|death|dying|dead|kill\w*|suicide|end (?:your|my|one's|a) life|fatal|lethal|deadly)"
_MEANS = (
    r"\b(?:\d+|ten|twelve|fifteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|a (?:dozen|hundred)|hundreds?|handfuls?|"
    r"whole (?:box|bottle|packet|strip|lot)|(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"twelfth|twentieth|"
    r"top) (?:floor|stor(?:e)?y)|tablets?|pills?|overdose|bridge|cliff|roof|balcony|ledge|rope|belt|cord|"
    r"noose|razors?|blades?|"
    r"train|tracks|platform|packets|engine|garage|on the line|gas|fumes|exhaust|bleach|chemicals?|"
    r"cleaning products?|cleaners?|bathtub|plastic bag|"
    r"pesticide|high enough|"
    r"deep enough|insulin)\b"
)
_NO_RETURN = (
    r"(?:\b(?:nobody|no one|you|they|never|not|n't|won't)\b[^.;]{0,14}\b(?:wakes? up|waking|wake|"
    r"surviv\w+|com(?:e|es|ing) back|"
    r"live[sd]? through|feel anything|be saved)|\bno(?:body| one) (?:has |ever )*(?:come|came|comes|"
    r"surviv\w+|wakes?|woke)\b|"
    r"\bno (?:coming|way) back|\b(?:does|do) the job\b|\bfinish(?:es)? (?:you|it)|\bdo it for you\b|"
    r"\bend(?:s)? it all\b|"
    r"\bsees? you off\b|\bgone for good\b|\blast thing you|\b(?:for ever|forever|eternal\w*) (?:sleep|rest)|"
    r"\bsleep for ?ever\b|\b(?:over|done|gone) (?:with)?in (?:\w+ )?(?:seconds|minutes|an hour)|"
    r"\bslip away|\bdrift off\b|"
    r"\bbring you (?:round|back)\b|\bfeel nothing\b|\ball (?:one|you|it) (?:needs?|takes)\b|"
    r"\bthe end (?:comes|is)\b|\bpeaceful (?:end|exit|way)|\bquick exit)"
)
_ZH_MEANS = (
    r"(?:(?:\d+|[一二两三四五六七八九十百几]+)(?:多)?(?:片|粒|颗|毫克|克|盒|瓶|层|楼|米)|桥|楼顶|天台|"
    r"阳台|悬崖|绳|皮带|刀片|火车|铁轨|煤气|"
    r"尾气|车库|发动汽车|轨道|站台|[几两三整]盒|整瓶|漂白|清洁剂|洁厕|农药|安眠药|塑料袋|浴缸|胰岛素)"
)
_ZH_END = (
    r"(?:醒不过来|醒不来|活不了|活不成|没命|救不(?:回来|活|过来)|必死|断气|没救|走得|一了百了|了结|回不来|"
    r"不会再醒|长眠|解脱|永远睡|睡过去|"
    r"没有一个回来|叫不回来|什么感觉都没有|感觉不到|就够了|没人(?:能)?回来|上路|安静地离开|没有痛苦)"
)
_OF_MANY = re.compile(
    r"%|percent|\b(?:people|individuals|patients|infants|babies|survival|in \d)|患者|病人|[％]|存活率"
)
_DETAIL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:\d+|\w+ty|a dozen|a hundred) (?:\w+ )?(?:paracetamols?|tablets?|pills?)? ?(?:is|are) "
        r"(?:what it takes|enough|plenty)",
        r"\bplastic bag (?:over|on|around)[^.;]{0,20}\b(?:works|head|die|tape)|\bhold your breath underwater",
        r"(?:片|粒|颗)就(?:够|行|可以)了?|塑料袋[^。；]{0,4}套头|在水里憋",
        rf"\b\d+ (?:\w+ )?(?:tablets?|pills?|capsules?|mg|g|grams?|packs?|bottles?)\b[^.;]{{0,40}}\b{_DIE}",
        r"\b(?:lethal|fatal|deadly) (?:dose|amount|quantity|number)\b[^.;]{0,40}(?:\d|is|would|of)",
        r"\b(?:painless|least painful|easiest|quickest|fastest|surest|best|peaceful|most \w+) "
        rf"(?:way|method|means)s?\b[^.;]{{0,20}}\b{_DIE}",
        r"\b(?:noose|slip ?knot|ligature)\b[^.;]{0,40}\b(?:tie|fix|beam|door|knot|neck|hook|rail)"
        r"|\b(?:tie|make|fix) (?:a|the) (?:noose|ligature)",
        r"\b(?:cut|slice|slit|slash)\w*\b[^.;]{0,20}\b(?:lengthwise|lengthways|vertically|along|deep\w*)\b"
        r"[^.;]{0,20}(?:wrist|arm|vein|artery|across)",
        rf"\b(?:fall|jump|drop)\w*\b[^.;]{{0,40}}\b(?:floor|stor(?:e)?ys?|met(?:re|er)s?|feet)\b[^.;]{{0,40}}\b{_DIE}",
        r"\b(?:helium|nitrogen|inert gas|exit bag|charcoal|exhaust (?:pipe|fumes))\b[^.;]{0,40}\b"
        r"(?:bag|hood|sealed|car|room|die|peaceful|painless)"
        r"|\bdie\b[^.;]{0,40}\b(?:inert gas|helium|nitrogen|charcoal)\b",
        r"(?:\d+|[一二三四五六七八九十百几]+)(?:片|粒|颗|毫克|克|盒|瓶)[^。；]{0,14}(?:致死|会死|能死|毙命|"
        r"送命|丧命|要命)",
        r"致死(?:量|剂量)[^。；]{0,12}(?:是|为|\d|大约)",
        r"(?:没有痛苦|不痛苦|无痛|最快|最可靠|最容易|最舒服)的?(?:死法|自杀|方法|方式)",
        r"(?:绳结|活扣|绳套|打结|上吊)[^。；]{0,16}(?:横梁|固定|活扣|门把|挂)",
        r"(?:割|切|划)[^。；]{0,8}(?:竖着|沿着|纵向|深|不要横)|(?:沿着|顺着)(?:手腕|血管|动脉)[^。；]{0,6}(?:割|切|划)",
        r"(?:楼|层|米)[^。；]{0,8}(?:跳|坠|摔)[^。；]{0,12}(?:死|致命)",
        r"(?:烧炭|惰性气体|氦气|氮气|尾气)[^。；]{0,14}(?:密闭|密封|袋|车|痛苦|死)|死法[^。；]{0,12}(?:气体|烧炭)",
        # not being found, stopped or seen
        r"\b(?:so|where|when|while|until|if) (?:that )?(?:nobody|no one|no-one) (?:\w+ )?"
        r"(?:interrupts?|stops? you|stops? it|finds? you|walks in|disturbs?|can stop)\b",
        r"(?:免得|省得|防止|以免)(?:有人|别人|家人|谁)[^。；]{0,4}(?:打断|发现|拦|撞见)|没有?人(?:会|能)?来?(?:打断|撞见|拦)",
        r"\b(?:fresh|new|latest) (?:cuts|burns|marks|wounds)\b[^.;]{0,30}\b(?:out of sight|hidden|secret|from view)"
        r"|\b(?:hide|conceal|cover)\w*\b[^.;]{0,20}\b(?:fresh|new|latest) (?:cuts|burns|marks|wounds)",
        r"新(?:割|划|烫|弄)(?:的|出来的)?[^。；]{0,4}(?:口子|伤|痕|印)[^。；]{0,10}(?:看不[见到]|遮|藏|盖)",
        # laying in a supply
        r"\b(?:hoard|stockpile|squirrel away)\b[^.;]{0,40}\b(?:packs?|pills?|tablets?|strips?|doses?|meds)\b"
        r"(?=.*\b(?:until|till|enough|final)\b)"
        r"|\b(?:save up|put by|keep back)\b[^.;]{0,30}\b(?:pills?|tablets?|packs?)\b[^.;]{0,20}"
        r"\b(?:until|till|enough)\b",
        r"(?:攒|囤)(?:着|起来|够)[^。；]{0,10}(?:最后一次|够了就|一次)",
        # all of it at once, a height, as a certainty and not as a danger
        r"^(?!.*\b(?:not|never|danger\w*|harm\w*|damage\w*|overdose|poison\w*|if)\b)"
        r".*\b(?:whole|entire|every last|full) (?:jar|tub|bottle|box|packet|pack|strip|tin|supply)\b[^.;]{0,30}"
        r"\b(?:in one go|at once|all together|in one sitting)\b",
        r"\b(?:higher|above|over|past)\b[^.;]{0,14}\b(?:floor|stor(?:e)?ys?)\b[^.;]{0,24}\b(?:certain|sure)\b",
        r"(?:整|一整)(?:罐|瓶|盒|包|板)[^。；]{0,8}(?:一次|一口气|全)[^。；]{0,14}(?:结束|了结|解脱)",
        r"(?:万无一失|十拿九稳)[^。；]{0,14}(?:楼|层|米)",
        # a means and an end, in whatever words and order
        rf"{_MEANS}[^.;]{{0,70}}{_NO_RETURN}|{_NO_RETURN}[^.;]{{0,40}}{_MEANS}",
        rf"{_ZH_MEANS}[^。；]{{0,24}}{_ZH_END}|{_ZH_END}[^。；]{{0,14}}{_ZH_MEANS}",
    )
)
_PREVENTING = re.compile(
    r"\b(?:alarm|prevent\w*|risk of carbon monoxide|never burn|do not burn|don't burn|ventilat\w*|get help|call)\b|"
    r"报警|预防|不要在|切勿|通风|求助|拨打",
    re.IGNORECASE,
)


class NoMethodDetail:
    """Drops the sentences that tell how."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer without such sentences, for patients and clinicians alike."""
        return without(answer, _tells_how)


def _tells_how(sentence: str) -> bool:
    if _PREVENTING.search(sentence):
        return False
    return any(pattern.search(sentence) for pattern in _DETAIL) and not _OF_MANY.search(sentence)


plugin = NoMethodDetail
