"""How sentences are worded: standing alone, short, nobody's prescription, and said in one place only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from evals.corpus.article import Article, Problem
from evals.corpus.article import Sentence as Said

WORDS_PATIENT, WORDS_CLINICIAN = 20, 35
CHARACTERS_A_CLAUSE_PATIENT, CHARACTERS_A_CLAUSE_CLINICIAN = 25, 60

_WORD = re.compile(r"\S*\w\S*")
_VISIBLE = re.compile(r"[^\W_]")
_LATIN_OR_NUMBER = re.compile(r"[A-Za-zα-ω0-9][\w.,%/²·-]*")
_CLAUSE = re.compile(r"[，。；：！？（）]")

_PRONOUN = {
    "en": re.compile(r"(?:It|They|He|She|Its|Their|This|That|These|Those|Such|Both)\b"),
    "zh": re.compile(r"[它她]|他(?!汀|莫|克)|这(?!三个字)|那|其(?!他|余|中)|此(?!外)|该"),
}
_A_DOSE = "gives the reader a dose"
_MEDICINE_VERBS = "take|stop|start|use|skip|double|increase|reduce|lower|raise|change|halve"
_FORBIDDEN = {
    "en": (
        (
            rf"\byou (?:should|must|need to|have to|can|may|ought to) (?:not )?(?:{_MEDICINE_VERBS})\b",
            "tells the reader what to do with a medicine",
        ),
        (r"\b(?:as|I am|I'm) your doctor\b", "poses as the reader's doctor"),
        (r"\b(?:I|we) (?:recommend|advise|suggest|prescribe)\b", "advises in its own name"),
        (
            rf"(?:^|[:;.] )(?:{_MEDICINE_VERBS}|swallow|inject|give)\b[^.]*\b\d[\d.,]* ?(?:mg|g|mcg|mL|units?|IU)\b",
            _A_DOSE,
        ),
        (r"\byour dose (?:is|should)\b", _A_DOSE),
        (r"\b(?:this article|as (?:said|mentioned|stated) above|see (?:above|below))\b", "leans on another sentence"),
    ),
    "zh": (
        (
            r"[你您](?:可以|应该?|应当|需要?|必须|不[要该应])?(?:立即|马上)?(?:服用|停用|停药|停服|换药|加量|减量|开始[服使]?用)",
            "tells the reader what to do with a medicine",
        ),
        (r"作为(?:你|您)的(?:医生|主治)", "poses as the reader's doctor"),
        (r"(?:我|我们)(?:建议|推荐|认为)", "advises in its own name"),
        (
            r"(?:^|[，；：。])请?(?:服用?|口服|吃|注射|给予?)[^，。]{0,12}\d[\d.]* ?(?:mg|g|毫克|克|毫升|mL|片|单位)",
            _A_DOSE,
        ),
        (r"(?:如上所述|见上文|见下文|本文|前文)", "leans on another sentence"),
    ),
}
_EMERGENCY_LINE = re.compile(r"emergency number|急救电话")


def check_wording(article: Article) -> Iterator[Problem]:
    """Pronouns at the beginning, and what must never be said to a reader."""
    for said in article.sentences:
        if _PRONOUN[article.language].match(said.text) and not said.is_item:
            yield _problem(article, said, "pronoun", "begins with a pronoun, so it cannot be quoted alone")
        for pattern, meaning in _FORBIDDEN[article.language]:
            if meaning == _A_DOSE and not article.is_for_patients:
                continue  # a clinician reads doses for others
            if re.search(pattern, said.text, re.IGNORECASE):
                yield _problem(article, said, "forbidden", meaning)


def check_length(article: Article) -> Iterator[Problem]:
    """Words a sentence in English, characters a clause in Chinese."""
    for said in article.sentences:
        if article.language == "en":
            limit = WORDS_PATIENT if article.is_for_patients else WORDS_CLINICIAN
            length = len(words(said.text))
        else:
            limit = CHARACTERS_A_CLAUSE_PATIENT if article.is_for_patients else CHARACTERS_A_CLAUSE_CLINICIAN
            length = max(characters(clause) for clause in _CLAUSE.split(said.text))
        if length > limit:
            yield _problem(article, said, "length", f"{length} where {limit} is the limit")


def check_duplicates(articles: Sequence[Article]) -> Iterator[Problem]:
    """A full sentence that stands twice: retrieval would show one fact from two places. Emergency numbers may."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in articles:
        for said in article.sentences:
            if not said.is_item and not said.introduces and not _EMERGENCY_LINE.search(said.text):
                places[(article.language, said.text.casefold())].append(f"{article.path}:{said.line}")
    for (_, text), where in places.items():
        if len(where) > 1:
            path, _, line = where[1].rpartition(":")
            yield Problem(path=path, line=int(line), rule="duplicate", message=f"also in {where[0]}: {text}")


def words(text: str) -> list[str]:
    """The words of English text: whatever stands between blanks, so "120/80" and "non-drowsy" are one each."""
    return _WORD.findall(text)


def characters(text: str) -> int:
    """Length of Chinese text as read: a number or a Latin word counts as one character, punctuation as none."""
    return len(_VISIBLE.findall(_LATIN_OR_NUMBER.sub("数", text)))


def _problem(article: Article, said: Said, rule: str, message: str) -> Problem:
    return Problem(path=article.path, line=said.line, rule=rule, message=f"{message}: {said.text}")
