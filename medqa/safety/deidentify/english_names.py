"""English text: which runs of capitalised words name a person.

Each word is weighed by the lists (given names and surnames, ordinary words, words of medicine, places), and each run
by what stands around it: a title, kinship, a greeting or a signature speak for a person; a clinical noun after it
("Crohn's disease", "the Glasgow scale") speaks against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.english_cues import (
    ADDRESSED,
    CALLED,
    CHEMICAL,
    CLINICAL_AFTER,
    CLINICAL_BEFORE,
    DOES,
    GREETING,
    HERE,
    KIN,
    KINSHIP,
    MEDICINE,
    NAME_ENDS,
    OWNED,
    PERSON_AFTER,
    SELF,
    SPEAKS,
    STRONG,
    TITLE,
    TOLD,
)
from medqa.safety.deidentify.english_lower_case import lower_case_names
from medqa.safety.deidentify.english_words import Kind, Word, kind_of
from medqa.safety.deidentify.wordlists import folded, words

_LETTER = r"[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"  # of any alphabet
_TOKEN = re.compile(rf"{_LETTER}(?:{_LETTER}|['’´`-](?={_LETTER}))*")
_JOINT = re.compile(r"[ \u00a0]{1,2}|\.[ \u00a0]?|[ \u00a0]\.")
_POSSESSIVE = re.compile(r"['’´`][sS]$")


def english_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the names of people; they may overlap. A name once found is found wherever its parts recur."""
    found: list[tuple[int, int]] = []
    for run in _runs(text):
        found += _named(text, run)
    found += [*lower_case_names(text), *_acting(text)]
    found += list(_joined(text, found))
    yield from found
    yield from _recurring(text, found)


def _runs(text: str) -> Iterator[list[Word]]:
    """Neighbouring words with capitals; a particle or an initial between two belongs to them."""
    run: list[Word] = []
    held: list[Word] = []  # particles that count only when a capital follows
    last = -1
    for match in _TOKEN.finditer(text):
        word = _word(match)
        near = bool(run) and _JOINT.fullmatch(text, last, match.start()) is not None
        if text[last : match.start()].startswith(".") and run and not (run[-1].is_initial or len(run[-1].text) < 3):
            near = False
        if word.text[0].isupper():
            if near:
                run += held
            elif run:
                yield run
                run = []
            run.append(word)
            held = []
        elif near and word.text in words("particles") and len(held) < 3:
            held.append(word)
        else:
            if run:
                yield run
            run, held = [], []
        last = match.end()
    if run:
        yield run


def _word(match: re.Match[str]) -> Word:
    text = match.group()
    possessive = _POSSESSIVE.search(text)
    if possessive and len(text) > 3:
        text = text[: possessive.start()]
    return Word(match.start(), match.start() + len(text), text, kind_of(text))


_OWN_KIN = re.compile(
    rf"\b(?:my|our|his|her|their|your) (?:(?:little|big|older|elder|younger|eldest|youngest|late|new) )?(?:{KIN}),?"
    r"[ \u00a0]+$"
)


def _named(text: str, run: list[Word]) -> Iterator[tuple[int, int]]:
    for segment in _segments(text, run):
        if _is_person(text, segment):
            yield segment[0].start, segment[-1].end


def _segments(text: str, run: list[Word]) -> Iterator[list[Word]]:
    """The run cut at words that cannot be of a name; a title counts as such a word."""
    segment: list[Word] = []
    for word in run:
        titled = not segment and TITLE.search(text, max(0, word.start - 20), word.start) is not None
        possessed = bool(segment) and text[segment[-1].end : word.start].startswith(("'", "’", "´", "`"))
        is_title = not titled and TITLE.fullmatch(word.text + " ") is not None
        if possessed and segment:
            yield from _trimmed(text, segment)
            segment = []
        given = segment[-2] if len(segment) > 1 and segment[-1].is_initial else segment[-1] if segment else None
        is_surname = given is not None and given.names_alone and bool(given.kind & Kind.GIVEN) and word.may_follow
        is_kin = not segment and word.may_follow_kin and _OWN_KIN.search(text, max(0, word.start - 40), word.start)
        if ((word.can_name or titled or is_surname or is_kin) and not is_title) or (
            segment and word.text in words("particles")
        ):
            segment.append(word)
        elif segment:
            yield from _trimmed(text, segment)
            segment = []
    yield from _trimmed(text, segment)


def _trimmed(text: str, segment: list[Word]) -> Iterator[list[Word]]:
    """Without a verb at its head ("Will John come?") and particles or lone initials at its end."""
    while segment and (segment[-1].text in words("particles") or (segment[-1].is_initial and len(segment) == 1)):
        segment = segment[:-1]
    while len(segment) > 1 and _heads_a_sentence(text, segment):
        segment = segment[1:]
    while segment and segment[0].text in words("particles"):
        segment = segment[1:]
    if segment:
        yield segment


def _heads_a_sentence(text: str, segment: list[Word]) -> bool:
    first, second = segment[0], segment[1]
    if folded(first.text) not in words("openers"):
        return False
    return bool(second.kind & Kind.GIVEN) and _begins_sentence(text, first.start)


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 6) : at].rstrip(" \t\"'“‘(-–*•")
    return not before or before[-1] in ".!?:;\n。！？：\r"


