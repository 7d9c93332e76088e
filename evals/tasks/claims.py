"""Does the ledger catch claims that are not true, and let true ones pass?

Claims are cut from the shipped articles: word for word, merged, and reworded, shortened or translated by hand
(``evals/data/claims/reworded.jsonl``); then altered: ten-fold and other numbers, units, negation, comparison, medicine,
a citation of another document's passage, a citation that does not exist. With ``--data DIR``: the same, without what
was written by hand, over a BEIR corpus.
Options: ``split`` (test, dev or all), ``misses`` (how many to list, 40), ``limit`` (documents of a corpus, 300),
``verifier`` (lexical), ``fit=FILE`` (writes weights fitted on dev), ``seed`` (0).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.ledger.fitting import fit, written
from evals.ledger.samples import Sample, samples
from evals.ledger.shelf import corpus_articles, starter_articles
from evals.scorers.proportion import clopper_pearson
from medqa.answer.ledger.citing import Ledger
from medqa.answer.ledger.claims import Draft
from medqa.domain.answer import Claim
from medqa.protocols import Verifier
from medqa.settings import load_settings
from medqa.wiring import parts

_SHOWN = ("supported", "partial")
_TARGETS = {
    "numbers and units": ("tenfold", "number", "unit"),
    "negation": ("negation",),
    "comparison": ("comparison",),
    "medicine": ("medicine",),
    "unrelated citations": ("other passage", "invented citation"),
}
_TRUE = {
    "in the source's language": ("verbatim", "reworded", "shortened", "merged"),
    "reworded or shortened": ("reworded", "shortened"),
    "in the other language": ("cross",),
}


class Claims:
    """Altered claims caught and true claims dropped by the ledger, by kind and language, with 95% intervals."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares caught (altered) and falsely dropped (true); ``misses`` lists what went the wrong way."""
        articles = starter_articles() if data is None else corpus_articles(data, int(options.get("limit", "300")))
        wanted = options.get("split", "test")
        made = samples(articles, own=data is None, seed=int(options.get("seed", "0")))
        if "fit" in options:
            written(fit([each for each in made if each.split == "dev"]), Path(options["fit"]))
        chosen = [each for each in made if wanted in ("all", each.split)]
        verifier = parts.verifier(load_settings(verifier=options.get("verifier", "lexical")))
        judged = [(each, *_judge(each, verifier)) for each in chosen]
        wrong = [(s, c) for s, c, _ in judged if _is_shown(c) != s.is_true]
        return {
            "task": "claims",
            "split": wanted,
            "documents": len(articles),
            "claims": {"true": sum(s.is_true for s in chosen), "altered": sum(not s.is_true for s in chosen)},
            "caught": _table(judged, is_true=False),
            "caught_by_target": {
                name: clopper_pearson([not _is_shown(c) for s, c, _ in judged if s.kind in kinds])
                for name, kinds in _TARGETS.items()
            },
            "false_alarms_by_target": {
                name: clopper_pearson([not _is_shown(c) for s, c, _ in judged if s.is_true and s.kind in kinds])
                for name, kinds in _TRUE.items()
            },
            "false_alarms": _table(judged, is_true=True),
            "median_ms": round(sorted(ms for _, _, ms in judged)[len(judged) // 2], 2),
            "misses": [_miss(s, c) for s, c in wrong][: int(options.get("misses", "40"))],
        }


plugin = Claims


def _judge(sample: Sample, verifier: Verifier) -> tuple[Claim, float]:
    begun = time.perf_counter()
    claim, _ = Ledger(sample.hits, verifier).check(Draft(sample.claim, sample.marks))
    return claim, 1000 * (time.perf_counter() - begun)


def _is_shown(claim: Claim) -> bool:
    return claim.verdict in _SHOWN


def _table(judged: Sequence[tuple[Sample, Claim, float]], *, is_true: bool) -> dict[str, Any]:
    """The share that was not shown, by kind and language; and of all of them."""
    mine = [(s, c) for s, c, _ in judged if s.is_true == is_true]

    def dropped(belongs: Callable[[Sample], bool]) -> dict[str, float | int]:
        return clopper_pearson([not _is_shown(c) for s, c in mine if belongs(s)])

    kinds = {
        f"{kind}, {language}": dropped(lambda s, k=kind, lang=language: (s.kind, s.language) == (k, lang))  # type: ignore[misc]
        for kind in sorted({s.kind for s, _ in mine})
        for language in ("en", "zh")
        if any((s.kind, s.language) == (kind, language) for s, _ in mine)
    }
    return {"all": dropped(lambda _: True), **kinds}


def _miss(sample: Sample, claim: Claim) -> dict[str, str]:
    return {
        "kind": sample.kind,
        "claim": sample.claim,
        "verdict": f"{claim.verdict} {claim.support:.2f}",
        "cited": sample.hits[min(sample.marks[0], len(sample.hits)) - 1].passage.text,
    }
