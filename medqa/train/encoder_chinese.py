"""Chinese for an English encoder: new token rows that learn the vectors of their English twins.

Multilingual knowledge distillation (Reimers and Gurevych, EMNLP 2020) with everything frozen but the rows of new
tokens in the embedding matrix: English text keeps its tokens, and so its vectors, bit for bit. Words are split
into their characters now and then, so that characters carry meaning for words that have no token.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from medqa.train.config import Place, StepConfig
from medqa.train.encoder_pairs import Pair
from medqa.train.workshop import Progress

_SPLIT = 0.15  # of words, into characters
_SCALE = 20.0  # of cosines in the contrastive part, as in sentence-transformers
_CONTRAST = 0.1  # its weight beside the distance to the twin's vector
_WARM_UP = 0.05  # of the time
_MOST_TOKENS = 160
_POOL = 32  # batches sorted by length together


class ChineseConfig(StepConfig):
    """``medqa train chinese``."""

    minutes: float = Field(10.0, gt=0)
    batch_size: int = Field(64, ge=2)
    learning_rate: float = Field(2e-3, gt=0, lt=1)
    sentences: int = Field(40_000, ge=0)
    least_seen: int = Field(4, ge=1)
    hold_out: int = Field(11, ge=2)
    begin: Place | None = None
    exclude_questions: tuple[Place, ...] = ()
    seed: int = 0


class Pupil:
    """A BERT encoder whose ``tokens`` have rows of their own; the body never changes."""

    def __init__(self, folder: Path, tokens: Sequence[str], rows: np.ndarray) -> None:
        import torch
        from tokenizers import AddedToken, Tokenizer
        from transformers import BertModel

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.add_tokens([AddedToken(token, normalized=False) for token in tokens])
        self.tokenizer.enable_truncation(_MOST_TOKENS)
        self._body: Any = BertModel.from_pretrained(folder, attn_implementation="sdpa").eval().requires_grad_(False)
        self._base = self._body.embeddings.word_embeddings.weight
        self.numbers = [int(self.tokenizer.token_to_id(token) or 0) for token in tokens]
        self._row_of = torch.full((max(len(self._base), max(self.numbers) + 1),), -1)
        self._row_of[torch.tensor(self.numbers)] = torch.arange(len(self.numbers))
        self.rows = torch.nn.Parameter(torch.from_numpy(rows.copy()))
        number_of = dict(zip(tokens, self.numbers, strict=True))
        self._parts: dict[int, list[int]] = {
            number_of[token]: [number_of[c] for c in token]
            for token in tokens
            if len(token) > 1 and all(c in number_of for c in token)
        }

    def ids(self, text: str, dice: random.Random | None = None) -> list[int]:
        """Token ids; with dice some words fall into their characters."""
        found: list[int] = self.tokenizer.encode(text).ids
        if dice is None:
            return found
        split = (self._parts[i] if i in self._parts and dice.random() < _SPLIT else [i] for i in found)
        return [i for parts in split for i in parts][:_MOST_TOKENS]

    def encode(self, ids: Sequence[Sequence[int]]) -> Any:
        """Unit vectors (n, dim) as a tensor that gradients flow through."""
        import torch

        longest = max(map(len, ids))
        tokens = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
        own = self._row_of[tokens]
        frozen = self._base[tokens.clamp(max=len(self._base) - 1)]
        embedded = torch.where((own >= 0).unsqueeze(-1), self.rows[own.clamp(min=0)], frozen)
        hidden = self._body(inputs_embeds=embedded, attention_mask=mask).last_hidden_state.float()
        kept = mask.unsqueeze(-1)
        return torch.nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1)


def teach(
    pupil: Pupil,
    pairs: Sequence[Pair],
    targets: Mapping[str, np.ndarray],
    config: ChineseConfig,
    progress: Progress | None,
) -> list[float]:
    """Learns for the time given; returns the mean loss of every 100 steps. ``targets``: English vectors by text."""
    import torch

    torch.manual_seed(config.seed)
    dice = random.Random(config.seed)
    optimizer = torch.optim.Adam([pupil.rows], lr=config.learning_rate, betas=(0.9, 0.98))
    began, losses = time.monotonic(), []
    for batch in _batches(pupil, pairs, config.batch_size, dice):
        elapsed = (time.monotonic() - began) / (60 * config.minutes)
        if elapsed >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * min(elapsed / _WARM_UP, (1 - elapsed) / (1 - _WARM_UP))
        wanted = torch.from_numpy(np.stack([targets[english] for english, _ in batch]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = pupil.encode([ids for _, ids in batch])
        loss = _loss(vectors, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        if progress is not None:
            progress("per cent of the time", int(100 * elapsed), 100)
    blocks = range(0, len(losses), 100)
    return [round(float(np.mean(losses[start : start + 100])), 4) for start in blocks]


def _loss(vectors: Any, wanted: Any) -> Any:
    """Distance to the twin, and being closer to it than to the other twins of the batch."""
    import torch

    distance = 1 - (vectors * wanted).sum(1).mean()
    cosines = vectors @ wanted.T
    same = (wanted @ wanted.T) > 0.99  # twins of one text are no rivals
    rivals = cosines.masked_fill(same & ~torch.eye(len(cosines), dtype=torch.bool), -1e4)
    contrast = torch.nn.functional.cross_entropy(rivals * _SCALE, torch.arange(len(cosines)))
    return distance + _CONTRAST * contrast


def _batches(
    pupil: Pupil, pairs: Sequence[Pair], size: int, dice: random.Random
) -> Iterator[list[tuple[str, list[int]]]]:
    """English text and Chinese ids, texts of like length together, for ever."""
    while True:
        order = dice.sample(range(len(pairs)), len(pairs))
        for start in range(0, len(order), size * _POOL):
            pool = [(pairs[i][1], pupil.ids(pairs[i][0], dice)) for i in order[start : start + size * _POOL]]
            pool.sort(key=lambda row: len(row[1]))
            batches = [pool[at : at + size] for at in range(0, len(pool), size)]
            yield from dice.sample(batches, len(batches))
