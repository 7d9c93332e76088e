"""The encoder's last layers taught to classify: how they are trained and kept. Needs torch and transformers.

The layers below never change, so their states are computed once and each epoch costs only the layers that learn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from medqa.minilm.encoder import encoder
from medqa.minilm.published import model_folder
from medqa.safety.classifier.fine_tuned import SCALE, TAUGHT

_EPOCHS = 3
_RATE, _HEAD_RATE = 2e-4, 2e-3
_BATCH = 32
_AT_ONCE = 64  # where nothing is learned
_MOST_TOKENS = 128  # of a text, in training
_DROPPED = 0.1
_SMOOTHING = 0.02
_WARMING = 0.1  # of the steps
_APART = 8  # tokens by which the texts of a batch may differ at random
_MASKED = -1e4


@dataclass(frozen=True, slots=True)
class Taught:
    """Layers and head that classify; ``classes`` in the order of the head's rows."""

    classes: tuple[str, ...]
    network: _Network

    def likely(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each class (n, classes)."""
        self.network.eval()
        states = _states(texts, None)
        found = np.zeros((len(states), len(self.classes)), np.float32)
        with torch.no_grad():
            for places in _by_length([len(each) for each in states], _AT_ONCE, apart=0):
                found[places] = self.network(*_padded([states[i] for i in places])).softmax(1).numpy()
        return found

    def keep(self, path: Path) -> None:
        """Writes what ``medqa.safety.classifier.fine_tuned`` reads."""
        np.savez_compressed(path, **self._rounded())  # type: ignore[arg-type]

    def rounded(self) -> Taught:
        """The layers as eight-bit weights hold them."""
        held = self._rounded()
        widened = {
            name: torch.from_numpy(each * held[name + SCALE][:, None] if name + SCALE in held else each).float()
            for name, each in held.items()
            if not name.endswith(SCALE)
        }
        network = _Network(len(self.classes))
        network.load_state_dict({_inside(name): each for name, each in widened.items()})
        return Taught(self.classes, network)

    def _rounded(self) -> dict[str, np.ndarray]:
        held: dict[str, np.ndarray] = {}
        for name, tensor in self.network.state_dict().items():
            each, outside = tensor.numpy(), _outside(name)
            if each.ndim < 2:
                held[outside] = each.astype(np.float32)
                continue
            scale = np.abs(each).max(axis=1) / 127
            held[outside] = np.round(each / scale[:, None]).astype(np.int8)
            held[outside + SCALE] = scale.astype(np.float32)
        return held


def taught(texts: Sequence[str], targets: Sequence[str]) -> Taught:
    """The layers after some epochs over these texts; the same on the same machine each time."""
    torch.manual_seed(0)
    dice = random.Random(0)
    classes = tuple(sorted(set(targets)))
    wanted = torch.tensor([classes.index(target) for target in targets])
    states = _states(texts, _MOST_TOKENS)
    network = _Network(len(classes))
    steps = _EPOCHS * -(-len(texts) // _BATCH)
    optimiser, schedule = _learning(network, steps)
    network.train()
    lengths = [len(each) for each in states]
    for _ in range(_EPOCHS):
        batches = list(_by_length(lengths, _BATCH, apart=_APART, dice=dice))
        dice.shuffle(batches)
        for places in batches:
            optimiser.zero_grad()
            found = network(*_padded([states[i] for i in places]))
            torch.nn.functional.cross_entropy(found, wanted[places], label_smoothing=_SMOOTHING).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return Taught(classes, network)


class _Network(torch.nn.Module):
    """The last layers, as published to begin with, and a head over the mean and the maximum of their states."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        published = _published()
        self.layer = published.encoder.layer[-TAUGHT:]
        self.head = torch.nn.Linear(2 * published.config.hidden_size, classes)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits (n, classes) of states (n, tokens, hidden) of which the mask (n, tokens) says what is real."""
        bias = ((1 - mask) * _MASKED)[:, None, None, :]
        for layer in self.layer:
            after = layer(states, attention_mask=bias)
            states = after[0] if isinstance(after, tuple) else after
        real = mask[..., None]
        mean = (states * real).sum(1) / real.sum(1)
        most = (states + (1 - real) * _MASKED).max(1).values
        logits: torch.Tensor = self.head(torch.dropout(torch.cat([mean, most], 1), _DROPPED, self.training))
        return logits


def _published() -> Any:
    from transformers import BertModel

    return BertModel.from_pretrained(str(model_folder()), add_pooling_layer=False).eval()


def _states(texts: Sequence[str], most: int | None) -> list[torch.Tensor]:
    """Of each text the states (tokens, hidden) below the layers that learn, in half precision."""
    model, words = _published(), encoder().words
    tokens = [row[:most] for row in words.tokens(texts)]
    found: list[torch.Tensor] = [torch.empty(0)] * len(tokens)
    with torch.no_grad():
        for places in _by_length([len(row) for row in tokens], _AT_ONCE, apart=0):
            vectors = [torch.from_numpy(words.vectors(np.array(tokens[i]))) for i in places]
            padded, mask = _padded(vectors)
            below = model(inputs_embeds=padded, attention_mask=mask, output_hidden_states=True).hidden_states
            for states, i in zip(below[-1 - TAUGHT].half(), places, strict=True):
                found[i] = states[: len(tokens[i])].clone()
    return found


def _padded(states: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """One tensor (n, tokens, hidden) and its mask (n, tokens), float32."""
    padded = torch.nn.utils.rnn.pad_sequence([each.float() for each in states], batch_first=True)
    lengths = torch.tensor([len(each) for each in states])
    return padded, (torch.arange(padded.shape[1])[None] < lengths[:, None]).float()


def _by_length(
    lengths: Sequence[int], size: int, *, apart: float, dice: random.Random | None = None
) -> Iterator[list[int]]:
    """Places in batches of like lengths, which differ a little more each time there are dice."""
    keys = [length + (dice.random() * apart if dice else 0) for length in lengths]
    order = sorted(range(len(lengths)), key=keys.__getitem__)
    yield from (order[start : start + size] for start in range(0, len(order), size))


def _learning(network: _Network, steps: int) -> tuple[torch.optim.Optimizer, Any]:
    """AdamW with a rise and a linear fall; the new head learns faster than the published layers."""
    groups = [
        {"params": network.layer.parameters(), "lr": _RATE},
        {"params": network.head.parameters(), "lr": _HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rise = steps * _WARMING
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min((s + 1) / rise, 1 - s / steps))
    return optimiser, schedule


def _outside(name: str) -> str:
    """A tensor's published name."""
    if not name.startswith("layer."):
        return name
    _, place, rest = name.split(".", 2)
    return f"encoder.layer.{encoder().shape.layers - TAUGHT + int(place)}.{rest}"


def _inside(name: str) -> str:
    """A tensor's name in the network."""
    if not name.startswith("encoder.layer."):
        return name
    place, rest = name.removeprefix("encoder.layer.").split(".", 1)
    return f"layer.{int(place) - (encoder().shape.layers - TAUGHT)}.{rest}"
