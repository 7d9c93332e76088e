"""What arithmetic allows a machine to write with a model: what measured figures are to be read beside.

One step of all streams reads all weights and every stream's cache once, so memory bounds writing; reading a prompt
costs two operations a weight and token, so computing bounds that (Pope et al. 2022, arXiv:2211.05102).
"""

from __future__ import annotations

from dataclasses import dataclass

from evals.overhead.shapes import Shape

_WEIGHT_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An accelerator: bytes of memory that it reads a second, and operations in BF16, both as its maker says."""

    bytes_per_s: float
    operations_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One request: tokens of its prompt that have to be read, tokens of its context, and tokens that are written."""

    read: float
    context: float
    written: float


def tokens_per_s(shape: Shape, vocabulary: int, device: Device, work: Work, streams: int) -> float:
    """Tokens a second that so many streams can be written at most, prompts aside."""
    cache = streams * (work.context + work.written / 2) * shape.cache_bytes
    step_s = (_WEIGHT_BYTES * shape.parameters(vocabulary) + cache) / device.bytes_per_s
    return streams / step_s


def answers_per_s(shape: Shape, vocabulary: int, device: Device, work: Work, streams: int) -> float:
    """Requests a second at most, their prompts read and their answers written by the same device."""
    reading_s = 2 * shape.parameters(vocabulary) * work.read / device.operations_per_s
    writing_s = work.written / tokens_per_s(shape, vocabulary, device, work, streams)
    return 1 / (reading_s + writing_s)
