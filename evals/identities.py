"""Invented people, so that masking can be measured without anybody's data. Everything is drawn from a seed.

Names, streets and numbers are written here and not taken from the product's own lists, so that a name may well be one
that those lists do not hold. Numbers with check digits are given right ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_GIVEN = """Anneliese Tamsin Jorund Ikechi Marisela Piotrek Wilhelmina Ottoline Rashida Bhavin Xiulan Kazuo Nkiru Oluwafemi
Siobhan Dermot Rhodri Lucinda Thaddeus Marcus Priyanka Harpreet Soo-jin Minh Thuy Desmond Clarissa Earl Imogen Barnaby
Yolanda Ignacio Guadalupe Fernanda Joao Beatriz Giulio Fiorella Aurelien Solene Mathilde Jurgen Anke Torsten Ludmila
Svetlana Bogdan Milos Zsofia Istvan Eleni Kostas Yasemin Emre Farid Leila Nasrin Parviz Shlomo Rivka Tariq Amina Chipo
Tendai Kwame Abena Sipho Nomsa Haruto Akiko Wei Xiaolong Hye-jin Rahul Sunita Dinesh Lakshmi Brendan Colleen Tyrell
Shaniqua Maeve Fergus Ailsa Callum Gethin Petra Ondrej Agnieszka Szymon Elspeth Quentin Rosalind Hector Ivy Dawn""".split()
_SURNAMES = """Abernethy Okonjo Bartholomew Castellano Dziedzic Eastwood Fairweather Gunawardena Hawthorne Ivanauskas Jablonski
Kowalczuk Lindqvist Mbeki Nakashima O'Donoghue Papadakis Quigley Rasmussen Szczepanski Thistlewood Underhill Vasquez
Wojtowicz Xenakis Yamanaka Zielinska Achterberg Birtwhistle Cholmondeley Dragomir Eriksdottir Featherstone Gallagher
Huang Inoue Janssens Kaur Laurent McGillicuddy Nwosu Oyelaran Petrosyan Ramaswamy Sandoval Tran Ulrichsen Venkataraman
Whitcombe Yeung Zhao Adeyemi Brightwell Cattermole Delacruz Ekwueme Fitzwilliam Goldfarb Hernandez Islam Jephcott Khan
Lockhart Marchetti Novotny Ormerod Pemberton Rosenthal Strickland Tottenham Vandermeer Winterbourne Smith Jones Patel
Garcia Brown Taylor Wilson Nguyen Kim Murphy Cohen Singh Silva Rossi Muller Popescu Horvath Demir Haddad""".split()
_STREETS = """Maple Elmwood Victoria Harbour King's Juniper Wexford Larkspur Mill Station Orchard Chapel Queensway Old-Mill
Sycamore Prospect Ridgemont Bellevue Fairview Cranbrook""".split()
_STREET_TYPES = "Street Road Avenue Lane Drive Close Court Terrace Crescent Way Blvd St Rd Ave".split()
_US = [
    ("Springfield", "IL", "62704"),
    ("Tacoma", "WA", "98402"),
    ("Baton Rouge", "LA", "70802"),
    ("Fort Wayne", "IN", "46802"),
]
_UK = [("Leeds", "LS1 4AP"), ("Hove", "BN3 2DJ"), ("Kettering", "NN16 8XF"), ("Stoke Newington", "N16 7HU")]
_HOSPITALS = """St Aidan's Hospital|Riverside Medical Center|Northgate Health Centre|Mercy General Hospital|Queen Maud Infirmary|
Lakeview Clinic|Ashdown Surgery|Holy Cross Hospital|Kingsmead Dental Practice|Brightwater Pharmacy|Larkfield Primary School|
Harland & Sons Ltd|Meridian Logistics Inc.|University of Westmere""".replace("\n", "").split("|")
_MONTHS = "January February March April May June July August September October November December".split()
_ZH_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾韦夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_ZH_COMPOUND = ["欧阳", "司马", "上官", "诸葛", "皇甫", "令狐", "慕容", "东方"]
_ZH_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子梓轩涵雨欣诗琪浩宇博思睿俊豪嘉怡晨曦若彤语嫣逸凡铭泽景行知夏予安书瑶沐辰亦菲可馨奕舒桐锦程颂祺晏禾苒苡翊澍珩昀祎"
_ZH_RARE = "囡鼐龑嬴倞昉鸷赟骉彧旻亶矜镠嘏羿崧渟潾嫄妘垕弢旳"
_ZH_CITIES = [
    ("浙江省", "杭州市", "西湖区"),
    ("广东省", "深圳市", "南山区"),
    ("四川省", "成都市", "武侯区"),
    ("", "上海市", "徐汇区"),
    ("", "北京市", "海淀区"),
    ("江苏省", "苏州市", "昆山市"),
    ("河南省", "驻马店市", "泌阳县"),
    ("云南省", "大理白族自治州", "宾川县"),
]
_ZH_ROADS = "文三路 建设大道 中山北路 解放街 人民南路 长宁路 学院路 滨河东路 青年街 虹桥路 柳荫巷 榆树胡同".split()
_ZH_ESTATES = "翠苑小区 阳光花园 金色家园 丽景苑 万科城 世纪新村 锦绣江南 龙湖公寓".split()
_ZH_HOSPITALS = "市第一人民医院|协和医院|省中医院|南华大学附属第二医院|瑞安市妇幼保健院|青山镇卫生院|华康诊所|新蕾幼儿园|育才中学|恒通科技有限公司|江南大学".split(
    "|"
)
_ZH_PREFIX = "杭州 武汉 长沙 合肥 西安 青岛 贵阳 厦门".split()
_PROVINCES = "京沪浙粤川苏鲁豫湘鄂"


@dataclass(frozen=True, slots=True)
class Planted:
    """Personal data at ``text[start:end]`` of a made sample. ``type`` is the product's word for it."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame with its slots filled. ``frame`` numbers the frame within its part."""

    text: str
    planted: tuple[Planted, ...]
    frame: int


