"""What is asked for when a model is to be served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was asked for on the command line; what is ``None`` is chosen by the plan."""

    name: str | None = None
    loras: Sequence[str] = ()
    quantise: str | None = None
    tensor_parallel: int | None = None
    data_parallel: int = 1
    context: int | None = None
    extra: Sequence[str] = ()
