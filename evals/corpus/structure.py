"""Front matter, sections in their order, footnotes, dates, and the topics that must be there."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from evals.corpus.article import Article, Problem

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_KEYS = (
    "id", "lang", "kind", "audience", "title", "aliases", "published", "review_by", "clinically_reviewed",
)  # fmt: skip
CLINICIAN = (
    "Criteria (诊断标准) · Thresholds (阈值) · First-line choices (一线选择) · Monitoring (监测) · Referral (转诊)"
)
PATIENT = {
    "condition": "Overview (概述) · Symptoms (症状) · Causes (病因) · Diagnosis (诊断) · Treatment (治疗) · "
    "Self-care (自我护理) · When to get help (何时就医) · Prevention (预防)",
    "medicine": "Overview (概述) · Uses (用途) · Dose on the label (说明书剂量) · Side effects (不良反应) · "
    "Cautions and interactions (注意事项与相互作用) · When to get help (何时就医) · Storage (储存)",
    "test": "Overview (概述) · Why it is done (检查目的) · Preparation (检查准备) · Results (结果解读) · "
    "What can affect it (影响因素) · Next steps (下一步) · When to get help (何时就医)",
    "emergency": "Overview (概述) · Signs (识别) · What to do (怎么做) · What not to do (不要做) · "
    "When to get help (何时求救) · Prevention (预防)",
}


def check_front_matter(article: Article) -> Iterator[Problem]:
    """Keys and values, the id that is the file's name, and the open word that nobody has reviewed it."""
    expected = {
        "id": article.name,
        "lang": article.language,
        "audience": "patient" if article.is_for_patients else "clinician",
        "clinically_reviewed": False,
    }
    for key in sorted(set(_KEYS) ^ set(article.meta)):
        yield Problem(path=article.path, rule="front-matter", message=f"key {key} is missing or unknown")
    for key, value in expected.items():
        if article.meta.get(key) != value:
            yield Problem(path=article.path, rule="front-matter", message=f"{key} must be {value!r}")
    if article.meta.get("kind") not in PATIENT:
        yield Problem(path=article.path, rule="front-matter", message=f"kind must be one of {', '.join(PATIENT)}")
    if not article.meta.get("title") or not _is_list_of_text(article.meta.get("aliases")):
        yield Problem(path=article.path, rule="front-matter", message="title and aliases must hold text")


def check_dates(article: Article, today: datetime.date) -> Iterator[Problem]:
    """Both dates, in order; a review date that has passed is a warning."""
    published, review_by = article.meta.get("published"), article.meta.get("review_by")
    if not isinstance(published, datetime.date) or not isinstance(review_by, datetime.date):
        yield Problem(path=article.path, rule="dates", message="published and review_by must be ISO dates")
        return
    if not published < review_by:
        yield Problem(path=article.path, rule="dates", message="review_by must come after published")
    if review_by < today:
        yield Problem(path=article.path, rule="stale", message=f"was to be reviewed by {review_by}", is_warning=True)


def check_sections(article: Article) -> Iterator[Problem]:
    """The headings of the article's kind, in order, each with at least one sentence."""
    kind = str(article.meta.get("kind"))
    listed = PATIENT.get(kind, "") if article.is_for_patients else CLINICIAN
    pairs = [re.fullmatch(r"(.+) \((.+)\)", part) for part in listed.split(" · ") if part]
    expected = tuple(pair[1 if article.language == "en" else 2] for pair in pairs if pair)
    if article.sections != expected:
        yield Problem(path=article.path, rule="sections", message=f"must be: {', '.join(expected)}")
    for section in set(article.sections) - {sentence.section for sentence in article.sentences}:
        yield Problem(path=article.path, rule="sections", message=f"{section} is empty")


def check_footnotes(article: Article) -> Iterator[Problem]:
    """Every mark has one footnote, every footnote a mark and a year."""
    used = {mark: sentence.line for sentence in article.sentences for mark in sentence.marks}
    for key in sorted(used.keys() - article.footnotes.keys()):
        yield Problem(path=article.path, rule="footnotes", line=used[key], message=f"[^{key}] is not defined")
    for key in sorted(article.footnotes.keys() - used.keys()):
        yield Problem(path=article.path, rule="footnotes", message=f"[^{key}] is never used")
    for key in article.twice_defined:
        yield Problem(path=article.path, rule="footnotes", message=f"[^{key}] is defined twice")
    for key, text in article.footnotes.items():
        if not _YEAR.search(text):
            yield Problem(path=article.path, rule="footnotes", message=f"[^{key}] names no year")


def check_topics(articles: Sequence[Article]) -> Iterator[Problem]:
    """Every topic of ``topics.toml`` in both languages, with a clinician page where one is due, and nothing else."""
    table = tomllib.loads(files("evals.corpus").joinpath("topics.toml").read_text("utf-8"))
    due = {*table["patient"], *(f"{slug}.clinician" for slug in table["clinician"])}
    for language in ("en", "zh"):
        there = {article.name for article in articles if article.language == language}
        for name in sorted(due - there):
            yield Problem(path=f"{language}/{name}.md", rule="topics", message="is missing")
        for name in sorted(there - due):
            yield Problem(path=f"{language}/{name}.md", rule="topics", message="is not in topics.toml")


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, str) and part for part in value)
