"""Chinese text: which surname with one or two characters after it names a person.

Chinese marks names by nothing but their place, so a surname alone is not enough. A cue before it (患者, 我叫, 我女儿),
a title or a verb after it (医生, 女士, 说), or a list's punctuation around it decides; common words that begin like a
surname (高血压, 白蛋白, 帕金森) are left out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from medqa.safety.deidentify.wordlists import characters, words

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_STRONG = (
    r"(?:患者姓名|病人姓名|患儿姓名|家属姓名|家长姓名|真实姓名|姓名|联系人|紧急联系人|监护人|签名|签字|签名人|"
    r"(?<!病)(?<!的)[一-龥]{2}人(?=[：:是为\s]?(?:[一-龥]{2,3})[，,；;：:。\s（(]|为)|主治医师|主治医生|"
    r"经治医师|主管医师|主刀医生|主刀|"
    r"接诊医生|接诊医师|管床医生|首诊医生|申请医师|报告医师|审核医师|检查医师|记录人|记录者|责任护士|代理人|受托人|"
    r"申请人|投保人|被保险人|经办人|持卡人|"
    r"甲方|乙方|丙方|申诉人|承诺人|陈述人|代诉人|供史者|知情人|举报人|报警人|证明人|介绍人|推荐人|负责人|"
    r"法定代表人|委托人|担保人|陪同人|护送人|抢救人|我叫|我名叫|我的名字叫?|名字是|名字叫|名叫|叫做|"
    r"叫作|本名|原名|曾用名|艺名|昵称|化名|名字|收件人|寄件人|开户人|户主|户名|账户名|本人|敬礼|敬上|落款|抄送|"
    r"转告|转交|"
    r"我是|这是|她叫|他叫|孩子叫|宝宝叫|女儿叫|儿子叫|老公叫|老婆叫|妈妈叫|爸爸叫|大名|小名|称呼我|叫我)"
)
_KIN = (
    r"(?:患者|病人|患儿|病患|病号|伤者|死者|产妇|孕妇|家属|家长|老公|老婆|丈夫|妻子|爱人|对象|男友|女友|男朋友|"
    r"女朋友|父亲|母亲|儿子|女儿|爸爸|妈妈|老爸|老妈|"
    r"爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|哥哥|姐姐|弟弟|妹妹|大哥|大姐|表哥|表姐|表弟|表妹|堂哥|"
    r"堂姐|堂弟|堂妹|舅舅|舅妈|叔叔|婶婶|姑姑|姑父|"
    r"姨妈|阿姨|伯父|伯母|侄子|侄女|外甥|外甥女|孙子|孙女|外孙|外孙女|朋友|闺蜜|同学|室友|同事|邻居|陪护|护工|保姆|"
    r"房东|老板|医生|医师|大夫|主任|教授|护士|老师|工友|校友|球友|牌友|门卫|[一-龥]{2}员|就诊者|"
    r"[我你他她咱俺](?:妈|爸|爹|娘|哥|姐|弟|妹|爷|奶|叔|姑|舅|姨|婆|公|娃|闺女|媳妇|嫂子?|老婆子|老头子?)|婆家|"
    r"司机|乘客|店员|收银员|快递员|警察|民警|学员|患友|网友|病友|博主|作者|记者|经理|校长|教练|律师|法官|车主|业主|"
    r"住户|村民|农民|工人|职工|董事长|"
    r"院长|局长|队长|班长|组长|站长|书记|辅导员|保安|厨师|师傅|师父|徒弟|老乡|房客|租客|旅客|游客|志愿者|社工|月嫂|"
    r"育儿嫂|驾驶员|当事人|被告|原告|受害人|嫌疑人|"
    r"宝宝|孩子|娃|小孩|双胞胎|亲戚|客户|会员|学生|员工|市民|居民|男子|女子|老人|战友|队友)"
)
_LEFT = (
    r"(?:交给|发给|递给|还给|[写记印登]成|途中|[\d一二三四五六七八九十]床|[我你他她](?:先生|太太|夫人|岳父|岳母)|班主任|轮到|来了|我家|发现|约的|隔壁的|"
    r"[群信]里|电话[，,]?说|[上本下]周[一二三四五六日]?|周[一二三四五六日]|昨夜|今早|今晨|上月|登记成了?|印着|没想到|亲爱的|"
    r"[这那]位|[一二]助|[村厂班组]的|"
    r"帮我查|联系不上|提醒|据|贴着|查|等|听|因|仅供|供|和|跟|与|给|让|请|找|由|被|替|陪|问|对|把|及|向|同|"
    r"帮|听|昨天|今天|前天|"
    r"昨晚|昨日|告诉|联系|"
    r"通知|感谢|谢谢|转诊给|随访|代|经|是|叫|在|带|带着|送|接|约|"
    r"约了|挂了?|看了?|见|认识)"
)
_END = (
    r"(?=[^"
    + _HAN
    + r"\w]|$|\d|[A-Za-z]|男|女|性别|年龄|今年|现年|今天|昨天|昨晚|今晨|今早|前天|明天|上周|本周|下周|上个|"
    r"去年|近|电话|手机|身份证|住院|住址|家住|住在|出生|生于|因|"
    r"于(?:\d|今|昨|[一二三四五六七八九十]|本|当)|的|和|与|跟|及|在|来|去|说|问|想|要|医生|医师|主任|大夫|教授|"
    r"护士|先生|女士|小姐|太太|同学|老师|阿姨|叔叔|已|也|都|就|又|还|会|能|"
    r"可以|"
    r"是|为|被|把|给|从|到|对|向|突然|突发|经常|一直|最近|感觉|觉得|怀孕|生病|得了|患|有|无|没|不|吃|服|做|过敏|"
    r"发烧|发热|咳|头|胸|腹|出现|诉|主诉|确诊|诊断|入院|出院|复查|复诊|"
    r"乳|胃|肝|肺|肾|肠|眼|耳|鼻|喉|颈|腰|腿|脚|手|血|尿|脑|皮|骨|关节|甲状腺|糖尿|高血|癌|瘤|长期|平时|每天|每晚|"
    r"每次|经过|按|用|喝|睡|走|跑|摔|骨折|肿|疼|痛|痒|喘|晕|吐|泻|便|"
    r"死|去世|同意|拒绝|确诊|一起|刚|得|查|行|术后|术前|酒后|正在|准备|需|应|身高|体重|参考|代签|年幼|年老|年轻|养|"
    r"养了|建议|提供|签|负责|接诊|介绍|反映|陪|带|送|打|叫|告诉|认为|表示|"
    r"您好|你好|谢谢|收|敬上|上|取|推荐|要求|跟着|跟车|家属|转|换|拿|开|量|测|住|坐|躺|扭|烫|划|"
    r"昏|醒|退烧|请假|帮|调走|倒在|写|抽血)"
)
_TITLE = (
    r"(?=(?:先生|女士|小姐|太太|夫人|医生|医师|主任|大夫|护士长?|老师|教授|院长|阿姨|叔叔|伯伯|爷爷|奶奶|大爷|大妈|"
    r"大叔|大姐|大哥|同志|药师|师傅|总(?![" + _HAN + r"])|"
    r"博士|院士|校长|经理|局长|处长|科长|书记|律师|法官|警官|同学|女儿|儿子|家属|某某|某(?!些|种|个|一))(?!们))"
)
_OFTEN = "[高何曾方白石万严金黄田林江毛汤文康温包宁季贺夏余叶易钟龙熊牛马童顾向付华]"  # words too, but more often names
_GENDER = r"(?=[，,、\s]{0,2}(?:男|女)(?![儿孩人性生朋友士])|[，,、\s]{0,2}\d{1,3}岁|[（(](?:男|女))"


@cache
def _given() -> str:
    """A character of a given name: one of the list, or one so rare that ordinary text about health has it nowhere."""
    listed = "".join(sorted(characters("zh_given") - set("一二三四五六七八九十大小老")))
    ordinary = "".join(sorted(characters("zh_pairs") | words("zh_unclear") | set(":")))
    return f"(?:[{listed}]|(?![{ordinary}])[{_HAN}])"


@cache
def _rare() -> str:
    """A character that ordinary text about health has nowhere."""
    ordinary = "".join(sorted(characters("zh_pairs") | words("zh_unclear") | set(":")))
    return f"(?:(?![{ordinary}])[{_HAN}])"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    known = words("zh_surnames")
    clear = known - words("zh_unclear")
    given = _given()
    any_surname, plain = _choice(known), _choice(clear)
    free = rf"(?:·?[{_HAN}]){{1,2}}"
    return (
        # after a word that announces a name: any characters may follow
        re.compile(rf"{_STRONG}\s*(?:[：:]|是|为|叫|:)?\s*(?P<v>(?:{any_surname}){free}?){_END}"),
        re.compile(rf"{_STRONG}\s*(?:[：:]|是|为|叫)?\s*(?P<v>(?:{any_surname})[{_HAN}]{{2}}){_END}"),
        re.compile(rf"{_STRONG}\s*[：:]?\s*(?P<v>[{_HAN}]{{1,6}}(?:·[{_HAN}]{{1,8}}){{1,3}})"),
        re.compile(rf"(?:姓名|联系人|签名|签字|收件人|户主|持卡人)\s*[：:]\s*(?P<v>[{_HAN}]{{2,4}}){_END}"),
        # after kinship or another person word, after a word that takes a person
        re.compile(rf"{_KIN}\s*[：:（(]?\s*(?P<v>(?:{any_surname}){given}{{1,2}}?){_END}"),
        re.compile(rf"{_KIN}\s*[：:（(]?\s*(?P<v>(?:{plain})[{_HAN}]{{1,2}}?){_END}"),
        re.compile(rf"{_LEFT}(?P<v>(?:{plain}|{_OFTEN}){given}{{1,2}}?){_END}"),
        re.compile(rf"(?:{_KIN}|{_LEFT})(?P<v>(?:{plain}){given}{{2}})"),
        re.compile(rf"{_KIN}(?P<v>(?:{plain}|{_OFTEN}){given}{{2}})"),
        re.compile(rf"(?:^|[^{_HAN}])(?P<v>(?:{plain}|{_OFTEN}){given}{{2}}|(?:{plain}){given})(?=的)"),
        re.compile(
            rf"(?:^|[^{_HAN}])(?P<v>(?:{any_surname})[{_HAN}]{{1,2}})(?=(?:签?收|亲启|敬上|谨上|留|"
            rf"转交)(?:[^{_HAN}]|$))"
        ),
        re.compile(rf"的(?P<v>(?:{plain}){given}{{1,2}}?){_END}"),
        re.compile(rf"[{_HAN}]{{1,6}}\s?[：:]\s*(?P<v>(?:{any_surname}){given}{{1,2}})(?=[^{_HAN}]|$)"),
        re.compile(
            rf"(?:^|[^{_HAN}\w·])(?P<v>(?:{plain}|{_OFTEN}){given}{{1,2}})(?=[和与跟]{any_surname}|"
            rf"[，,、\s]\s*[+\d]|[住在])"
        ),
        re.compile(rf"[和与跟、](?P<v>(?:{plain}|{_OFTEN}){given}{{1,2}}?)(?=[都也]|一起|两人|[，,。；;、\s]|$)"),
        # before a title, an age or a sex
        re.compile(rf"(?<![{_HAN}])(?P<v>(?:{any_surname})[{_HAN}]{{1,2}}){_TITLE}"),
        re.compile(rf"(?P<v>(?:{plain}|{_OFTEN}){given}{{1,2}}){_TITLE}"),
        re.compile(rf"[科院室](?P<v>(?:{any_surname})[{_HAN}]{{1,2}}){_TITLE}"),
        re.compile(rf"(?:^|[^{_HAN}]|{_LEFT})(?P<v>[小老阿]?(?:{any_surname})){_TITLE}"),
        re.compile(rf"(?<!主)(?P<v>{plain}){_TITLE}"),
        re.compile(rf"(?:^|[^{_HAN}])(?P<v>(?:{any_surname})[{_HAN}]{{1,2}}){_GENDER}"),
        # alone between marks, or at the head of a clause
        re.compile(rf"(?:^|[^{_HAN}\w·])(?P<v>(?:{plain}|{_OFTEN}){given}{{2}}){_END}"),
        re.compile(
            rf"(?:^|[，,。；;、：:\n（(“\"\s])(?P<v>(?:{plain}){given})(?=[，,。；;、\n）)”\"\s]|$|说|问|的(?:妈|"
            rf"爸|女|儿|丈|妻|病历|报告|电话|"
            rf"检查|结果))"
        ),
        re.compile(rf"(?P<v>(?:{any_surname})某(?:某|[{_HAN}](?=[，,。；;、\s男女的]))?)(?![些种个一人])"),
    )


@cache
def _rarer_patterns() -> tuple[re.Pattern[str], ...]:
    """By a number that is somebody's, by hearsay, by a character that only names have."""
    given, rare = _given(), _rare()
    any_surname = _choice(words("zh_surnames"))
    return (
        # after a number that is somebody's, after hearsay
        re.compile(rf"\d[xX]?的(?P<v>(?:{any_surname})[{_HAN}]{{2}}){_END}"),
        re.compile(
            rf"(?:听说|据说|得知|获悉|梦见|想起|认得|找到了?|碰到|遇到)(?P<v>(?:{any_surname}){given}{{1,2}}?){_END}"
        ),
        # a character so rare that ordinary words have it nowhere
        re.compile(rf"(?:^|[^{_HAN}]|{_KIN}|{_LEFT})(?P<v>(?:{any_surname})(?:[{_HAN}]{rare}|{rare}[{_HAN}]?)){_END}"),
    )


