"""Builds a folder of instruction data from everything that has been ingested, split by document."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, zip_longest
from pathlib import Path

from medqa.domain.conversation import Audience
from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import ConfigError
from medqa.train.asking import Asking, ask, document_language, follow_up
from medqa.train.building import Bounds, RowBuilder, safety_aspects
from medqa.train.config import DataConfig
from medqa.train.rows import SPLITS, Kind, Row, Split, write_rows
from medqa.train.splitting import assign, bare, families, leaks, shared_texts
from medqa.train.workshop import Progress, Workshop

_REWRITTEN = 0.3  # of the follow-ups, the rewriting of the question alone is learnt
_PASSES = 8  # over all documents, each with other wordings, until enough rows stand
_Document = tuple[tuple[Passage, ...], Metadata]


@dataclass(slots=True)
class DataReport:
    """What was built: rows by split and by a property, what was dropped and why, and each source with its licence."""

    splits: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    licences: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)


async def build(config: DataConfig, workshop: Workshop, progress: Progress | None = None) -> DataReport:
    """Writes ``train``, ``validation`` and ``test.jsonl`` and ``manifest.json``, the last one last.

    Raises ConfigError when nothing of the knowledge base fits, or what it holds leaves no room for a held-out split.
    """
    documents = _documents(config, workshop)
    corpus = _Corpus(config, workshop, documents)
    report = DataReport(documents=dict(Counter(corpus.split_of.values())))
    rows: dict[Split, list[Row]] = {}
    for split in SPLITS:
        wanted = _wanted(config, split)
        mine = [document for document in documents if corpus.split_of[document[0][0].document_id] == split]
        maker = _Split(config, workshop, corpus, split)
        rows[split] = await maker.rows(mine, wanted, progress) if wanted and mine else []
        report.dropped.update(maker.dropped)
    if not rows["train"]:
        raise ConfigError("no row could be built: ingest documents with headings or question titles first")
    if leaked := leaks({split: [_uses(row) for row in found] for split, found in rows.items()}):
        raise AssertionError(f"{len(leaked)} documents or passages stand in two splits")
    _write(config, rows, report, workshop)
    return report


class _Corpus:
    """The documents with their splits, and the passages that each split may use."""

    def __init__(self, config: DataConfig, workshop: Workshop, documents: Sequence[_Document]) -> None:
        everything = {passage.document_id: metadata for passage, metadata in workshop.passages}
        self.family_of = families(everything)
        # Families of documents that are left out still get a split, and so never turn up as distractors elsewhere.
        chosen = {self.family_of[document[0][0].document_id] for document in documents}
        by_family = assign(chosen, validation=config.validation, test=config.test, seed=config.seed)
        self.split_of: dict[str, Split] = {
            document_id: by_family[name] for document_id, name in self.family_of.items() if name in by_family
        }
        passages = [p for p, _ in workshop.passages if p.document_id in self.split_of]
        shared = shared_texts(passages, self.split_of)
        self.ids = {
            split: frozenset(
                p.id for p in passages if self.split_of[p.document_id] == split and bare(p.text) not in shared
            )
            for split in SPLITS
        }


class _Split:
    """Builds the rows of one split."""

    def __init__(self, config: DataConfig, workshop: Workshop, corpus: _Corpus, split: Split) -> None:
        self._config = config
        self._dice = random.Random(f"{config.seed} {split}")
        bounds = Bounds(passages=config.passages, ids=corpus.ids[split], family_of=corpus.family_of)
        self._builder = RowBuilder(workshop, bounds, self._dice)
        self._split = split
        self._seen = _excluded(config.exclude_questions)
        self._answers: set[str] = set()
        self._kinds: Counter[str] = Counter()

    @property
    def dropped(self) -> Counter[str]:
        """What came to nothing, by reason."""
        return self._builder.dropped

    async def rows(self, documents: Sequence[_Document], wanted: int, progress: Progress | None) -> list[Row]:
        """At most ``wanted`` rows, languages and audiences taking turns."""
        import asyncio

        found: list[Row] = []
        for _ in range(_PASSES):
            before = len(found)
            for batch in _batches(self._askings(documents), self._config.teacher_requests):
                made = await asyncio.gather(*(self._make(asking, earlier) for asking, earlier in batch))
                found += [row for row in made if row is not None and self._is_new(row)]
                self._kinds = Counter("follow_up" if row.kind == "rewrite" else row.kind for row in found)
                if progress:
                    progress(f"{self._split} rows", min(len(found), wanted), wanted)
                if len(found) >= wanted:
                    return found[:wanted]
            if len(found) - before < max(1, before // 50):  # further wordings bring hardly anything
                break
        return found

    def _askings(self, documents: Sequence[_Document]) -> Iterator[tuple[Asking, Asking | None]]:
        """Each question with the one of the same article asked before it, if any; languages and audiences by turns."""
        groups: dict[tuple[str, Audience], list[tuple[Asking, Asking | None]]] = {}
        for place, (passages, metadata) in enumerate(documents):
            audience = _audience(metadata, self._config.audiences, place)
            questions = list(ask(passages, metadata, audience, self._dice))
            pairs = zip(questions, [None, *questions], strict=False)
            groups.setdefault((document_language(passages, metadata), audience), []).extend(pairs)
        for group in groups.values():
            self._dice.shuffle(group)
        by_turns = chain.from_iterable(zip_longest(*(groups[name] for name in sorted(groups))))
        return (pair for pair in by_turns if pair is not None)

    def _make(self, asking: Asking, earlier: Asking | None) -> Awaitable[Row | None]:
        """A row of the kind that is furthest behind the share asked for; a plain answer when none is."""
        kind = self._kind_behind()
        if kind == "refusal":
            return _now(self._builder.refusal(asking))
        if kind == "follow_up" and earlier and (followed := follow_up(earlier, asking, self._dice)):
            if self._dice.random() < _REWRITTEN:
                return _now(self._builder.rewrite(followed, asking))
            return self._builder.answer(followed, "follow_up")
        if kind == "safety":
            return self._safety_row(asking)
        return self._builder.answer(asking)

    def _kind_behind(self) -> Kind:
        """Counted over rows in the making too, so that a batch does not overshoot."""
        shares = {"refusal": self._config.refusals, "follow_up": self._config.follow_ups, "safety": self._config.safety}
        total = sum(self._kinds.values()) + 1
        behind = {kind: share * total - self._kinds[kind] for kind, share in shares.items()}
        furthest = max(behind, key=lambda kind: behind[kind])
        drawn: Kind = furthest if behind[furthest] > self._dice.random() else "answer"  # type: ignore[assignment]
        self._kinds[drawn] += 1
        return drawn

    def _safety_row(self, asking: Asking) -> Awaitable[Row | None]:
        choices = [self._builder.planted, self._builder.pushed]
        if asking.aspect in safety_aspects() and asking.audience == "patient":
            choices += [self._builder.personal] * 4  # few sections are fit for it
        return self._dice.choice(choices)(asking)

    def _is_new(self, row: Row) -> bool:
        """Whether neither this question in these surroundings nor this exchange has been seen."""
        question = bare(row.question)
        if question in self._seen and not row.turns:
            self._builder.dropped["the question stands already, or is kept for evaluation"] += 1
            return False
        exchange = bare(" ".join([*(turn["content"] for turn in row.turns), row.question, row.answer]))
        if exchange in self._answers:
            self._builder.dropped["the same exchange stands already"] += 1
            return False
        if row.kind != "refusal":
            self._seen.add(question)
        self._answers.add(exchange)
        return True


def _documents(config: DataConfig, workshop: Workshop) -> list[_Document]:
    chosen = []
    for _, group in groupby(workshop.passages, key=lambda pair: pair[0].document_id):
        pairs = list(group)
        passages, metadata = tuple(passage for passage, _ in pairs), pairs[0][1]
        if config.sources and metadata.source_id not in config.sources:
            continue
        if metadata.retracted or document_language(passages, metadata) not in config.languages:
            continue
        if metadata.audience is not None and metadata.audience not in config.audiences:
            continue
        chosen.append((passages, metadata))
    if not chosen:
        raise ConfigError("no document fits sources, languages and audiences: see `medqa sources list`")
    return chosen


def _wanted(config: DataConfig, split: Split) -> int:
    share = {"validation": config.validation, "test": config.test}.get(split, 1 - config.validation - config.test)
    return max(1, round(config.rows * share)) if share else 0


def _audience(metadata: Metadata, allowed: Sequence[Audience], place: int) -> Audience:
    known = metadata.audience
    return known if known in ("patient", "clinician") else allowed[place % len(allowed)]  # type: ignore[return-value]


def _excluded(paths: Sequence[Path]) -> set[str]:
    """Bare questions that are kept for evaluation."""
    found: set[str] = set()
    for path in paths:
        try:
            rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
            found.update(bare(str(row.get("question") or row["text"])) for row in rows)
        except (OSError, ValueError, KeyError, AttributeError) as err:
            raise ConfigError(f"exclude_questions: {path} is no JSON Lines file with question or text") from err
    return found


def _batches(items: Iterator[tuple[Asking, Asking | None]], size: int) -> Iterator[list[tuple[Asking, Asking | None]]]:
    batch: list[tuple[Asking, Asking | None]] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


async def _now(row: Row | None) -> Row | None:
    return row


def _uses(row: Row) -> tuple[str, ...]:
    return (row.provenance.document_id, *(passage.id for passage in row.passages))


def _write(config: DataConfig, rows: Mapping[Split, Sequence[Row]], report: DataReport, workshop: Workshop) -> None:
    config.output.mkdir(parents=True, exist_ok=True)
    manifest = config.output / "manifest.json"
    manifest.unlink(missing_ok=True)
    for split, found in rows.items():
        path = config.output / f"{split}.jsonl"
        report.splits[split] = write_rows(path, found)
        report.sha256[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    everything = [row for found in rows.values() for row in found]
    for name in ("kind", "language", "audience"):
        report.counts[name] = dict(sorted(Counter(str(getattr(row, name)) for row in everything).items()))
    report.counts["source"] = dict(sorted(Counter(row.provenance.source_id for row in everything).items()))
    report.licences = {r.provenance.source_id: r.provenance.licence or "not recorded" for r in everything}
    table = {
        "snapshot": workshop.snapshot_id,
        "prompt_sha256": workshop.prompt_sha256,
        "writer": workshop.writer_id,
        "rows": report.splits,
        "documents": report.documents,
        "counts": report.counts,
        "dropped": dict(report.dropped),
        "licences": report.licences,
        "sha256": report.sha256,
        "config": config.model_dump(mode="json", exclude={"output"}),
    }
    manifest.write_text(json.dumps(table, ensure_ascii=False, indent=2) + "\n", "utf-8")
