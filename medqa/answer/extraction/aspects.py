"""What a question asks about its subject, and which headings and sentences speak of that. The cues are data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_YES_NO = re.compile(
    r"(?:^|[.,;!?]\s*)(?:so |and |but |hi |hello )*"
    r"(?:is|are|am|was|can|could|do|does|did|should|will|would|may|has|have)\b"
    r"(?=[^.!?]*(?:\?|$))|吗|能不能|可不可以|会不会|是否|是不是|有没有|要不要|能否|该不该",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"(?<!if )\b(?:i|we)(?:'ve| have| had| am|'m| feel| got| keep)\b"
    r"|\bmy \w+(?: \w+){0,4} (?:has|have|is|are|hurts?|feels?|keeps?)\b"
    r"|(?:我|孩子|宝宝|爸|妈|老人|奶奶|爷爷|老婆|老公).{0,12}(?:疼|痛|烧|咳|晕|吐|泻|痒|肿|难受|不舒服|出血|了)",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BOUND = r"\b"
_NUMBER = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|half)\b|[一二三四五六七八九十半两]")
_WEAK_DEFINITION = 0.3
_NAMED = 1.0
_ALONG = 0.5
_BY_TOPIC = 0.6  # only a word gives it away that may as well be the subject


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of a subject, such as its symptoms, with the patterns that recognise it."""

    name: str
    asked: re.Pattern[str]
    topic: re.Pattern[str] | None
    heading: re.Pattern[str]
    said_en: re.Pattern[str]
    said_zh: re.Pattern[str]
    group: bool = False
    closing: bool = False
    needs_number: bool = False
    must_say: bool = False
    vital: bool = False
    only: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks: aspects with weights, the groups of people it names, and its form.

    ``complains`` says that somebody tells of a trouble. ``cues`` are the words that gave the aspects away and name
    nothing else; ``topics`` those, by aspect, that are part of the subject as well.
    """

    aspects: Mapping[str, float]
    groups: frozenset[str]
    yes_no: bool
    complains: bool
    cues: str
    topics: Mapping[str, str]

    @property
    def wants_action(self) -> bool:
        """Whether it is asked what to do, not whether something is so: "what do I do", 怎么办, "treat at home"."""
        named = {name for name, weight in self.aspects.items() if weight >= _NAMED}
        return not self.yes_no and ("first_aid" in named or named >= {"treatment", "self_care"})

    @property
    def vital(self) -> frozenset[str]:
        """The aspects named by the question's own words of which an answer has to speak."""
        return frozenset(name for name, w in self.aspects.items() if w >= _NAMED and aspects()[name].vital)


def _question(cues: list[str]) -> re.Pattern[str]:
    """Cues as one pattern over lower-case text."""
    bounded = "|".join(rf"(?<![a-z])(?:{cue})(?![a-z])" for cue in cues)
    return re.compile(bounded)


def _statement(cues: list[str]) -> re.Pattern[str]:
    """Cues as one pattern over lower-case text, several times faster than one that ignores case."""
    return re.compile("|".join(cue if _HAN.search(cue) else rf"\b{cue.removeprefix(_BOUND)}" for cue in cues))


@cache
def aspects() -> Mapping[str, Aspect]:
    """Every aspect by name, in the order of the table."""
    table = tomllib.loads(files("medqa.answer").joinpath("data/aspects.toml").read_text("utf-8"))
    return {
        name: Aspect(
            name=name,
            asked=_question(row.pop("asked")),
            topic=_question(row.pop("topic")) if "topic" in row else None,
            heading=_question(row.pop("heading")),
            said_en=_statement([cue for cue in row["said"] if not _HAN.search(cue)]),
            said_zh=_statement(row.pop("said")),
            **row,
        )
        for name, row in table.items()
    }


@lru_cache(maxsize=1024)
def asked(question: str) -> Asked:
    """The aspects that a question asks for; empty when it only names a subject."""
    found: dict[str, float] = {}
    named: set[str] = set()
    cues: list[str] = []
    topics: dict[str, str] = {}
    along: list[str] = []
    text = question.lower()
    for aspect in aspects().values():
        matches = [match.group() for match in aspect.asked.finditer(text)]
        about = [match.group() for match in aspect.topic.finditer(text)] if aspect.topic else []
        if not matches and not about:
            continue
        if aspect.group:
            named.add(aspect.name)
            topics[aspect.name] = " ".join(matches)
        else:
            found[aspect.name] = _NAMED if matches else _BY_TOPIC
            along += aspect.also
            cues += matches
            if about:
                topics[aspect.name] = " ".join(about)
    found |= {name: _ALONG for name in along if name not in found}
    if "definition" in found and len(found) > 1:
        found["definition"] = _WEAK_DEFINITION
    return Asked(
        aspects=found,
        groups=frozenset(named),
        yes_no=bool(_YES_NO.search(question)),
        complains=bool(_COMPLAINT.search(question)),
        cues=" ".join(cues),
        topics=topics,
    )


@cache
def _any_cue() -> re.Pattern[str]:
    table = tomllib.loads(files("medqa.answer").joinpath("data/aspects.toml").read_text("utf-8"))
    return _question([cue for row in table.values() if not row.get("group") for cue in row["asked"]])


def cue_words(text: str) -> str:
    """The words of a title that only say what is asked about its subject: "what are the symptoms of"."""
    return " ".join(_any_cue().findall(text.lower()))


@lru_cache(maxsize=8192)
def headed(heading: str) -> frozenset[str]:
    """The aspects that a heading or title announces."""
    return frozenset(name for name, aspect in aspects().items() if aspect.heading.search(heading.lower()))


def said(sentence: str, names: Iterable[str]) -> frozenset[str]:
    """Which of the named aspects a sentence speaks of; one that needs a number only when there is one."""
    table = aspects()
    text = sentence.lower()
    is_chinese = bool(_HAN.search(text))
    return frozenset(
        name
        for name in names
        if (table[name].said_zh if is_chinese else table[name].said_en).search(text)
        and (not table[name].needs_number or _NUMBER.search(text))
    )


@cache
def groups() -> frozenset[str]:
    """The aspects that are groups of people."""
    return frozenset(name for name, aspect in aspects().items() if aspect.group)


@cache
def closers() -> frozenset[str]:
    """The aspects that may close an answer."""
    return frozenset(name for name, aspect in aspects().items() if aspect.closing)
