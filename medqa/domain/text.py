"""Text as a reader sees it."""

from __future__ import annotations

import unicodedata

# Control, format (bidi overrides, zero width, tags), private use and lone surrogates.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})


def cleaned(text: str) -> str:
    """The text in NFC without invisible characters; tabs become blanks, every line end one kind."""
    folded = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    visible = "".join(c for c in folded if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    return visible.strip()
