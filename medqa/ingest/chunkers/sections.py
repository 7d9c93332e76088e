"""Passages that follow sections and whole sentences, about so many encoder tokens long.

A passage never crosses a heading: "None." under "Contraindications" must not be read under another one. Within a
section, sentences are shared out evenly, so no passage is a leftover of two words. Table rows stay whole, a number
stays with its unit, and a list stays whole with the lead-in before it: half a list of danger signs misleads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from medqa.domain.document import Block, Document
from medqa.domain.passage import Passage
from medqa.domain.sentences import sentences
from medqa.ingest.chunkers._cutting import may_cut, pieces, token_estimate

_NUMBERED = re.compile(r"[-•*]\s|\(?\w{1,3}[.)、）]")
_LONGEST_LIST = 1.4  # times the target: a longer list is cut between its items
_LONGEST_ROW = 8  # times the target: beyond it a table row is cut between its cells


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, a row or a list. ``glue`` stands before it unless it begins a passage."""

    text: str
    glue: str
    tokens: float
    blocks: tuple[Block, ...]


class SectionChunker:
    """Cuts documents into passages of about ``passage_tokens`` encoder tokens."""

    def __init__(self, passage_tokens: int = 160) -> None:
        self._target = float(passage_tokens)
        self.version = f"sections-2/{passage_tokens}"

    def cut(self, document: Document) -> tuple[Passage, ...]:
        """Passages in order, together holding every block's text once."""
        parts = [
            part
            for _, blocks in groupby(document.blocks, key=lambda block: block.section)
            for part in self._share_out(self._with_lists(unit for block in blocks for unit in self._units(block)))
        ]
        return tuple(_passage(document, ordinal, part) for ordinal, part in enumerate(parts))

    def _units(self, block: Block) -> Iterator[_Unit]:
        marker = "- " if block.kind == "list_item" and not _NUMBERED.match(block.text) else ""
        glue = "\n"
        for text in self._whole(block, marker + block.text):
            bare = text.strip()
            if bare:
                yield _Unit(bare, glue, token_estimate(bare), (block,))
                glue = ""
            glue = glue or (" " if text[-1:].isspace() else "")

    def _whole(self, block: Block, text: str) -> Iterable[str]:
        """The text in pieces that stay whole; each keeps the white space that follows it."""
        if block.kind == "table_row" and token_estimate(text) <= _LONGEST_ROW * self._target:
            return [text]
        if token_estimate(text) <= self._target / 2:
            return [text]
        spans = _joined_numbers(text, _contiguous(text))
        return [piece for start, end in spans for piece in pieces(text[start:end], self._target)]

    def _with_lists(self, units: Iterable[_Unit]) -> list[_Unit]:
        """The units, each lead-in made one with the list that follows it where the whole is not too long."""
        out: list[_Unit] = []
        is_list = False
        for unit in units:
            is_item = unit.blocks[0].kind == "list_item"
            is_list = is_item and bool(out) and (is_list or out[-1].text.endswith((":", "：")))
            if is_list and out[-1].tokens + unit.tokens <= _LONGEST_LIST * self._target:
                out[-1] = _joined(out[-1], unit)
            else:
                out.append(unit)
                is_list = False
        return out

    def _share_out(self, units: list[_Unit]) -> Iterator[list[_Unit]]:
        """The units of one section in parts of even length, none much longer than the target."""
        left = sum(unit.tokens for unit in units)
        part: list[_Unit] = []
        size = 0.0
        aim = _even(left, self._target)
        for unit in units:
            if part and (size + unit.tokens / 2 > aim or size + unit.tokens > self._target * 1.15):
                held = _lead_in(part)
                yield part[: len(part) - len(held)]
                left -= sum(u.tokens for u in part) - sum(u.tokens for u in held)
                part, size, aim = held, sum(u.tokens for u in held), _even(left, self._target)
            part.append(unit)
            size += unit.tokens
        if part:
            yield part


def _joined(first: _Unit, second: _Unit) -> _Unit:
    text, tokens = first.text + second.glue + second.text, first.tokens + second.tokens
    return _Unit(text, first.glue, tokens, first.blocks + second.blocks)


def _even(tokens: float, target: float) -> float:
    """The length of each part when ``tokens`` are shared out evenly with none above the target."""
    return tokens / max(1, math.ceil(tokens / target - 0.1))


def _lead_in(part: list[_Unit]) -> list[_Unit]:
    """The last unit, if it only introduces what follows."""
    return part[-1:] if len(part) > 1 and part[-1].text.endswith((":", "：")) else []


def _contiguous(text: str) -> list[tuple[int, int]]:
    """Sentence spans stretched so that together they are the whole text: a bullet goes with what follows it."""
    ends = [end for _, end in sentences(text)][:-1]
    cuts = [0]
    for end in ends:
        at = end
        while at < len(text) and text[at].isspace():
            at += 1
        cuts.append(at)
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))


def _joined_numbers(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, two of them made one where the cut would part a number from what belongs to it."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and not may_cut(text, start):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _passage(document: Document, ordinal: int, part: list[_Unit]) -> Passage:
    first = part[0].blocks[0]
    blocks = [block for unit in part for block in unit.blocks]
    text = part[0].text + "".join(unit.glue + unit.text for unit in part[1:])
    keys = dict.fromkeys(key for block in blocks for key in block.references if key in document.references)
    return Passage(
        id=f"{document.id}#{ordinal}",
        document_id=document.id,
        ordinal=ordinal,
        text=text,
        section=" > ".join(first.section) or None,
        page=first.page,
        language=document.metadata.language,
        references={key: document.references[key] for key in keys},
    )


plugin = SectionChunker
