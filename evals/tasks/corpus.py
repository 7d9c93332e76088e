"""Checks the starter articles as ``knowledge_base/README.md`` says they are written.

``--data DIR`` names another folder of the same form (``<lang>/*.md``); the list of topics is then not asked for.
The goals that ``knowledge_base/README.md`` states: English patient articles about grade 7, Chinese clauses of at most
25 characters.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.corpus import article, readability
from evals.corpus.article import Article
from evals.corpus.lint import lint
from evals.harness import Options, Report
from medqa.wiring.parts import shipped

STARTER = "medqa-starter"


class Corpus:
    """The starter articles: structure, references, both languages alike, wording, readability."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Problems, warnings and readability."""
        today = datetime.date.fromisoformat(options.get("today", datetime.date.today().isoformat()))
        articles = article.read(data or shipped("knowledge_base") / STARTER / "files")
        found = lint(articles, today=today, topics=data is None)
        return {
            "task": "corpus",
            "articles": dict(Counter(f"{each.language} {each.meta.get('audience')}" for each in articles)),
            "problems": [asdict(each) for each in found if not each.is_warning],
            "warnings": [asdict(each) for each in found if each.is_warning],
            "readability": {
                "en_flesch_kincaid_grade": _spread(articles, "en", readability.grade),
                "zh_characters_a_sentence": _spread(articles, "zh", readability.mean_characters),
                "zh_share_of_uncommon_characters": _spread(articles, "zh", readability.uncommon_share),
            },
        }


plugin = Corpus


def _spread(articles: Sequence[Article], language: str, score: Callable[[Article], float]) -> dict[str, Any]:
    """The spread of a score over the patient articles of a language."""
    chosen = [each for each in articles if each.language == language and each.is_for_patients]
    return asdict(readability.spread([(each.path, score(each)) for each in chosen])) if chosen else {}
