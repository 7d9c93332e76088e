"""Which vector index suits a library, by its size and the memory that vectors may take.

The figures behind the table are in docs/benchmarks/retrieval.md, made by ``medqa eval bench-retrieval``.
"""

from __future__ import annotations

from dataclasses import dataclass

AUTO = "auto"
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Kind:
    """A plug-in, up to how many passages it is the quickest, and the memory that searching comes to touch."""

    plugin: str
    most_passages: int | None
    bytes_per_dimension: float


# An exact scan costs 0.07 ms per thousand passages of 384 dimensions; below 50,000 it is as quick as anything else.
KINDS = (
    Kind("faiss_flat", 50_000, 2.0),
    Kind("faiss_ivf", None, 0.29),
)


def choose(passages: int, dimension: int, *, memory_mb: int) -> str:
    """The first plug-in of the table that suits; the last where none does: its pages can be dropped and read again."""
    for kind in KINDS:
        fits = passages * dimension * kind.bytes_per_dimension <= memory_mb * _MB
        if fits and (kind.most_passages is None or passages <= kind.most_passages):
            return kind.plugin
    return KINDS[-1].plugin