def _is_person(text: str, segment: list[Word]) -> bool:
    """Whether a run of possible name words names a person here."""
    before = text[max(0, segment[0].start - 60) : segment[0].start]
    after = text[segment[-1].end : segment[-1].end + 60]
    if TITLE.search(before):
        return True
    if CLINICAL_AFTER.match(after) and not _is_full_name(segment):
        return False
    if len(segment) == 1:
        return _single(segment[0], before, after, starts=_begins_sentence(text, segment[0].start))
    return _several(segment, before, after)


def _is_full_name(segment: list[Word]) -> bool:
    """A given name with a surname: a person even before a clinical word ("Anna Bell test results")."""
    return len(segment) > 1 and segment[0].names_alone and bool(segment[0].kind & Kind.GIVEN)


def _single(word: Word, before: str, after: str, *, starts: bool) -> bool:
    if word.is_initial:
        return False
    if word.names_alone and (len(word.text) > 2 or _is_introduced(before)):
        return True
    if _is_kin(word, before, after) or (starts and _does(word, after)):
        return True
    introduced = bool(STRONG.search(before) or KINSHIP.search(before) or GREETING.search(before))
    if introduced and not word.kind & (Kind.PLACE | Kind.CLINICAL):
        named = bool(word.kind & (Kind.GIVEN | Kind.SURNAME))
        return named if word.kind & (Kind.COMMON | Kind.EPONYM) else True
    if word.kind & Kind.GIVEN and not starts and _is_alone(word, before, after):
        return True
    if word.kind & (Kind.GIVEN | Kind.SURNAME) and not word.is_shouted:
        acts = bool(
            (SPEAKS if starts else PERSON_AFTER).match(after) or (word.kind & Kind.GIVEN and OWNED.match(after))
        )
        return acts and not word.kind & (Kind.PLACE | Kind.CLINICAL) and not CLINICAL_BEFORE.search(before)
    if word.is_unknown:
        if not word.may_be_chemical and (TOLD.search(before) or (SELF.search(before) and HERE.match(after))):
            return True
        if CLINICAL_BEFORE.search(before):
            return False
        if not word.text.isascii() or (NAME_ENDS.search(folded(word.text)) and len(word.text) > 6):
            return True
        if word.may_be_chemical:
            return OWNED.match(after) is not None
        return any(sign.match(after) for sign in (OWNED, SPEAKS if starts else PERSON_AFTER, ADDRESSED))
    return False


def _is_kin(word: Word, before: str, after: str) -> bool:
    """Whether an ordinary word with a capital says who of the family it is: "our son River"."""
    return word.may_follow_kin and bool(_OWN_KIN.search(before)) and not re.match(r"[ \u00a0][A-Z]", after)


def _does(word: Word, after: str) -> bool:
    """Whether a word that may be a name does what only people do."""
    may_name = bool(word.kind & Kind.GIVEN) or (word.is_unknown and not word.may_be_chemical)
    return may_name and not word.kind & (Kind.CLINICAL | Kind.EPONYM) and DOES.match(after) is not None


def _is_alone(word: Word, before: str, after: str) -> bool:
    """Whether an ordinary word has a capital that nothing but a name explains: all around it is in lower case."""
    if word.kind & (Kind.PLACE | Kind.CLINICAL | Kind.EPONYM) or word.is_shouted or word.text in _OTHER_CAPITALS:
        return False
    return bool(_LOWER_BEFORE.search(before) and _LOWER_AFTER.match(after)) and (
        _ASKED.search(before) is not None or not CLINICAL_BEFORE.search(before)
    )


_OTHER_CAPITALS = frozenset(
    ("May", "March", "April", "June", "August", "Will", "God", "King", "Queen", "Prince", "Princess", "Heaven", "Angel")
)
_LOWER_BEFORE = re.compile(
    r"(?:^|[.!?] |\b[a-z][a-z'’]*,? )"
    r"(?!the |a |an |of |st |at |near |from |any |some |no |more |with )(?:[a-z]{2,},? ?$|"
    r"(?:Did|Does|Do|Has|Have|Is|Was|Can|Could|Should|Would|Will) $)"
)
_LOWER_AFTER = re.compile(r"(?:['’]s)?(?:,? [a-z]|[?.!]|$)")
_ASKED = re.compile(r"(?:^|[.!?\n] ?)(?:has|have|had|did|does) $", re.IGNORECASE)


def _is_introduced(before: str) -> bool:
    return bool(CALLED.search(before) or SELF.search(before) or KINSHIP.search(before) or GREETING.search(before))


