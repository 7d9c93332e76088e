"""Scores of ranked documents against graded judgements, with ir-measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Run = Mapping[str, Sequence[str]]
Qrels = Mapping[str, Mapping[str, int]]

MEASURES = ("nDCG@10", "condensed nDCG@10", "R@10", "R@100", "MRR@10", "judged@10")


def score(run: Run, qrels: Qrels, *, relevant: int) -> dict[str, dict[str, float]]:
    """Value by measure and query. Gain is ``2**grade - 1``; grades from ``relevant`` count for recall and MRR.

    Condensed nDCG leaves documents without a judgement out of the ranking (Sakai, SIGIR 2007).
    """
    import ir_measures
    from ir_measures import RR, Judged, R, nDCG

    scored = [
        ir_measures.ScoredDoc(query, document, -rank)
        for query, documents in run.items()
        for rank, document in enumerate(documents)
    ]
    graded = [ir_measures.Qrel(q, d, grade) for q in run for d, grade in qrels[q].items()]
    gained = [ir_measures.Qrel(q, d, 2**grade - 1) for q in run for d, grade in qrels[q].items()]
    by_gain = {nDCG @ 10: "nDCG@10", nDCG(judged_only=True) @ 10: "condensed nDCG@10"}
    by_grade = {
        R(rel=relevant) @ 10: "R@10",
        R(rel=relevant) @ 100: "R@100",
        RR(rel=relevant) @ 10: "MRR@10",
        Judged @ 10: "judged@10",
    }
    values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for names, judgements in ((by_gain, gained), (by_grade, graded)):
        for metric in ir_measures.iter_calc(list(names), judgements, scored):
            values[names[metric.measure]][metric.query_id] = metric.value
    return values
