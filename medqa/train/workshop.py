"""What building rows borrows from the running product, so that rows are what the product really sends and keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from medqa.domain.answer import Claim
from medqa.domain.conversation import Audience, Query, Question
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.train.rows import Message

Progress = Callable[[str, int, int | None], None]
"""Called with a stage, what is done, and the total where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The product's own functions; ``medqa.wiring.training`` makes one.

    ``write`` gives an answer's text with ``[n]`` marks, empty for a refusal; ``writes_from_gold`` says that it is
    handed the gold passages alone. ``check`` gives the claims of a text as the claim ledger judges them, their
    ``citations`` being the marks as written; what a guard would take out counts as unsupported. ``is_enough`` says
    whether the product would answer from these hits, ``pack`` which of them, by number from 1, the prompt has room for.
    ``rewrite`` renders the request to make a follow-up stand alone. ``refusal`` is written where nothing answers.
    """

    snapshot_id: str
    prompt_sha256: str
    refusal: str
    writer_id: str
    writes_from_gold: bool
    passages: Sequence[tuple[Passage, Metadata]]
    understand: Callable[[Question], Query]
    find: Callable[[Query, int], Sequence[Hit]]
    brief: Callable[[Query, Sequence[Hit], Audience], Sequence[Message]]
    pack: Callable[[Query, Sequence[Hit]], Sequence[int]]
    rewrite: Callable[[Question], Sequence[Message]]
    write: Callable[[Query, Sequence[Hit], Audience], Awaitable[str]]
    check: Callable[[Question, str, Sequence[Hit]], Sequence[Claim]]
    is_enough: Callable[[Query, Sequence[Hit]], bool]
