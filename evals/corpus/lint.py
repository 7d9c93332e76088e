"""Every check over a folder of articles."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from evals.corpus import numbers, structure, wording
from evals.corpus.article import Article, Problem

_EACH = (
    structure.check_front_matter,
    structure.check_sections,
    structure.check_footnotes,
    wording.check_wording,
    wording.check_length,
    numbers.check_cited,
)
_TOGETHER = (numbers.check_parity, wording.check_duplicates)


def lint(articles: Sequence[Article], *, today: datetime.date, topics: bool = True) -> list[Problem]:
    """All problems by file and line. ``topics``: the folder must hold the whole starter list."""
    return sorted(_problems(articles, today, topics), key=lambda found: (found.path, found.line, found.rule))


def _problems(articles: Sequence[Article], today: datetime.date, topics: bool) -> Iterator[Problem]:
    for article in articles:
        yield from structure.check_dates(article, today)
        for check in _EACH:
            yield from check(article)
    for check_all in _TOGETHER:
        yield from check_all(articles)
    if topics:
        yield from structure.check_topics(articles)
