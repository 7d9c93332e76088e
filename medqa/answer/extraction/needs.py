"""What a question needs from a sentence: its words with weights, its subjects, what is asked, for whom."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from medqa.answer.extraction.ages import asked_age_months
from medqa.answer.extraction.aspects import Asked, asked
from medqa.answer.extraction.subjects import (
    Name,
    Subject,
    name_terms,
    names_of,
    reworded_subject,
    subjects,
    surroundings,
)
from medqa.answer.terms import phrases, terms, weight
from medqa.domain.conversation import Language, Query
from medqa.domain.language import language_of
from medqa.domain.passage import Hit

_CUE_WEIGHT = 0.15
_LEAST_RARITY = 0.35
_SEVERAL = 3
_BY_ANOTHER_NAME = 0.6
_BARE_SUBJECT: Mapping[str, float] = {"definition": 1.0, "symptoms": 0.8, "treatment": 0.7}
_COMPLAINT: Mapping[str, float] = {"help": 1.0, "treatment": 0.8, "self_care": 0.8}
_WANTS_MORE = re.compile(
    r"\b(?:how|when|where|which|who|or|can|could|should|do|does|is|are)\b|多少|几|多久|哪|还是|怎么|怎样|吗|不|何|就是|[前后]",
    re.IGNORECASE,
)
_PROPER_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{2,}")  # within a sentence
_CHILD = terms("child 孩子 儿童")


@dataclass(frozen=True, slots=True)
class Need:
    """What sentences are judged by, in the language of the evidence.

    ``weights`` holds the question's terms that some hit speaks of, ``all_weights`` those that none does too.
    ``reworded`` are terms of things that have other names, with the terms of each such name. ``missing`` is the
    share of the things beside its subjects that the question speaks of and no hit about them names, in [0, 1];
    ``in_passing`` says that it names conditions or the like, and that no document is called by one of them;
    ``named`` holds the terms of these, in each of their forms; ``is_borne``, whether one is a document's very name.
    """

    weights: Mapping[str, float]
    all_weights: Mapping[str, float]
    cues: frozenset[str]
    phrases: frozenset[tuple[str, str]]
    said: frozenset[str]
    subjects: tuple[Subject, ...]
    asked: Asked
    age_months: float | None
    reworded: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...] = ()
    missing: float = 0.0
    in_passing: bool = False
    named: tuple[frozenset[str], ...] = ()
    is_borne: bool = True

    def is_told(self, words: frozenset[str], names: Sequence[Name], spoken: frozenset[str]) -> bool:
        """Whether a sentence may answer, ``spoken`` being the aspects that it speaks of.

        Where no document bears the name of what is asked about, the sentence or its document must name it, and the
        sentence say what is asked of it: that COPD cannot be cured is no answer on asthma.
        """
        if self.is_borne or self.subjects:
            return True
        if not any(form <= words or form <= name for form in self.named for name in names):
            return False
        wanted = self.asked.groups | self.asked.aspects.keys()
        return bool(wanted & spoken) if wanted else self._tells_more(words)

    def _tells_more(self, words: frozenset[str]) -> bool:
        """Whether the words hold some of what the question says beyond the names in it, if it says more."""
        named = frozenset[str]().union(*self.named)
        more = {term for term in self.all_weights if term not in named and weight(term) == 1.0}
        return not more or bool(more & (words | _reworded(self.reworded, words)))

    def coverage(self, words: frozenset[str]) -> float:
        """The share of the question's weight that stands among the words, in [0, 1]; by another name it counts less."""
        literal = _share(self.weights, words)
        return literal + _BY_ANOTHER_NAME * (_share(self.weights, self.understood(words)) - literal)

    def beyond_subject(self, words: frozenset[str]) -> float:
        """The share of what the question says besides its subjects and what is asked of them; 0 if it says no more."""
        called = self.cues.union(*(subject.called for subject in self.subjects))
        weights = {t: w for t, w in self.weights.items() if t not in called and weight(t) == 1.0}
        return _share(weights, words | _reworded(self.reworded, words))

    def whole_coverage(self, words: frozenset[str], spoken: frozenset[str]) -> float:
        """The same, of everything that the question says, unheard-of words included.

        ``spoken`` are the aspects that the sentence speaks of: "runs in families" covers "hereditary".
        """
        heavy = {t: w * weight(t) for t, w in self.all_weights.items() if not t[0].isdigit() and t not in self.cues}
        topics = (terms(topic) for name, topic in self.asked.topics.items() if name in spoken)
        if not heavy:  # nothing but the subject and what is asked of it: "120 over 70, good or bad?"
            return float(bool(self.subjects))
        return _share(heavy, self.understood(words).union(*topics))

    def understood(self, words: frozenset[str]) -> frozenset[str]:
        """The words, and what the question calls the subjects and things that they name otherwise."""
        named = words | _reworded(self.reworded, words)
        return named.union(*(subject.called for subject in self.subjects if subject.is_in(words)))


