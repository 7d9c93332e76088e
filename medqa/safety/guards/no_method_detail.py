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
_HOW_MUCH = (
    r"\b(?:\d+|ten|twelve|fifteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|a (?:dozen|hundred|boxful|"
    r"bottleful)|the whole "
    r"(?:box|bottle|packet|strip|lot)|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth|twentieth|"
    r"top) ?(?:of (?:them|those|these)|"
    r"tablets?|pills?|capsules?|mg|milligrams?|grams?|packets?|boxes|stor(?:e)?ys?|floors?|met(?:re|er)s?|"
    r"feet|floor)?\b"
)
_NO_RETURN = (
    r"(?:\b(?:nobody|no one|you|they|never|not|n't|won't|don't)\b[^.;]{0,12}\b(?:wakes? up|wake|surviv\w+|come back|"
    r"live through)|\bno (?:coming|way) back|\bdoes the job\b|\bfinish(?:es)? (?:you|it)|"
    r"\bdo it for you\b|\bend it all\b|"
    r"\bsee you off\b|\bgone for good\b|\blast thing you)"
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
        # an amount or a height, and nobody who lives, in whatever words
        rf"{_HOW_MUCH}[^.;]{{0,50}}{_NO_RETURN}",
        r"(?:\d+|[一二两三四五六七八九十百几]+)(?:多)?(?:片|粒|颗|毫克|克|盒|瓶|层|楼|米)[^。；]{0,16}"
        r"(?:醒不过来|醒不来|活不了|活不成|没命|救不(?:回来|活|过来)|必死|断气|没救|走得|一了百了|了结|回不来|"
        r"不会再醒)",
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
    return any(pattern.search(sentence) for pattern in _DETAIL) and not _PREVENTING.search(sentence)


plugin = NoMethodDetail
