"""How people are called in Chinese when nobody writes the full name: 老李, 王姐, 晶晶, 小玲, or a word such as 石头.

Also names that come from other languages (阿依古丽·买买提, 扎西顿珠, 皮埃尔), and names in Latin letters after a cue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from medqa.safety.deidentify.chinese_cues import END, HAN, KIN, LEFT, STRONG, any_of, clear_surnames
from medqa.safety.deidentify.wordlists import characters, words

_HEAD = rf"(?:^|[^{HAN}\w·])"
_NEAR = (
    rf"(?:{_HEAD}|{KIN}|{LEFT}|[外内骨儿妇眼牙]科|病房里?|[村屋厂院校班组群]里|我们|你们|咱们?|家里|听说?|[个人]叫|大夫|"
    r"之[子女夫妻父母])"
)
_SEX = (
    r"(?=[，,、：:\s（(]{1,2}[男女](?![儿孩人性生朋友士])|[，,、\s（(]{0,2}\d{1,3}(?:岁|床)|[（(][男女]|"
    r"[，,（(\s]{1,2}(?:住院|门诊|身份证|电话|手机))"
)
_CALLED = r"(?:[大小]名|[个人她他]叫|名叫|叫做|姓名|名字[叫是])[：:是为\s]{0,2}"
_OFFICE = (
    r"(?=(?:医生|医师|大夫|主任|教授|护士|护师|主管|药师|老师|同学|阿姨|叔叔|先生|女士|小姐|师傅|院长|爷爷|奶奶|"
    r"大爷|大妈|大叔|大姐|大哥|同志|小朋友|嫂子?|婶子?|[姐哥叔伯姨](?![姐哥叔伯妹弟]))(?!们))"
)
_TOLD = r"(?:联系到?|联系不上|通知|转告|委托|叫一下|喊一下|叫|喊|交给|发给|给到|麻烦|感谢|投诉|随访|关于)"
_OWNS = (
    r"(?=(?:家属|家长|妈妈|爸爸|[他她][爸妈]|家老人|家老[大二三]|家的?(?:孩子|媳妇|闺女|儿子)|"
    r"[术入出]院?[前后]第?|入院|出院|住院期间|主诉|值班|值的班|已?签字|打完|"
    r"的(?:活检|化验|病历|报告|片子|床位|核磁|CT|检查|药|血压|体温|病情|家属|妈|爸)))"
)
_FAMILIAR = (
    r"(?=(?:姐|哥|嫂子?|婶[儿子]?|叔|伯|姨|太|工|总|爷|公|家的)"
    r"(?:[^一-龥夫]|$|约|約|说|的|在|来|今|昨|这|那|您|你|家|给|让|也|又))"
)
_AFTER_PET = (
    r"(?=[，,。.！!？?、：:\s）)”\"]|$|[妈爸姐哥奶爷]|外婆|家长|同学|[这那]|的|又|昨|今|明天|他|她|啊|呀|发|咳|"
    r"不|从|在|说|上|吃|已|还|都|和|跟)"
)
_PEOPLES = "汉|蒙古|藏|维吾尔|回|满|哈萨克|彝|壮|苗|侗|瑶|白|傣|朝鲜|布依|土家|柯尔克孜|锡伯|羌|黎"
_NOT_CLINICAL = (
    r"(?![-斯]|·?(?:综合[征症]|病(?![了人历友情房区得倒床])|征(?![得求集用])|氏|骨折|反射|试验|评分|分[级期类]|菌|病毒|"
    r"定律|疗法|麦片|公式|手术|法))"
)
_SOUNDS = (
    "阿艾巴达迪蒂多尔法菲费夫古哈海汉赫胡霍吉加贾杰卡凯科克肯库拉莱兰勒雷里丽莉利琳卢鲁露路伦罗洛马玛迈曼梅蒙米莫木穆娜"
    "纳奈尼妮宁努诺帕佩皮平普齐奇乔切琼热仁日肉茹萨赛桑瑟沙莎舍史斯苏索塔泰坦特提图土托瓦威韦维温沃乌西希夏雅亚叶伊依尤约扎"
    "泽詹珠兹孜朱祖汗江朝其布合拜提"
)  # characters that write the sounds of other languages, of names as of medicines
_LAST_SOUNDS = "尔娜丽汗江提夫娃雅亚莎姆曼森逊恩拉琳妮奇塔兹孜嘎那楞玛措木"
_JAPANESE = "(?:山田|佐藤|铃木|高桥|田中|渡边|伊藤|中村|小林|加藤|吉田|山本|松本|井上|木村|斋藤|清水)"
_THINGS = frozenset(("小麦", "小米", "小包", "小石", "小田", "小池", "小汤", "老汤", "小单", "小白", "小花", "小康"))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    clear = any_of(clear_surnames())
    surname = any_of(words("zh_surnames"))
    pet = f"[{''.join(sorted(characters('zh_pet_characters')))}]"
    named = any_of(words("zh_words_as_names"))
    anyhow = any_of(words("zh_words_as_names") | words("zh_qualities_as_names"))
    parts, foreign = any_of(words("zh_transcribed")), any_of(words("zh_foreign"))
    return tuple(
        re.compile(pattern, re.MULTILINE)
        for pattern in (
            # a surname with an age word before it or kin after it
            rf"{_NEAR}(?P<v>[老小]{clear})(?=家|头|啊|呀|子的|{END})",
            rf"{_NEAR}(?P<v>[老小]?{clear}){_FAMILIAR}",
            rf"(?<![同本])姓(?P<v>{surname})(?=[，,。.；;、！!？?\s“”\"]|$|的|啊|吧)",
            rf"(?P<v>{surname})(?=[xX×*○]{{2}})",
            # what children and friends are called
            rf"{_NEAR}(?P<v>({pet})\2){_AFTER_PET}",
            rf"(?:{KIN}|给|带|抱|接|送|叫|小名|我家)(?P<v>({pet})\2)(?!{pet})",
            rf"(?:{KIN}|小名叫?|我家)(?P<v>[小大阿]{pet}|{pet}[儿子仔])(?=[，,。.！!？?\s]|$)",
            rf"{_NEAR}(?P<v>阿{pet})(?=[姐哥婆嫂叔姨妹弟公]|{END})",
            rf"{_NEAR}(?P<v>小{pet}{{1,2}})(?=啊|呀|{END})",
            # a word that is somebody's name
            rf"{_HEAD}(?P<v>{anyhow}){_SEX}",
            rf"{_CALLED}(?P<v>{anyhow}){END}",
            rf"(?:{_HEAD}|科|[请找约挂])(?P<v>{anyhow}){_OFFICE}",
            rf"{_TOLD}(?P<v>{anyhow})(?=[，,。.！!？?；;\s]|$|了没|来|去|到)",
            rf"(?:{_HEAD}|[说称讲])(?P<v>{anyhow}){_OWNS}",
            rf"(?:{KIN}|[记约来坐躺住找等接换]的是)(?P<v>{named})(?=前|有点|[牺沟心]|{END})",
            rf"(?:[科班组厂村]的|[已并再][与跟和])(?P<v>{anyhow})(?=[，,。.！!？?\s]|$|家属|本人|沟通|通)",
            rf"(?:{_HEAD}|{KIN})(?P<v>{anyhow})(?=[你您]好|家的)",
            rf"{_HEAD}(?P<v>{named})(?=产检|复查|复诊|化疗|透析|住院|术[前后]|今[早天晚]|昨[天晚夜])",
            # names of other languages
            rf"(?P<v>{parts}(?:·?{parts}){{1,3}}|{parts}·[{HAN}]{{1,8}})",
            rf"(?:{_HEAD}|{KIN}|{STRONG}|[个人她他我]叫|[是和跟给])(?P<v>(?:(?![我你他她叫是为和跟给])[{HAN}]){{1,6}}·{parts})",
            rf"(?:{KIN}|{STRONG}|{_TOLD}|[个人]叫){parts}?(?P<v>{parts}){END}",
            rf"(?:{KIN}|{STRONG}|{_TOLD}|外教|外籍|留学生|[个人]叫)(?P<v>{foreign}(?:·?{foreign})?){_NOT_CLINICAL}",
            rf"{_HEAD}(?P<v>{foreign}(?:·?{foreign})?){_NOT_CLINICAL}{_OFFICE}",
            rf"{_HEAD}(?!(?:这|那|各|几|每|两|一)|尊敬|亲爱|您好|你好|请问|尊|好)(?P<v>[{HAN}]{{2,5}})"
            r"(?=(?:先生|女士)[，,：:您])",
            rf"(?:{KIN}|{STRONG}|[个人]叫)(?P<v>[{_SOUNDS}]{{1,5}}[{_LAST_SOUNDS}])(?<!洛尔)(?!-){_NOT_CLINICAL}(?=产|生|{END})",
            rf"{_HEAD}(?P<v>{_JAPANESE}[{HAN}]{{1,3}})(?=的|先生|女士|同学|老师)",
            rf"(?:{_HEAD}|{KIN})(?![{HAN}]{{0,4}}[国人裔年])(?P<v>[{HAN}]{{2,6}})(?=[，,、\s（(]{{1,2}}(?:[男女][，,、\s]{{0,2}})?(?:{_PEOPLES})族)",
            rf"(?:{STRONG}|{KIN}|{_TOLD}|[个人]叫)[：:\s]?"
            r"(?P<v>[A-Z][a-z'’-]+(?:[ -][A-Z][a-z'’-]+){1,3})(?![A-Za-z])",
        )
    )


@cache
def _lists() -> tuple[re.Pattern[str], ...]:
    """Two or three called together: 段誉、乔峰二人."""
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"[、和与及](?P<v>[{HAN}]{{2,3}})(?=[两二三四五六七八九]人(?![次份体]))",
            rf"{_HEAD}(?P<v>[{HAN}]{{2,3}})(?=[、和与及][{HAN}]{{2,3}}(?:[、和与及][{HAN}]{{2,3}})?[两二三四五六七八九]人(?![次份体]))",
            rf"{_HEAD}[{HAN}]{{2,3}}、(?P<v>[{HAN}]{{2,3}})(?=[、和与及][{HAN}]{{2,3}}[两二三四五六七八九]人(?![次份体]))",
        )
    )


def familiar_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of what people are called; they may overlap."""
    for pattern in (*_patterns(), *_lists()):
        for match in pattern.finditer(text):
            if match["v"] not in _THINGS:
                yield match.span("v")