def _several(segment: list[Word], before: str, after: str) -> bool:
    named = [word for word in segment if word.kind & (Kind.GIVEN | Kind.SURNAME)]
    plain = [word for word in segment if word.names_alone]
    unknown = [word for word in segment if word.is_unknown]
    if any(word.is_shouted for word in segment):
        return len(named) >= 2 and any(word.kind & Kind.GIVEN for word in named)
    if plain:
        return True
    if all(word.kind & Kind.EPONYM and not word.kind & Kind.GIVEN for word in segment):
        return False
    if any(word.kind & Kind.GIVEN for word in segment) and (
        len(named) + len(unknown) >= 2 or any(w.is_initial for w in segment)
    ):
        return not all(word.kind & (Kind.PLACE | Kind.COMMON) for word in segment) or _is_introduced(before)
    if (
        unknown
        and len(named) + len(unknown) >= 2
        and not (CLINICAL_BEFORE.search(before) or all(word.may_be_chemical for word in unknown))
    ):
        return True
    return bool(named or unknown) and (_is_introduced(before) or bool(PERSON_AFTER.match(after)))


# Who speaks in a written dialogue, who gives or gets something, what somebody is called.
_ACTING = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?P<v>[^\W\d_]{3,15})(?=[ \t]*:[ \t]*[\"“])|"
    r"(?P<w>\b[^\W\d_]{3,15}) had given (?P<x>[^\W\d_]{3,15}) h(?:is|er)\b"
    r"|(?:^|(?<=[.!?\n] )|(?<=\n))(?P<b>[A-ZÀ-Þ][^\W\d_]{3,14}) is from (?=[A-ZÀ-Þ])"
    r"|(?:^|(?<=[.!?\n] ))(?P<e>[A-ZÀ-Þ][^\W\d_]{1,14})(?= and I\b)"
    r"|, (?P<c>[A-ZÀ-Þ][^\W\d_]{3,14})\? "
    r"|\b(?:calls?|called) me (?P<y>[^\W\d_]{3,15})(?=[.,;\n]|$)|\bmaiden name (?:is|was) (?P<z>[^\W\d_]{3,15})"
    r"|(?:^|(?<=[.!?\n] )|(?<=\n))(?P<a>[A-ZÀ-Þ][^\W\d_]{2,14}) (?:began|started|stopped) (?:writing|"
    r"singing|painting|acting|teaching)\b"
)


def _acting(text: str) -> Iterator[tuple[int, int]]:
    for match in _ACTING.finditer(text):
        for name, word in match.groupdict().items():
            if name == "e" and not kind_of(word or "I") & Kind.GIVEN:
                continue
            if name in "bc" and not _may_be_called(word or ""):
                continue
            if word and not kind_of(word) & Kind.CLINICAL and word.lower() not in _SPEAKERS_THAT_ARE_NO_NAMES:
                yield match.span(name)


def _may_be_called(word: str) -> bool:
    """A given name, or a word that no list knows and that is no substance."""
    kind = kind_of(word)
    if kind & (Kind.PLACE | Kind.COMMON | Kind.EPONYM):
        return False
    return bool(kind & Kind.GIVEN) or not (kind or MEDICINE.search(word.lower()) or CHEMICAL.search(word.lower()))


_SPEAKERS_THAT_ARE_NO_NAMES = frozenset(
    {"doctor", "nurse", "patient", "mum", "mom", "dad", "mother", "father", "question", "answer", "note", "who", "you"}
    | {"she", "they", "this", "that"}
)


_AND_NEXT = re.compile(r" (?:and|&|or) (?P<v>[A-ZÀ-Þ][^\W\d_'’]{2,14})(?![\w'’-])")
_AND_LAST = re.compile(r"(?<![\w'’-])(?P<v>[A-ZÀ-Þ][^\W\d_'’]{2,14}) (?:and|&|or) $")


def _joined(text: str, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Words that no list knows, joined to a name: "Anna and Ottoline"."""
    for start, end in found:
        for match in (_AND_NEXT.match(text, end), _AND_LAST.search(text, max(0, start - 22), start)):
            if match and not (kind_of(match["v"]) or CHEMICAL.search(match["v"]) or match["v"].isupper()):
                yield match.span("v")


def _recurring(text: str, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    parts = {part for start, end in found for part in re.split(r"[ \u00a0.]+", text[start:end]) if len(part) > 2}
    sure = {
        part for part in parts if part[0].isupper() and not kind_of(part) & (Kind.COMMON | Kind.PLACE | Kind.EPONYM)
    }
    if not sure:
        return
    covered = sorted(found)
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        end = match.start() + len(word)
        if word not in sure or any(a <= match.start() < b for a, b in covered):
            continue
        if not CLINICAL_AFTER.match(text[end : end + 60]):
            yield match.start(), end


_INVERTED = re.compile(rf"(?<![\w'’-])(?P<last>[A-ZÀ-Þ]{_LETTER}+), ?(?P<first>[A-ZÀ-Þ]{_LETTER}+)(?: [A-Z]\.?(?!\w))?")


def inverted_names(text: str) -> Iterator[tuple[int, int]]:
    """Names with the surname first, as lists write them: "Whitfield, Eleanor J."."""
    for match in _INVERTED.finditer(text):
        last, first = kind_of(match["last"]), kind_of(match["first"])
        if not last & Kind.SURNAME or not first & Kind.GIVEN or (first | last) & (Kind.COMMON | Kind.PLACE):
            continue
        if not last & Kind.GIVEN:
            yield match.span()