def chinese_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of Chinese names; they may overlap. A full name once found is found wherever it recurs."""
    found: list[tuple[int, int]] = []
    for pattern in (*_patterns(), *_rarer_patterns()):
        for match in pattern.finditer(text):
            start, end = match.span("v")
            if _is_word(text, start, end):
                continue
            found.append((start, end))
    found += [*_unannounced(text), *_after_a_cue(text)]
    yield from found
    for name in {text[start:end] for start, end in found if end - start > 2}:
        at = text.find(name)
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))


@cache
def _pairs() -> frozenset[str]:
    """Neighbouring characters that ordinary text about health holds."""
    return frozenset(entry[0] + after for entry in words("zh_pairs") for after in entry[2:])


@cache
def _free() -> re.Pattern[str]:
    surnames = _choice((words("zh_surnames") - words("zh_unclear")) | set(_OFTEN[1:-1]))
    given = _given()
    return re.compile(rf"(?=(?P<v>(?:{surnames}){given}{{1,2}}))")


def _unannounced(text: str) -> Iterator[tuple[int, int]]:
    """Full names in running text: a surname and given characters that ordinary words do not put side by side."""
    pairs = _pairs()
    last = 0
    for match in _free().finditer(text):
        start, end = match.span("v")
        if start < last or end - start < 3 or _is_word(text, start, end):
            continue
        if text[max(0, start - 1) : start + 1] in words("zh_not_names"):
            continue
        around = [text[at : at + 2] for at in range(max(0, start - 1), end - 1)]
        if not pairs.intersection(around):
            last = end
            yield start, end


@cache
def _cued() -> re.Pattern[str]:
    surnames = _choice((words("zh_surnames") - words("zh_unclear")) | set(_OFTEN[1:-1]) | {"于"})
    given = _given()
    return re.compile(rf"(?:^|[^{_HAN}]|{_KIN}|{_LEFT}|收到|为什么|为何)(?P<v>(?:{surnames}){given})", re.MULTILINE)


def _after_a_cue(text: str) -> Iterator[tuple[int, int]]:
    """Names of two characters after a person word or at the head of a clause, where they are part of no word."""
    pairs = _pairs()
    for match in _cued().finditer(text):
        start, end = match.span("v")
        beside = {text[start : start + 2], text[end - 1 : end + 1]}
        if not pairs & beside and not _is_word(text, start, end):
            yield start, end


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether what stands here begins an ordinary or a clinical word rather than a name."""
    if text[start] in _JOINING and not _STRONG_BEFORE.search(text, max(0, start - 8), start):
        return True
    ahead = text[start : start + 4]
    return any(ahead[:size] in words("zh_not_names") for size in (4, 3, 2)) or _ends_in_word(text, start, end)


_JOINING = "和但都来粘"  # surnames of few, and words of everybody
_STRONG_BEFORE = re.compile(rf"{_STRONG}[：:]?\s*$")
_TAILS = re.compile(
    r"(?:患者|病人|医生|医院|先生|女士|什么|怎么|多少|可以|不能|检查|治疗|手术|药|病|症|炎|癌|痛|区|市|县|省|路|街|"
    r"镇|村)$"
)


def _ends_in_word(text: str, start: int, end: int) -> bool:
    return _TAILS.search(text, start, end) is not None


def _choice(surnames: frozenset[str]) -> str:
    """A pattern for any of them, the longer ones first."""
    longer = sorted((name for name in surnames if len(name) > 1), key=lambda name: (-len(name), name))
    return "(?:" + "|".join([*longer, "[" + "".join(sorted(surnames - set(longer))) + "]"]) + ")"
