"""Questions that an article answers: from its sections and title, in the words people use."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from medqa.domain.conversation import Audience, Language
from medqa.domain.document import Metadata
from medqa.domain.language import language_of
from medqa.domain.passage import Passage

_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]\s*")
_QUESTION = re.compile(
    r".*[?？]\s*$|(?:what|how|why|when|who|which|where|is|are|do|does|can|should)\b.*", re.IGNORECASE | re.DOTALL
)
_NAME = re.compile(r"[^,，;；:：]{2,40}")  # a name with a comma is a description
_LOOSE_STOP = re.compile(r"(?:\s*([?？]))+")  # "Gout ?" and "Gout??"
_GENERIC: Mapping[Language, str] = {"en": "{topic}: {heading}?", "zh": "{topic}的{heading}是什么？"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """A part of an article and the ways of asking for it."""

    name: str
    heading: re.Pattern[str]
    asks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question with the passages that answer it. ``source`` names the template, heading or title it came from.

    ``earlier`` is the first question of a conversation that ``text`` follows up.
    """

    text: str
    language: Language
    audience: Audience
    aspect: str
    source: str
    gold: tuple[Passage, ...]
    metadata: Metadata
    earlier: str | None = None


@cache
def aspects() -> tuple[Aspect, ...]:
    """Every aspect of ``data/questions.toml``, in its order."""
    table = tomllib.loads(files("medqa.train").joinpath("data/questions.toml").read_text("utf-8"))
    return tuple(
        Aspect(
            name=name,
            heading=re.compile("|".join(entry["headings"]), re.IGNORECASE),
            asks={key: tuple(entry[key]) for key in entry if key != "headings"},
        )
        for name, entry in table.items()
    )


def ask(document: Sequence[Passage], metadata: Metadata, audience: Audience, dice: random.Random) -> Iterator[Asking]:
    """One question a section of a document, or the title where that is a question."""
    language = document_language(document, metadata)
    topic = topic_of(metadata, language, dice)
    if _QUESTION.fullmatch(metadata.title):
        parts = [(("title", "title", metadata.title), tuple(document))]
    else:
        sections = ((s, tuple(group)) for s, group in groupby(document, key=lambda passage: passage.section))
        parts = [(w, gold) for s, gold in sections if (w := _worded(s, topic, language, dice)) is not None]
    for (aspect, source, text), gold in parts:
        yield Asking(
            text=_LOOSE_STOP.sub(r"\1", " ".join(text.split())),
            language=language,
            audience=audience,
            aspect=aspect,
            source=source,
            gold=gold,
            metadata=metadata,
        )


def _worded(section: str | None, topic: str, language: Language, dice: random.Random) -> tuple[str, str, str] | None:
    """Aspect, where the wording comes from, and the question about one section; nothing for text without heading."""
    heading = (section or "").split(" > ")[-1].strip()
    if not heading:
        return None
    aspect = next((aspect for aspect in aspects() if aspect.heading.fullmatch(heading)), None)
    if aspect is not None:
        wording = dice.choice(aspect.asks[language])
        return aspect.name, f"template: {wording}", wording.format(topic=topic)
    if _QUESTION.fullmatch(heading):
        return "heading", "heading", heading
    return "heading", "heading", _GENERIC[language].format(topic=topic, heading=heading.casefold())


def follow_up(first: Asking, second: Asking, dice: random.Random) -> Asking | None:
    """The second question as it is asked after the first; nothing when its aspect is not asked for that way."""
    known = next((aspect for aspect in aspects() if aspect.name == second.aspect), None)
    wordings = known.asks.get(f"{second.language}_next", ()) if known else ()
    if not wordings:
        return None
    wording = dice.choice(wordings)
    return Asking(
        text=wording,
        language=second.language,
        audience=second.audience,
        aspect=second.aspect,
        source=f"follow-up: {wording}",
        gold=second.gold,
        metadata=second.metadata,
        earlier=first.text,
    )


def document_language(document: Sequence[Passage], metadata: Metadata) -> Language:
    """As recorded, else as the text looks."""
    known = metadata.language or document[0].language
    return known if known in ("en", "zh") else language_of(document[0].text)  # type: ignore[return-value]


def topic_of(metadata: Metadata, language: Language, dice: random.Random) -> str:
    """What people call the document's subject: its title without brackets, or one of its other names."""
    title = _BRACKETED.sub("", metadata.title).strip() or metadata.title
    names = [title, *(name for name in metadata.aliases if language_of(name) == language and _NAME.fullmatch(name))]
    name = title if dice.random() < 0.6 else dice.choice(names)
    first, _, rest = name.partition(" ")
    is_plain = first[:1].isupper() and first[1:].islower() and not first.endswith(("'s", "’s"))
    return f"{first.lower()} {rest}".strip() if language == "en" and is_plain else name
