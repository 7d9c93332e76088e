"""English words as the lists know them: given names, surnames, ordinary words, words of medicine, places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntFlag, auto
from functools import lru_cache

from medqa.safety.deidentify.english_cues import CHEMICAL, MEDICINE
from medqa.safety.deidentify.wordlists import folded, words

_CONTRACTED = re.compile(r"['’](?:m|re|ve|ll|d|t)$", re.IGNORECASE)

_ABBREVIATED = re.compile(r"^[A-Z]{2,}[a-z]+[A-Z]")  # HFrEF


class Kind(IntFlag):
    """What the lists say of a word."""

    GIVEN = auto()
    SURNAME = auto()
    COMMON = auto()
    PLACE = auto()
    EPONYM = auto()
    CLINICAL = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text without possessive ending, and what the lists say of it."""

    start: int
    end: int
    text: str
    kind: Kind

    @property
    def is_initial(self) -> bool:
        """A single capital, as in "John F. Smith"."""
        return len(self.text) == 1 and self.text.isupper()

    @property
    def is_shouted(self) -> bool:
        """All in capitals: mostly an abbreviation."""
        return len(self.text) > 1 and self.text.isupper()

    @property
    def can_name(self) -> bool:
        """Whether it may stand inside a name at all."""
        named = bool(self.kind & (Kind.GIVEN | Kind.SURNAME))
        if self.is_initial:
            return self.text != "I"
        if self.text.lower() in words("never_names"):
            return False
        if (self.is_shouted and not (named and len(self.text) > 3)) or _ABBREVIATED.search(self.text):
            return False
        return named or not self.kind & (Kind.COMMON | Kind.PLACE | Kind.CLINICAL)

    @property
    def may_follow(self) -> bool:
        """An ordinary word that is a surname where it follows a given name: "Zoe Young"."""
        return bool(self.kind & Kind.COMMON) and not self.kind & (Kind.CLINICAL | Kind.PLACE) and not self.is_shouted

    @property
    def may_follow_kin(self) -> bool:
        """An ordinary word with a capital that is a name after kinship: "our son River"."""
        is_other = bool(self.kind & Kind.PLACE) and not self.kind & Kind.GIVEN
        return bool(self.kind & Kind.COMMON) and not (is_other or self.kind & Kind.CLINICAL or self.is_shouted)

    @property
    def names_alone(self) -> bool:
        """Whether it names a person wherever it stands: on a list of names and on no other."""
        others = Kind.COMMON | Kind.PLACE | Kind.EPONYM | Kind.CLINICAL
        return bool(self.kind & (Kind.GIVEN | Kind.SURNAME)) and not self.kind & others and not self.is_shouted

    @property
    def is_unknown(self) -> bool:
        """On no list, and not in the form of a medicine or a finding."""
        return not self.kind and len(self.text) > 2 and not self.is_shouted

    @property
    def may_be_chemical(self) -> bool:
        """On no list, and ends as many medicines and many names do."""
        return not self.kind and self.text.isascii() and CHEMICAL.search(self.text) is not None


@lru_cache(maxsize=20_000)
def kind_of(word: str) -> Kind:
    """What the lists say of a word, whatever its case."""
    plain = folded(word).replace("’", "'").replace("´", "'").replace("`", "'")
    kind = Kind(0)
    for flag, name in (
        (Kind.GIVEN, "given_names"),
        (Kind.SURNAME, "surnames"),
        (Kind.PLACE, "places"),
        (Kind.EPONYM, "eponyms"),
        (Kind.CLINICAL, "clinical"),
    ):
        if plain in words(name):
            kind |= flag
    if _is_common(plain):
        kind |= Kind.COMMON
    if "-" in plain:
        kind |= Kind.GIVEN if set(plain.split("-")) <= words("korean_syllables") else _kind_of_parts(plain)
    if not kind and MEDICINE.search(plain):
        kind |= Kind.CLINICAL
    if not kind and plain.replace("'", "") in words("surnames"):
        kind |= Kind.SURNAME
    return kind


def _kind_of_parts(plain: str) -> Kind:
    parts = [kind_of(part) for part in plain.split("-") if part]
    kind = Kind(0)
    if any(part & Kind.EPONYM for part in parts):
        kind |= Kind.EPONYM
    plain_parts = not any(
        part & (Kind.CLINICAL | Kind.COMMON) and not part & (Kind.GIVEN | Kind.SURNAME) for part in parts
    )
    if plain_parts and any(part & (Kind.GIVEN | Kind.SURNAME) for part in parts):
        kind |= Kind.GIVEN | Kind.SURNAME
    if not plain_parts:
        kind |= Kind.COMMON
    return kind


def _is_common(plain: str) -> bool:
    common = words("common")
    if plain in common or _CONTRACTED.search(plain):
        return True
    for ending in ("s", "es", "ed", "ing", "ly", "er", "d", "'s", "n't"):
        stem = plain.removesuffix(ending)
        if len(stem) > 3 and stem != plain and (stem in common or stem + "e" in common):
            return plain not in words("surnames") | words("given_names")
    return False