def hit_language(hit: Hit) -> Language:
    """The language of a hit: as recorded, else as its text looks."""
    known = hit.passage.language or hit.metadata.language
    if known in ("en", "zh"):
        return "zh" if known == "zh" else "en"
    return language_of(hit.passage.text)


def need_of(query: Query, hits: Sequence[Hit]) -> Need:
    """The question's needs towards these hits, its terms weighed by how few of the hits hold them."""
    text = wording(query, hits)
    wanted = asked(query.standalone)
    cues = frozenset(terms(wanted.cues))
    question = terms(text)
    own = frozenset(question).union(_CHILD if "children" in wanted.groups else ())
    other = frozenset(term for wording in query.expansions for term in terms(wording))
    reworded = _by_other_words(query, frozenset(question))
    plain = [frozenset(terms(hit.passage.text)) | surroundings(hit) for hit in hits]
    held = [words | _reworded(reworded, words) for words in plain]
    weights = {}
    for term in question:
        count = sum(term in words for words in held)
        rarity = max(_LEAST_RARITY, math.log((len(hits) + 2) / (count + 1)))
        weights[term] = rarity * min(weight(term), _CUE_WEIGHT if term in cues else 1.0)
    called = _called(query)
    about = subjects(own, hits)
    about = _by_whole_thing(query, own, about, hits) if about else _renamed(query, own, other, hits)
    return Need(
        weights={term: w for term, w in weights.items() if any(term in words for words in held)},
        all_weights=weights,
        cues=cues,
        phrases=frozenset(pair for pair in phrases(text) if not cues & set(pair)),
        said=own | other,
        subjects=about,
        asked=_asked(wanted, query.standalone, question, about),
        age_months=asked_age_months(query.standalone),
        reworded=reworded,
        in_passing=bool(called) and not _is_borne(called, hits),
        named=called,
        is_borne=not called or any(form == name for hit in hits for name in names_of(hit) for form in called),
        missing=_missing(query, frozenset(question), about, _told(() if _lists_troubles(query) else about, hits, held)),
    )


def _renamed(query: Query, own: frozenset[str], other: frozenset[str], hits: Sequence[Hit]) -> tuple[Subject, ...]:
    """The subject that the question calls by a word of its own: the first thing that documents call otherwise."""
    things = [
        (thing, frozenset(term for form in others for term in terms(form))) for thing, others in query.other_words
    ]
    for thing, forms in [*things, *((topic, other) for topic in query.looked_for[:1])]:
        found = reworded_subject(own.intersection(terms(thing)), own | forms, hits) if forms else None
        if found:
            return (found,)
    return ()


def _by_whole_thing(
    query: Query, own: frozenset[str], about: tuple[Subject, ...], hits: Sequence[Hit]
) -> tuple[Subject, ...]:
    """The subjects; instead of one whose name is part of a longer thing, that thing by its documents' name for it.

    Cholesterol pills are statins, not cholesterol.
    """
    for thing, others in query.other_words:
        spoken = own.intersection(terms(thing))
        if not any(subject.called < spoken for subject in about):
            continue
        found = reworded_subject(spoken, frozenset(term for form in others for term in terms(form)), hits)
        if found:
            about = (*(subject for subject in about if not subject.called < spoken), found)
    return about


