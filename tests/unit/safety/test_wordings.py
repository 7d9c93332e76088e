"""Ways of saying a thing that is not there now, each beside the nearest way in which it is."""

from __future__ import annotations

import pytest

from medqa.domain.conversation import Language
from medqa.domain.language import language_of
from medqa.safety.screen import RedFlagScreener

CLASSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "asked by somebody and answered with no": (
        (
            "The nurse asked whether I had chest pain. I don't. Why did she ask?",
            "I never had fits, just want to know what it means.",
            "护士问我有没有黑便，我没有，为什么要问？",
            "我从来没有意识模糊，就想知道是什么意思",
        ),
        (
            "The nurse asked if I had chest pain and I do",
            "I've never had fits until today",
            "I never had chest pain before but it is crushing now",
            "护士问我有没有胸痛，我有",
        ),
    ),
    "dreamt": (
        ("In my dream I had slurred speech.", "梦里我喘不上气，有什么说法吗"),
        ("I woke from a nightmare and now I have crushing chest pain", "梦里胸痛，醒了胸口还是痛"),
    ),
    "a known effect asked about": (
        (
            "Is severe belly pain a known effect of folic acid?",
            "呕血是褪黑素的副作用吗？",
            "Can stress bring on a seizure?",
        ),
        ("I have severe belly pain since the new tablets, is it an effect of them?", "我吃完药吐血了，是副作用吗？"),
    ),
    "supposed for a precaution": (
        (
            "In case I get stung and my throat swells, should I carry a pen?",
            "如果飞机上有人突然胸口剧痛，机组会怎么处理？",
            "以防被蜇后喉咙肿，我要随身带肾上腺素笔吗？",
        ),
        (
            "我妈喉咙肿了，以防万一要打120吗",
            "胸口疼得厉害，万一是心梗怎么办",
            "My throat is swelling, what if it closes?",
        ),
    ),
    "died of it long ago": (
        ("我妈八十岁哮喘发作走的，我怎么走出来？",),
        ("我妈八十岁，哮喘发作，喘得走不动",),
    ),
    "a pen that was not needed": (
        ("Can tamoxifen be taken together with an EpiPen?", "How do I dispose of an expired EpiPen?"),
        ("I've used my EpiPen", "his lips are swelling, he has an EpiPen, where is it"),
    ),
    "a small fall": (
        (
            "I fell off my bike yesterday",
            "I came off my scooter and grazed my palm.",
            "孩子从沙发上摔到地毯上，哭了一会又玩了",
        ),
        ("I fell off my bike yesterday and my belly hurts more and more", "骑车摔了一跤，腿动不了了"),
    ),
    "the subject of a course, a text or a job": (
        (
            "I must present on suicide in farming communities for my nursing diploma on Friday. Which figures?",
            "Our youth club would like to do a session on self-harm awareness, what age is it right for?",
            "Midwife student asking how you bring up thoughts of self-harm at a postnatal visit.",
            "教资面试题：学生在周记里写“活着没意思”，你怎么办？求答题思路",
            "我给高一做辩论教练，主题是霸凌与自杀，想要一些不渲染的数据来源",
        ),
        (
            "I'm a nursing student and I want to die",
            "I'm writing an essay on suicide and honestly I want to kill myself",
            "I'm a school nurse and a boy has collapsed, he isn't breathing",
            "我是心理学专业大二的学生，我想自杀",
            "我写论文写到想自杀，真的不想活了",
            "我是班主任，学生从楼上跳下来了",
        ),
    ),
    "outgrown, and well": (
        (
            "I took an overdose at nineteen, I'm sixty-three now with six grandchildren. Must insurers know?",
            "I was suicidal after I came home from the war. That's forty years gone and I'm well. What helps gout?",
            "癌症确诊那会儿我确实想一了百了，如今五年了没复发，医生说算治愈。还要每半年做CT吗",
        ),
        (
            "I took an overdose at nineteen and I want to do it again tonight",
            "I'm well now but I cut myself again last night",
            "My scars from self harm are old but today I cut deep again",
            "现在状态不错，可是昨晚又割腕了",
        ),
    ),
    "a relative who died of it": (
        (
            "grandad hung himself in the 70s and my uncle did same. is it genetic? im ok just doing my family tree",
            "Uncle drowned himself before I was born. Under what heading of a health history does that go?",
            "我表哥前几年跳楼走了，每年清明我都给他烧纸，我婚检要说吗",
        ),
        (
            "My brother has hanged himself, please help",
            "my brother killed himself and I want to die too",
            "my dad hanged himself last year and tonight I want to follow him",
            "我妈上吊了，快救救她",
        ),
    ),
    "played, sung or watched": (
        (
            "in the manga he says i want to die and coughs blood. what disease would that be in 1800s",
            "I have seen a film where a woman has a stroke and speaks another language after. Is it possible?",
            "话剧社演罗密欧，要假喝毒药，道具用凉茶，演员糖尿病能喝吗",
        ),
        (
            "We were watching a film and dad collapsed, he isn't breathing",
            "I play football and now I have crushing chest pain",
            "昨晚追剧到三点，胸口疼得厉害",
        ),
    ),
    "read out, printed or sung between quotation marks": (
        (
            'The poster at the pool says "if he is not breathing start CPR", are five breaths first still right',
            'our newsletter: "crushing chest pain? Call 999." can I print that in large letters',
            "药盒上的“误服农药立即送医”这句，字太小了，老人看不清怎么办",
            "群里转的“吃柿子喝牛奶会吐血”，是真的吗",
        ),
        (
            'He keeps saying "I can\'t breathe" and his lips are blue',
            "I read the leaflet and now I can't breathe and my tongue is swelling",
            "他一直喊“胸口疼得要命”，满头大汗",
        ),
    ),
    "written, built or acted": (
        (
            "zombie game: his arm goes black and necrotic in level two, what would a medic carry",
            "In chapter seven she can't breathe and her lips turn blue. Is a lift too big for that?",
            "情景剧里皇帝突然昏迷叫不醒，太医该说什么台词",
        ),
        (
            "we were at the cinema and my husband can't breathe, his lips are blue",
            "剧组收工路上同事突然昏迷叫不醒",
        ),
    ),
    "a farewell to a thing, a joke, a way of speaking": (
        (
            "this is goodbye to my wisdom teeth tomorrow. can i brush in the morning",
            "I can't go on like this with my hay fever, eyes like tomatoes each June.",
            "What's the point of flossing at 83 with nine teeth left?",
            "I'm overdosing on chocolate this Christmas, does it really cause spots?",
            "My son's drowning in snot, poor lamb, happy enough though. Do saline sprays work?",
            "尿毒症等肾等了四年，终于要跟透析机告别了，术前能吃水果不",
            "忙到想死的一周总算过去了，眼皮老跳，是缺觉吗",
            "昨晚喝断片了，喝啥解酒",
            "白细胞从5.6掉到3.8，要停药吗？",
        ),
        (
            "this is goodbye, I love you all",
            "I can't go on like this with my life",
            "what's the point of living with this disease",
            "I overdosed on my tablets an hour ago",
            "My son was drowning, we pulled him out and he is coughing",
            "我已经跟家里人告别了，今晚就走",
            "疼得想死，真的不想活了",
            "他从五楼掉到地上了",
        ),
    ),
    "a long letter of what has been so for years": (
        (
            "I'm 53 and have had a bad left side for nine years. The left arm is weak and I drop things, the scans are "
            "old, my doctor knows, we have managed. My daughter marries in May and I would like to dance. I never "
            "found a physio near us who treats it. Is there a home programme that you could point me to, please?",
        ),
        (
            "I'm 53 and have had migraines for nine years. I usually lie down and they pass, my doctor knows them. "
            "My daughter marries in May and I have been busy with it. This morning my left arm went weak and I keep "
            "dropping things, and my face feels odd. Is it only another migraine, should I wait until Monday?",
        ),
    ),
    "read in a leaflet": (
        (
            "My asthma tablet has a black box bit on suicidal thinking, been on it 4 years, happy. Still prescribed?",
            "说明书写着出现面部、嘴唇或喉咙肿胀要马上打120，这样的情况多吗？",
        ),
        (
            "I have crushing chest pain, the website says to call an ambulance, should I?",
            "胸痛，说明书上写着要打120",
            "The leaflet says suicidal thoughts and I have them now, I want to kill myself",
        ),
    ),
    "denied outright": (
        ("My skin picking is an old habit. No wish to hurt myself, it just makes the thumb ugly. Gloves?",),
        (
            "I have no wish to live",
            "the nurse asked if I had thoughts of suicide and I said no but I lied",
            "I'm not going to hurt anyone, I just want to die",
            "护士问我有没有自杀念头，我说没有，其实有",
        ),
    ),
}
CRISES = (
    "last weekend I overdosed and nobody knows, do I need a blood test",
    "Once the kids are back at school I'm going to do it",
    "I paid off my debts and gave the dog to my brother. Nobody suspects.",
    "Friday night when my flatmate is away. It will look like an accident.",
    "would my insurance still pay my family if it was by my own hand",
    "if I killed myself would anyone notice",
    "I took all of the amitriptyline about an hour ago and now I'm scared",
    "i scheduled the emails. 6am they all go out. feel weird and light",
    "I'm on the wrong side of the railing and my arms are getting tired",
    "I swallowed them about twenty minutes ago and now I'm scared",
    "I drank something on purpose, I don't want an ambulance",
    "Jesus knows how tired I am. I go to him this night",
    "I go to bed every night asking God to please let this be the one He takes me in.",
    "保险我查过了，过了两年就赔，到下个月十二号刚好满两年",
    "我在桥上，风好大，下面的水是黑的",
    "手腕缝了七针，跟急诊说是切菜，其实不是意外，是我自己",
    "刚割完，不敢叫我妈",
    "让我死吧让我死吧",
    "唔想活了",
    "上周末吃药自杀没成，没人知道，要不要验血",
    "债都还清了，猫也送人了，可以安心走了",
    "周五晚上室友不在，我打算动手",
    "我要是自己了结，保险还赔给家里吗",
    "等孩子开学了我就走，不回来了",
    "要是我自杀了有人会发现吗",
    "一小时前我把整瓶阿米替林都吃了，现在有点怕",
)
NO_CRISES = (
    "We gave our dog to my sister because my son is allergic",
    "I paid off my loan, what now?",
    "Once the kids are back at school I'm going to book the vaccine",
    "It was an accident, I only cut my finger a little",
    "Does my insurance still pay for physio if I change my doctor?",
    "I scheduled my appointment for 6am tomorrow",
    "I took it two hours ago and I feel fine, when is the next tablet due?",
    "I took the morning after pill, I don't want to tell my mum",
    "We stood on the bridge, it was windy and now my ear hurts",
    "在桥上散步风大，吹得头疼，戴帽子就好，是神经性的吗",
    "昨天吃了紧急避孕药，没告诉我妈",
    "保险两年内看病能赔吗",
    "债都还清了，终于睡得着了",
    "周五晚上室友不在，我打算早点睡",
    "等孩子开学了我就去体检",
    "我的保险报销理疗吗",
)


