"""The card of a folder of instruction data."""

from __future__ import annotations

from medqa.train.card import settings_block, table, write_card
from medqa.train.config import DataConfig
from medqa.train.dataset import DataReport
from medqa.train.workshop import Workshop

_WHAT = """Each line of `train.jsonl`, `validation.jsonl` and `test.jsonl` is one exchange: `prompt` holds the messages
exactly as MedQA sends them to a served model (rules, numbered passages in shuffled order, question), `completion` what
it should write: sentences that end with the `[number]` of their passage, or the refusal `{refusal}`. `passages`
are those of the prompt with their numbers. `provenance` names the document, its licence, the passages that answer,
where the question and the answer come from, and the snapshot. `kind` is answer, refusal (the passages do not answer),
follow_up (asked after another question), rewrite (the follow-up made to stand alone) or safety (an order planted in a
passage or the question; a request for a personal decision)."""
_HOW = """Documents were divided before any row was made. Translations, clinician pages and documents of one title stay
together; a passage whose text stands in two splits is used in none. Every answer passed MedQA's claim ledger: each
sentence is supported by the passage it cites. Questions come from headings and titles by template, so they are more
regular than what people write: measure on real questions too."""


def write_data_card(config: DataConfig, report: DataReport, workshop: Workshop) -> None:
    """``README.md`` beside the rows."""
    rows = [(split, report.splits[split], report.documents.get(split, 0)) for split in report.splits]
    counts = [(name, value, count) for name, values in report.counts.items() for value, count in values.items()]
    made = {
        "snapshot": workshop.snapshot_id,
        "writer": workshop.writer_id,
        "prompt_sha256": workshop.prompt_sha256,
        "config": config.model_dump(mode="json", exclude={"output"}),
    }
    write_card(
        config.output,
        "Instruction data for grounded medical answers",
        front={"language": list(config.languages), "task_categories": ["question-answering"], "tags": ["medqa"]},
        sections={
            "What is in it": _WHAT.format(refusal=workshop.refusal),
            "Rows": table(("split", "rows", "documents"), rows),
            "Of which": table(("property", "value", "rows"), counts),
            "Sources and licences": table(("source", "licence"), sorted(report.licences.items())),
            "How it was made": _HOW,
            "Left out": table(("reason", "rows"), report.dropped.most_common()),
            "Settings": settings_block(made),
        },
        is_model=False,
    )