class Person:
    """Draws what one invented person is called, where they live, and their numbers. ``language`` is ``en`` or ``zh``."""

    def __init__(self, dice: random.Random, language: str) -> None:
        self._dice = dice
        self._is_chinese = language == "zh"
        self._drawn: dict[str, str] = {}

    def value(self, slot: str) -> str:
        """What stands in a slot; the same slot of one person always holds the same."""
        if slot not in self._drawn:
            self._drawn[slot] = _SLOTS[slot][1](self)
        return self._drawn[slot]

    def one(self, choices: list[str] | str) -> str:
        """One of the choices."""
        return self._dice.choice(choices)

    def digits(self, n: int) -> str:
        """``n`` digits, the first not a nought."""
        return str(self._dice.randint(10 ** (n - 1), 10**n - 1))

    # --- names ---

    def name(self) -> str:
        """A full name."""
        if self._is_chinese:
            surname = self.one(_ZH_COMPOUND) if self._dice.random() < 0.04 else self.one(_ZH_SURNAMES)
            characters = _ZH_RARE if self._dice.random() < 0.05 else _ZH_GIVEN
            return surname + "".join(self.one(characters) for _ in range(1 if self._dice.random() < 0.25 else 2))
        middle = f" {self.one('ABCDEFGHJKLMRST')}." if self._dice.random() < 0.12 else ""
        return f"{self.value('GIVEN')}{middle} {self.value('SURNAME')}"

    # --- dates and numbers ---

    def date(self) -> str:
        """A date in one of the ways in which people write them."""
        year, month, day = self._dice.randint(1938, 2025), self._dice.randint(1, 12), self._dice.randint(1, 28)
        if self._is_chinese:
            return self.one(
                [
                    f"{year}年{month}月{day}日",
                    f"{year}-{month:02}-{day:02}",
                    f"{month}月{day}日",
                    f"{year}年{month}月",
                    f"{year}.{month}.{day}",
                    f"{year}/{month}/{day}",
                    f"{month}月{day}号",
                ]
            )
        name = _MONTHS[month - 1]
        return self.one(
            [
                f"{day} {name} {year}",
                f"{name} {day}, {year}",
                f"{month:02}/{day:02}/{year}",
                f"{day:02}.{month:02}.{year}",
                f"{year}-{month:02}-{day:02}",
                f"{day} {name[:3]} {year}",
                f"{name} {day}",
                f"{_ordinal(day)} of {name} {year}",
                f"{name[:3]} {day}, {year}",
                f"{day}/{month}/{year % 100:02}",
            ]
        )

    def phone(self) -> str:
        """A telephone number."""
        if self._is_chinese:
            mobile = f"1{self.one('3456789')}{self.digits(9)}"
            return self.one(
                [
                    mobile,
                    mobile,
                    f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
                    f"+86 {mobile}",
                    f"0571-8{self.digits(7)}",
                    f"010-6{self.digits(7)}",
                ]
            )
        area, rest = self.one(["212", "415", "617", "303", "702"]), self.digits(4)
        return self.one(
            [
                f"({area}) 555-{rest}",
                f"{area}-555-{rest}",
                f"+1 {area} 555 {rest}",
                f"07700 9{self.digits(5)}",
                f"+44 7700 9{self.digits(5)}",
                f"020 7946 0{self.digits(3)}",
                f"{area}.555.{rest}",
                f"0161 496 0{self.digits(3)}",
            ]
        )

    def identity(self) -> str:
        """A resident's or social security number, with its check digit."""
        if not self._is_chinese:
            return f"{self._dice.randint(101, 665)}-{self._dice.randint(11, 98)}-{self.digits(4)}"
        body = f"{self.one(['330106', '110108', '440305', '510107', '320583'])}{self._dice.randint(1940, 2015)}{self._dice.randint(1, 12):02}{self._dice.randint(1, 28):02}{self._dice.randint(100, 999)}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]

    def card(self) -> str:
        """A bank card's number with Luhn's check digit."""
        body = self.one(["4", "51", "62"])
        body += self.digits(15 - len(body))
        total = sum(sum(divmod(int(d) * (2 if at % 2 == 0 else 1), 10)) for at, d in enumerate(body))
        number = body + str(-total % 10)
        return self.one(
            [
                number,
                " ".join(number[at : at + 4] for at in range(0, 16, 4)),
                "-".join(number[at : at + 4] for at in range(0, 16, 4)),
            ]
        )

    def nhs(self) -> str:
        """A British health service number with its check digit."""
        while True:
            body = self.digits(9)
            check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11
            if check != 10:
                number = body + str(check % 11)
                return f"{number[:3]} {number[3:6]} {number[6:]}"

    def record(self) -> str:
        """A hospital's number for a patient."""
        return self.one(
            [
                self.digits(7),
                f"{self.one('ABHZ')}{self.digits(6)}",
                f"{self.one(['ZY', 'MZ'])}{self.digits(8)}"
                if self._is_chinese
                else f"{self.digits(3)}-{self.digits(5)}",
            ]
        )

    # --- places ---

    def address(self) -> str:
        """A postal address."""
        if self._is_chinese:
            return self._chinese_address()
        street = f"{self._dice.randint(1, 4800)} {self.one(_STREETS)} {self.one(_STREET_TYPES)}"
        if self._dice.random() < 0.5:
            city, state, code = self._dice.choice(_US)
            unit = self.one(["", "", f", Apt {self._dice.randint(1, 90)}", f" Unit {self._dice.randint(1, 40)}B"])
            return f"{street}{unit}, {city}, {state} {code}"
        city, postcode = self._dice.choice(_UK)
        flat = self.one(["", "", f"Flat {self._dice.randint(1, 40)}, "])
        return self.one(
            [f"{flat}{street}, {city} {postcode}", f"{flat}{street}, {city}, {postcode}", f"{flat}{street}, {city}"]
        )

    def _chinese_address(self) -> str:
        province, city, district = self._dice.choice(_ZH_CITIES)
        road = f"{self.one(_ZH_ROADS)}{self._dice.randint(1, 900)}号"
        estate = self.one(_ZH_ESTATES)
        door = f"{self._dice.randint(1, 30)}{self.one(['栋', '号楼', '幢'])}{self.one(['', f'{self._dice.randint(1, 4)}单元'])}{self._dice.randint(101, 2403)}{self.one(['室', ''])}"
        head = self.one(
            [province + city + district, city + district, district if district[-1] == "区" else city + district]
        )
        return self.one(
            [f"{head}{road}", f"{head}{road}{estate}{door}", f"{head}{estate}{door}", f"{head}{road}{door}"]
        )

    def organisation(self) -> str:
        """A hospital, school or firm."""
        if not self._is_chinese:
            return self.one(_HOSPITALS)
        own = self.one(_ZH_HOSPITALS)
        return own if own[0] in "南瑞青" or own[:2] == "江南" else self.one(_ZH_PREFIX) + own

    def email(self) -> str:
        """An e-mail address."""
        return f"{self.one(['anna.k', 'jd', 'rosy_lee', 'm.chan', 'wangwei', 'k.lund+med'])}{self.digits(3)}@{self.one(['example.org', 'mail.example.com', 'example.net', 'example.com.cn'])}"