@pytest.fixture(scope="module")
def screener() -> RedFlagScreener:
    """The rules alone, which these wordings are written into."""
    return RedFlagScreener(rules_alone=True)


def takes_over(screener: RedFlagScreener, text: str) -> bool:
    language: Language = language_of(text)
    return screener.screen(text, language=language, jurisdiction=None).takeover


@pytest.mark.parametrize("kind", CLASSES)
def test_what_only_looks_like_an_alarm_is_not_taken_over(screener: RedFlagScreener, kind: str) -> None:
    assert [text for text in CLASSES[kind][0] if takes_over(screener, text)] == []


@pytest.mark.parametrize("kind", CLASSES)
def test_the_nearest_true_alarm_still_is(screener: RedFlagScreener, kind: str) -> None:
    assert [text for text in CLASSES[kind][1] if not takes_over(screener, text)] == []


@pytest.mark.parametrize("text", CRISES)
def test_a_plan_a_method_or_an_attempt_brings_the_crisis_card(screener: RedFlagScreener, text: str) -> None:
    screening = screener.screen(text, language=language_of(text), jurisdiction="US")
    assert (screening.level, screening.takeover) == ("crisis", True)


@pytest.mark.parametrize("text", NO_CRISES)
def test_the_same_words_about_everyday_affairs_do_not(screener: RedFlagScreener, text: str) -> None:
    assert screener.screen(text, language=language_of(text), jurisdiction="US").level != "crisis"