def _lists_troubles(query: Query) -> bool:
    """Whether a question tells of several troubles and names no disease: none of them is then its subject."""
    return not query.named and len(query.other_words) >= _SEVERAL


def _told(about: Sequence[Subject], hits: Sequence[Hit], held: Sequence[frozenset[str]]) -> frozenset[str]:
    """What the hits about the subjects say, what any hit does where none is; and all that the subjects are called."""
    near = [words for hit, words in zip(hits, held, strict=True) if any(s.share_of(hit) == 1.0 for s in about)]
    return frozenset().union(*(near or held), *(subject.called for subject in about))


def _called(query: Query) -> tuple[Name, ...]:
    """All names of the conditions and the like that the question names; "the pill" alone names none."""
    others = dict(query.other_words)
    things = (thing for thing in query.named if name_terms(thing))
    forms = (name_terms(form) for thing in things for form in (thing, *others.get(thing, ())))
    return tuple(dict.fromkeys(form for form in forms if form))


def _is_borne(called: Sequence[Name], hits: Sequence[Hit]) -> bool:
    """Whether a document is called by one of these names."""
    names = frozenset(name for hit in hits for name in names_of(hit))
    return any(form <= name for form in called for name in names)


def _missing(query: Query, question: frozenset[str], about: Sequence[Subject], held: frozenset[str]) -> float:
    """The share of the things beside its subjects that the question speaks of, and the hits in no way, in [0, 1]."""
    called = frozenset[str]().union(*(subject.called for subject in about))
    names = (thing for thing, _ in query.other_words)
    spoken = (question.intersection(terms(thing)) for thing in chain(names, _PROPER_NAME.findall(query.standalone)))
    things = [said for said in spoken if said and not said <= called]
    return sum(not _is_held(said, held) for said in things) / len(things) if things else 0.0


def _is_held(thing: frozenset[str], held: frozenset[str]) -> bool:
    """Whether a thing stands among the terms; one Chinese character does in any word that holds it: 水 in 流动水."""
    return all(term in held or (len(term) == 1 and any(term in word for word in held)) for term in thing)


def _by_other_words(
    query: Query, question: frozenset[str]
) -> tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...]:
    """The terms of each thing that the question speaks of, with those of its other names."""
    found = (
        (question.intersection(terms(said)), tuple(filter(None, map(frozenset, map(terms, others)))))
        for said, others in query.other_words
    )
    return tuple((said, others) for said, others in found if said and others)


def _reworded(
    things: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...], words: frozenset[str]
) -> frozenset[str]:
    """The question's terms for the things that the words name otherwise."""
    return frozenset().union(*(said for said, others in things if any(_is_held(other, words) for other in others)))


def _asked(wanted: Asked, text: str, question: Sequence[str], about: Sequence[Subject]) -> Asked:
    """What is asked; where only a subject is named, its outline, and for a complaint, what to do."""
    if wanted.aspects:
        return wanted
    if wanted.complains:
        return replace(wanted, aspects=_COMPLAINT)
    named = {term for subject in about for name in subject.names for term in name}
    is_bare = not _WANTS_MORE.search(text) and all(weight(term) < 1.0 or term in named for term in question)
    return replace(wanted, aspects=_BARE_SUBJECT) if is_bare else wanted


def wording(query: Query, hits: Sequence[Hit]) -> str:
    """The question's words in the language of the hits; in Chinese, known terms stand apart."""
    if hits and not any(hit_language(hit) == query.language for hit in hits):
        return next((text for text in query.expansions if language_of(text) != query.language), query.standalone)
    text = query.standalone
    if query.language == "zh":
        single = "".join(term for term in query.looked_for if len(term) == 1)
        for term in query.looked_for:
            beside = f"[{single}]"  # known characters side by side are one word: 手足口
            alone = rf"(?<!{beside}){re.escape(term)}(?!{beside})" if len(term) == 1 else re.escape(term)
            text = re.sub(alone, f" {term} ", text)
    return text


def _share(weights: Mapping[str, float], words: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(w for term, w in weights.items() if term in words) / total if total else 0.0
