"""How much failing of a served model a long run bears: hours of answers are not lost to one that broke off."""

from __future__ import annotations

from collections.abc import Awaitable

from medqa.errors import AnswerCut, ChatModelError


class Patience:
    """Lets single failures pass. ``most_in_a_row`` of them mean that the server is gone."""

    def __init__(self, most_in_a_row: int = 20) -> None:
        self._most = most_in_a_row
        self._failures = 0

    async def tried(self, writing: Awaitable[str]) -> str | None:
        """What is written; nothing where the model fails or its answer is cut.

        Raises ChatModelError, as the last failure did, when there have been too many in a row.
        """
        try:
            text = await writing
        except AnswerCut:
            return None
        except ChatModelError:
            self._failures += 1
            if self._failures >= self._most:
                raise
            return None
        self._failures = 0
        return text
