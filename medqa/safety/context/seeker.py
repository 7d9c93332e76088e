"""Which questions to ask back: at most three, short, from data files; no model has a part in it.

``topics.toml`` says what people ask about themselves and which facts would change the answer, ``needs.toml`` how a
fact shows in their words and how to ask for it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from medqa.domain.conversation import Language, Question
from medqa.safety import catalogue
from medqa.safety.catalogue import Concept
from medqa.safety.matching import Matcher, Spans
from medqa.safety.normalise import normalise
from medqa.safety.patterns import Pattern

_HERE = Path(__file__).parent
_MOST = 3
_ABOUT_SOMEBODY = ("cue_personal", "cue_own")
_IN_GENERAL = ("cue_info", "cue_learning", "cue_fiction", "cue_professional", "cue_quoted")
_WHAT_TO_DO = re.compile(
    r"\b(?:what (?:should|can|do|shall) (?:i|we)|(?:should|can|could|may|shall) (?:i|we|he|she|my)|do i need|"
    r"is it (?:ok|safe|alright|fine|normal|serious|bad)|help|how (?:do|can) i (?:get rid|stop|treat|ease|relieve)|"
    r"anything i can)\b|怎么办|咋办|咋整|吃什么|吃啥|用什么|用啥|能吃|能用|能喝|可以吃|可以用|可以喝|能不能|可不可以|"
    r"要不要|该不该|用不用|要紧|严重吗|正常吗|去医院|看医生|怎么缓解|怎么治|如何缓解|几片|多少"
)
_GENERAL = re.compile(
    r"^(?:what (?:is|are|causes?|does|do)\b(?! (?:i|we|my))|how (?:does|do (?!i)|is|are|common|long (?:does|do|is))|"
    r"why (?:do|does|is|are)|which |who |when (?:is|are|do|does)|define|explain|tell me about|symptoms of|"
    r"side effects|causes of|treatment (?:of|for)|is .{0,30}(?:contagious|hereditary|genetic)|can (?:you get|stress)|"
    r"difference between)|^什么是|是什么|有哪些|的(?:原因|症状|区别|副作用|作用|危害|好处|原理|定义|病因)|"
    r"会传染|会遗传|怎么(?:预防|诊断|检查|测|量)|如何预防|为什么"
)
_TO_TAKE = re.compile(r"\bis it (?:ok|okay|safe|alright|fine) to (?:take|use|have|stop)\b")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_OWN_HAN = re.compile(r"我|俺|咱|老公|老婆|爸|妈|孩子|宝宝|娃|儿子|女儿|奶|爷|家里|老人")


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that may be missing: how it is asked for in each language."""

    name: str
    ask: dict[Language, str]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about, and what an answer to it depends on, the most telling first."""

    name: str
    needs: tuple[Need, ...]


class ContextSeeker:
    """Deterministic; takes a fraction of a millisecond a question."""

    def __init__(self) -> None:
        self._topics, concepts = _load()
        known = catalogue.load()
        self._vocabulary = known.vocabulary
        cues = [known.concepts[name] for name in (*_ABOUT_SOMEBODY, *_IN_GENERAL)]
        self._matcher = Matcher([*concepts, *cues])

    def questions(self, question: Question) -> tuple[str, ...]:
        """At most three questions in the reader's language; none when nothing is missing or nobody is concerned.

        Clinicians, who know what they have not said, are asked nothing.
        """
        if question.audience == "clinician":
            return ()
        asked = normalise(question.text, self._vocabulary).text
        told = [turn.content for turn in question.turns if turn.role == "user"]
        whole = normalise("\n".join([*told, question.text]), self._vocabulary).text
        spans = self._matcher.scan(asked)
        if not _is_about_somebody(asked, spans):
            return ()
        topic = next((topic for topic in self._topics if f"topic.{topic.name}" in spans), None)
        if topic is None:
            return ()
        known = self._matcher.scan(whole)
        missing = [need for need in topic.needs if f"need.{need.name}" not in known]
        return tuple(need.ask[question.language] for need in missing[:_MOST])


def _is_about_somebody(text: str, spans: Spans) -> bool:
    """Whether a person is concerned, rather than a subject."""
    is_personal = any(name in spans for name in _ABOUT_SOMEBODY) or _OWN_HAN.search(text) is not None
    if any(name in spans for name in ("cue_fiction", "cue_professional")):
        return False
    if _TO_TAKE.search(text):
        return True
    if _GENERAL.search(text):
        return is_personal and _WHAT_TO_DO.search(text) is not None
    return is_personal or _HANZI.search(text) is not None or not any(name in spans for name in _IN_GENERAL)


@cache
def _load() -> tuple[tuple[Topic, ...], tuple[Concept, ...]]:
    needs = tomllib.loads((_HERE / "needs.toml").read_text(encoding="utf-8"))
    topics = tomllib.loads((_HERE / "topics.toml").read_text(encoding="utf-8"))
    by_name = {name: Need(name, {"en": data["ask_en"], "zh": data["ask_zh"]}) for name, data in needs.items()}
    concepts = [_concept(f"need.{name}", data) for name, data in needs.items()]
    concepts += [_concept(f"topic.{name}", data) for name, data in topics.items()]
    made = tuple(Topic(name, tuple(by_name[need] for need in data["needs"])) for name, data in topics.items())
    return made, tuple(concepts)


def _concept(name: str, data: dict[str, str]) -> Concept:
    patterns = [Pattern(line, "en", {}) for line in data["en"].split("\n") if line]
    patterns += [Pattern(line, "zh", {}) for line in data["zh"].split("\n") if line]
    return Concept(name, tuple(patterns))