def fill(frame: str, dice: random.Random, language: str, number: int) -> Sample:
    """A frame with its slots filled by one new person."""
    person = Person(dice, language)
    text, planted, last = "", [], 0
    for match in re.finditer(r"\{(\w+)\}", frame):
        text += frame[last : match.start()]
        value = person.value(match[1])
        planted.append(Planted(len(text), len(text) + len(value), _SLOTS[match[1]][0]))
        text += value
        last = match.end()
    text += frame[last:]
    return Sample(text, tuple(planted), number)


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _handle(person: Person) -> str:
    return f"{person.one(['wx', 'sunny', 'moon_', 'kite'])}{person.one(['lin', 'day', 'fox'])}_{person.digits(3)}"


def _plate(person: Person) -> str:
    if person.value("LANGUAGE") == "zh":
        return f"{person.one(_PROVINCES)}{person.one('ABCDE')}{person.one('ABCDEFGH')}{person.digits(4)}"
    return f"{person.one(['KLM', 'BRX', 'WTN'])} {person.digits(4)}"


_SLOTS: dict[str, tuple[str, Callable[[Person], str]]] = {
    "LANGUAGE": ("", lambda person: "zh" if person.address().isascii() is False else "en"),
    "NAME": ("NAME", Person.name),
    "NAME2": ("NAME", Person.name),
    "GIVEN": ("NAME", lambda person: person.one(_GIVEN)),
    "SURNAME": ("NAME", lambda person: person.one(_SURNAMES)),
    "LOWER_NAME": ("NAME", lambda person: person.name().lower()),
    "DATE": ("DATE", Person.date),
    "PHONE": ("PHONE", Person.phone),
    "ID": ("ID", Person.identity),
    "NHS": ("ID", Person.nhs),
    "PASSPORT": ("ID", lambda person: f"{person.one('EGD')}{person.digits(8)}"),
    "PERMIT": ("ID", lambda person: f"{person.one('CWHM')}{person.digits(8)}"),
    "MEDICARE": ("ID", lambda person: person.digits(10)),
    "MRN": ("MRN", Person.record),
    "CARD": ("BANK_CARD", Person.card),
    "EMAIL": ("EMAIL", Person.email),
    "ADDRESS": ("ADDRESS", Person.address),
    "ORG": ("ORG", Person.organisation),
    "AGE": ("AGE_OVER_89", lambda person: person.one(["91", "92", "94", "97", "101"])),
    "SOCIAL": ("SOCIAL", _handle),
    "QQ": ("SOCIAL", lambda person: person.digits(9)),
    "URL": ("URL", lambda person: f"https://portal.example.org/u/{person.digits(5)}"),
    "IP": ("IP", lambda person: ".".join(str(int(person.digits(2))) for _ in range(4))),
    "PLATE": ("PLATE", _plate),
}
