"""Invented people, so that masking can be measured without anybody's data. Everything is drawn from a seed.

Names and streets (``data/deidentify/people.toml``) are not taken from the product's own lists, so that a name
may well be one that those lists do not hold. Numbers with check digits are given right ones.
"""

from __future__ import annotations

import calendar
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_US = [
    ("Springfield", "IL", "62704"),
    ("Tacoma", "WA", "98402"),
    ("Baton Rouge", "LA", "70802"),
    ("Fort Wayne", "IN", "46802"),
]
_UK = [("Leeds", "LS1 4AP"), ("Hove", "BN3 2DJ"), ("Kettering", "NN16 8XF"), ("Stoke Newington", "N16 7HU")]
_PROVINCES = "京沪浙粤川苏鲁豫湘鄂"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "deidentify" / "people.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Planted:
    """Personal data at ``text[start:end]`` of a made sample. ``type`` is the product's word for it."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame with its slots filled. ``frame`` numbers the frame within its part; ``stays`` must not be masked."""

    text: str
    planted: tuple[Planted, ...]
    frame: int
    stays: tuple[Planted, ...] = ()


class Person:
    """Draws what one invented person is called, where they live, and their numbers; ``language`` is en or zh."""

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
        return str(self._dice.choice(choices))

    def digits(self, n: int) -> str:
        """``n`` digits, the first not a nought."""
        return str(self._dice.randint(10 ** (n - 1), 10**n - 1))

    # --- names ---

    def name(self) -> str:
        """A full name."""
        if self._is_chinese:
            surname = (
                self.one(_words()["zh_compound"]) if self._dice.random() < 0.04 else self.one(_words()["zh_surnames"])
            )
            characters = _words()["zh_rare"] if self._dice.random() < 0.05 else _words()["zh_given"]
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
        name = calendar.month_name[month]
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
        place = self.one(["330106", "110108", "440305", "510107", "320583"])
        born = f"{self._dice.randint(1940, 2015)}{self._dice.randint(1, 12):02}{self._dice.randint(1, 28):02}"
        body = f"{place}{born}{self._dice.randint(100, 999)}"
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
        street = f"{self._dice.randint(1, 4800)} {self.one(_words()['streets'])} {self.one(_words()['street_types'])}"
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
        province, city, district = self._dice.choice(_words()["zh_cities"])
        road = f"{self.one(_words()['zh_roads'])}{self._dice.randint(1, 900)}号"
        estate = self.one(_words()["zh_estates"])
        block = f"{self._dice.randint(1, 30)}{self.one(['栋', '号楼', '幢'])}"
        entrance = self.one(["", f"{self._dice.randint(1, 4)}单元"])
        door = f"{block}{entrance}{self._dice.randint(101, 2403)}{self.one(['室', ''])}"
        head = self.one(
            [province + city + district, city + district, district if district[-1] == "区" else city + district]
        )
        return self.one(
            [f"{head}{road}", f"{head}{road}{estate}{door}", f"{head}{estate}{door}", f"{head}{road}{door}"]
        )

    def organisation(self) -> str:
        """A hospital, school or firm."""
        if not self._is_chinese:
            return self.one(_words()["bodies"])
        own = self.one(_words()["zh_bodies"])
        return own if own[0] in "南瑞青" or own[:2] == "江南" else self.one(_words()["zh_prefix"]) + own

    def email(self) -> str:
        """An e-mail address."""
        name = self.one(["anna.k", "jd", "rosy_lee", "m.chan", "wangwei", "k.lund+med"])
        return (
            f"{name}{self.digits(3)}@{self.one(['example.org', 'mail.example.com', 'example.net', 'example.com.cn'])}"
        )


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
    "GIVEN": ("NAME", lambda person: person.one(_words()["given"])),
    "SURNAME": ("NAME", lambda person: person.one(_words()["surnames"])),
    "LOWER_NAME": ("NAME", lambda person: person.name().lower()),
    "DATE": ("DATE", Person.date),
    "WEEKDAY": ("DATE", lambda person: person.one(["周一", "周二", "周三", "周四", "周五"])),
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
