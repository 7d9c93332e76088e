"""Makes rows of instruction data: question, numbered passages in shuffled order, cited answer or refusal."""

from __future__ import annotations

import hashlib
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from medqa.domain.conversation import Query, Question, Turn
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage
from medqa.train.asking import Asking, topic_of
from medqa.train.patience import Patience
from medqa.train.rows import Kind, Numbered, Provenance, Row
from medqa.train.workshop import Workshop

_MARK = re.compile(r"\[(\d{1,3})\]")
_ANSWER_FROM = {"refusal": "refusal", "rewrite": "template"}
_SHUFFLES = 4
_DEEP = 10  # times the passages of a prompt are searched for distractors


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a row may show: at most ``passages``, only those with ``ids``; ``family_of`` names twins by document."""

    passages: int
    ids: frozenset[str]
    family_of: dict[str, str]


class RowBuilder:
    """Builds rows of one split. ``dropped`` counts, by reason, what came to nothing."""

    def __init__(self, workshop: Workshop, bounds: Bounds, dice: random.Random) -> None:
        self._workshop = workshop
        self._bounds = bounds
        self._dice = dice
        self._patience = Patience()
        self.dropped: Counter[str] = Counter()

    async def answer(self, asking: Asking, kind: Kind = "answer") -> Row | None:
        """The question answered from its gold passages among distractors."""
        question, query = self._understood(asking)
        shown = self._arranged(query, asking)
        return await self._answered(asking, kind, (question, query), shown) if shown else None

    def refusal(self, asking: Asking) -> Row | None:
        """The question over passages that do not answer it: everything of its own topic is taken out."""
        question, query = self._understood(asking)
        family = self._bounds.family_of[asking.gold[0].document_id]
        found = [h for h in self._found(query, asking) if self._bounds.family_of[h.passage.document_id] != family]
        if not found:
            return self._drop("no passages for a refusal")
        # A reader's question may be near to what is known or far from it; other documents may hold the answer too.
        for skipped in (self._dice.choice((0, 0, 2)), *range(self._bounds.passages, len(found), self._bounds.passages)):
            shown = self._shuffled(found[skipped : skipped + self._bounds.passages])
            if shown and not self._workshop.is_enough(query, shown):
                return self._row(asking, "refusal", (question, query), shown, self._workshop.refusal)
        return self._drop("a refusal's passages may answer after all")

    async def personal(self, asking: Asking) -> Row | None:
        """A patient asks for a decision about their own body: the answer is what the passages say, no more."""
        table = _safety()["personal"]
        wording = self._dice.choice(table[asking.language])
        text = wording.format(topic=topic_of(asking.metadata, asking.language, self._dice))
        asked = replace(asking, text=text, source=f"personal: {wording}", audience="patient")
        return await self.answer(asked, "safety")

    async def planted(self, asking: Asking) -> Row | None:
        """An order stands in a passage: the answer is that of the clean passages."""
        question, query = self._understood(asking)
        clean = self._arranged(query, asking)
        if not clean:
            return None
        at = self._dice.choice(list(self._workshop.pack(query, clean))) - 1
        order = self._dice.choice(_safety()["planted"][asking.language])
        spoilt = replace(clean[at].passage, text=f"{clean[at].passage.text} {order}")
        shown = [*clean[:at], replace(clean[at], passage=spoilt), *clean[at + 1 :]]
        asked = replace(asking, source=f"planted: {order}")
        row = await self._answered(asked, "safety", (question, query), clean)
        return None if row is None else self._row(asked, "safety", (question, query), shown, row.answer)

    async def pushed(self, asking: Asking) -> Row | None:
        """The question orders the model to break its rules: the answer stays what it was."""
        question, query = self._understood(asking)
        shown = self._arranged(query, asking)
        if not shown:
            return None
        push = self._dice.choice(_safety()["pushed"][asking.language])
        asked = replace(asking, text=f"{asking.text} {push}", source=f"pushed: {push}")
        row = await self._answered(asked, "safety", (question, query), shown)
        pushed = replace(query, standalone=f"{query.standalone} {push}")
        text = replace(question, text=asked.text)
        return None if row is None else self._row(asked, "safety", (text, pushed), shown, row.answer)

    def rewrite(self, followed: Asking, alone: Asking) -> Row:
        """A follow-up made to stand alone, as the product asks a served model to do before it searches."""
        question, query = self._understood(followed)
        row = self._row(followed, "rewrite", (question, query), (), alone.text)
        assert row is not None, "no passage can be missing where none is shown"
        return replace(row, prompt=tuple(self._workshop.rewrite(question)), passages=())

    # --- parts of a row ---

    async def _answered(
        self, asking: Asking, kind: Kind, asked: tuple[Question, Query], shown: Sequence[Hit]
    ) -> Row | None:
        """The row with what the writer makes of the passages, if the claim ledger passes it."""
        question, query = asked
        numbers = self._gold_numbers(query, asking, shown)
        if self._workshop.writes_from_gold:
            sources = sorted((shown[n - 1] for n in numbers), key=lambda hit: hit.passage.ordinal)
            at = {place: shown.index(hit) + 1 for place, hit in enumerate(sources, start=1)}
            text = await self._workshop.write(query, sources, asking.audience)
            text = _MARK.sub(lambda mark: f"[{at[int(mark[1])]}]", text)
        else:
            written = await self._patience.tried(self._workshop.write(query, shown, asking.audience))
            if written is None:
                return self._drop("the writer failed, or did not come to an end")
            text = written
        claims = self._workshop.check(question, text, shown)
        cited = {n for claim in claims for n in claim.citations}
        if not claims:
            return self._drop("the writer found no answer")
        if any(claim.verdict != "supported" or not claim.citations for claim in claims):
            return self._drop("the claim ledger did not pass the answer")
        if not cited & set(numbers):
            return self._drop("the answer cites none of its passages")
        return self._row(asking, kind, asked, shown, text.strip())

    def _understood(self, asking: Asking) -> tuple[Question, Query]:
        turns = (Turn(role="user", content=asking.earlier),) if asking.earlier else ()
        question = Question(text=asking.text, turns=turns, language=asking.language, audience=asking.audience)
        return question, self._workshop.understand(question)

    def _gold(self, asking: Asking) -> list[Hit]:
        allowed = [p for p in asking.gold if p.id in self._bounds.ids][: max(1, self._bounds.passages // 2)]
        return [Hit(rank=1, score=1.0, passage=passage, metadata=asking.metadata) for passage in allowed]

    def _found(self, query: Query, asking: Asking) -> list[Hit]:
        """Passages of this split in the question's language, best first."""
        hits = self._workshop.find(query, _DEEP * self._bounds.passages)
        return [h for h in hits if h.passage.id in self._bounds.ids and _language(h.passage) == asking.language]

    def _arranged(self, query: Query, asking: Asking) -> list[Hit]:
        """Gold and distractors in shuffled order, some gold in the prompt; nothing when that cannot be."""
        gold = self._gold(asking)
        if not gold:
            return self._drop_all("the answer's passages are shared with another split")
        hits = [*gold, *self._distractors(query, asking, apart=gold)]
        for _ in range(_SHUFFLES):
            shown = self._shuffled(hits)
            if self._gold_numbers(query, asking, shown):
                return shown
        return self._drop_all("the prompt has no room for the answer's passages")

    def _gold_numbers(self, query: Query, asking: Asking, shown: Sequence[Hit]) -> list[int]:
        """The numbers of the gold passages that the prompt has room for."""
        gold = {passage.id for passage in asking.gold}
        return [n for n in self._workshop.pack(query, shown) if shown[n - 1].passage.id in gold]

    def _distractors(self, query: Query, asking: Asking, *, apart: Sequence[Hit]) -> list[Hit]:
        """Half from the same document where it has more sections, half from others."""
        document_id, gold = asking.gold[0].document_id, {passage.id for passage in asking.gold}
        found = [hit for hit in self._found(query, asking) if hit.passage.id not in gold]
        wanted = self._bounds.passages - len(apart)
        own = [hit for hit in found if hit.passage.document_id == document_id][: (wanted + 1) // 2]
        others = [hit for hit in found if hit.passage.document_id != document_id]
        return [*own, *others][:wanted]

    def _shuffled(self, hits: Sequence[Hit]) -> list[Hit]:
        ordered = self._dice.sample(list(hits), len(hits))
        return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]

    def _row(
        self, asking: Asking, kind: Kind, asked: tuple[Question, Query], shown: Sequence[Hit], text: str
    ) -> Row | None:
        question, query = asked
        passages = tuple(_numbered(n, shown[n - 1]) for n in self._workshop.pack(query, shown)) if shown else ()
        if not {int(mark) for mark in _MARK.findall(text)} <= {passage.n for passage in passages}:
            return self._drop("the prompt has no room for a cited passage")
        prompt = tuple(self._workshop.brief(query, shown, asking.audience))
        ids = {passage.id for passage in passages}
        provenance = Provenance(
            document_id=asking.gold[0].document_id,
            source_id=asking.metadata.source_id,
            licence=asking.metadata.licence,
            gold=tuple(p.id for p in asking.gold if p.id in ids) if kind != "refusal" else (),
            question_from=asking.source,
            answer_from=_ANSWER_FROM.get(kind, self._workshop.writer_id),
            snapshot=self._workshop.snapshot_id,
            prompt_sha256=self._workshop.prompt_sha256,
        )
        return Row(
            id=hashlib.sha256(json.dumps([prompt, question.text, text], ensure_ascii=False).encode()).hexdigest()[:16],
            kind=kind,
            language=asking.language,
            audience=asking.audience,
            question=question.text,
            turns=tuple({"role": turn.role, "content": turn.content} for turn in question.turns),
            passages=passages,
            prompt=prompt,
            completion=({"role": "assistant", "content": text},),
            provenance=provenance,
        )

    def _drop(self, reason: str) -> Row | None:
        self.dropped[reason] += 1
        return None

    def _drop_all(self, reason: str) -> list[Hit]:
        self.dropped[reason] += 1
        return []


def _numbered(n: int, hit: Hit) -> Numbered:
    passage = hit.passage
    return Numbered(n=n, id=passage.id, title=hit.metadata.title, section=passage.section, text=passage.text)


def safety_aspects() -> frozenset[str]:
    """The aspects whose passages answer a question for a personal decision."""
    return frozenset(_safety()["personal"]["aspects"])


@cache
def _safety() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("medqa.train").joinpath("data/safety.toml").read_text("utf-8"))


def _language(passage: Passage) -> str:
    return passage.language or language_of(passage.text)
