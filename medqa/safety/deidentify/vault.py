"""Masking with the way back: words that leave this machine go masked, and the answer gets them back.

A placeholder such as ``[NAME_1]`` stands for the same words in every text of one exchange. What returns may be a
stream whose pieces cut a placeholder in two, and a model may write it bare or in other brackets.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import get_args

from medqa.safety.deidentify.masking import PLACEHOLDER, find
from medqa.safety.deidentify.span import Type

_KINDS = "|".join(sorted(get_args(Type), key=len, reverse=True))
_WRITTEN = re.compile(
    rf"[\[【［]\s?({_KINDS})[_ ](\d+)\s?[\]】］]|(?<![A-Za-z0-9_])({_KINDS})_(\d+)(?![\d_])", re.IGNORECASE
)
_LONGEST = max(map(len, get_args(Type))) + 10  # brackets, a number, a blank or two
_OPENING = "[【［"


class Vault:
    """Masks with placeholders that can be undone. Holds nothing: what stands for what is the caller's to keep."""

    def mask(self, text: str, originals: Mapping[str, str] | None = None) -> tuple[str, Mapping[str, str]]:
        """The masked text, and what each placeholder stands for, ``originals`` included.

        Pass the ``originals`` of an earlier text of the same exchange, and the same words get the same placeholder.
        A placeholder that the text itself holds is never given another meaning.
        """
        known = dict(originals or {})
        placeholders = {(_type_of(name), words): name for name, words in known.items()}
        taken = {*known, *(match.group().strip("[]") for match in PLACEHOLDER.finditer(text))}
        pieces: list[str] = []
        last = 0
        for span in find(text):
            words = text[span.start : span.end]
            name = placeholders.get((span.type, words))
            if name is None:
                name = _free(span.type, taken)
                placeholders[span.type, words] = name
                known[name] = words
                taken.add(name)
            pieces += (text[last : span.start], f"[{name}]")
            last = span.end
        return "".join([*pieces, text[last:]]), known

    def restore(self, text: str, originals: Mapping[str, str]) -> str:
        """The text with every known placeholder replaced by what it stands for; unknown ones stay."""

        def original(match: re.Match[str]) -> str:
            kind, number = match[1] or match[3], match[2] or match[4]
            return originals.get(f"{kind.upper()}_{int(number)}", match.group())

        return _WRITTEN.sub(original, text) if originals else text

    async def restored(self, pieces: AsyncIterator[str], originals: Mapping[str, str]) -> AsyncGenerator[str]:
        """The pieces of a stream restored; only what may be the beginning of a placeholder waits for the next one."""
        held = ""
        try:
            async for piece in pieces:
                held += piece
                cut = _decided(held) if originals else len(held)
                if cut:
                    yield self.restore(held[:cut], originals)
                    held = held[cut:]
            if held:
                yield self.restore(held, originals)
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()


def _decided(text: str) -> int:
    """How many characters can no longer be part of a placeholder that goes on in the next piece."""
    tail = max(0, len(text) - _LONGEST)
    opened = max(text.rfind(sign, tail) for sign in _OPENING)
    if opened >= 0 and not re.search(r"[\]】］\n]", text[opened:]):
        return opened
    word = re.search(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*$", text[tail:])
    if word and any(kind.startswith(word.group().upper().rstrip("0123456789")[: len(kind)]) for kind in get_args(Type)):
        return tail + word.start()
    return len(text)


def _type_of(name: str) -> str:
    return name.rpartition("_")[0]


def _free(kind: Type, taken: set[str]) -> str:
    number = 1
    while f"{kind}_{number}" in taken:
        number += 1
    return f"{kind}_{number}"
