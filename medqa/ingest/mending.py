"""Text as a reader would have typed it: one form of each letter, nothing invisible, single spaces."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphens, zero-width and bidirectional marks, variation selectors, tags, lone surrogates and non-characters:
# a reader never sees them, a search is misled by them, and tags can carry hidden instructions.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SYMBOL_FONT = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF0FC: "✓", 0xF02D: "-", 0xF0B3: "≥", 0xF0A3: "≤", 0xF0B1: "±"}
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_WIDE = "[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_HAN_GAP = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})|(?<=[、。，；：！？）])[ \t]*\n\s*")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def mend_characters(text: str) -> str:
    """The text in NFC without unseen characters; lines and spaces stay as they are."""
    text = _CONTROLS.sub(" ", text)
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text)
    text = text.translate(_SYMBOL_FONT | _LIGATURES)
    text = _PRIVATE.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def mend(text: str) -> str:
    """One line of text: characters mended, white space folded, no space where a Chinese line was wrapped."""
    text = mend_characters(text)
    if "\n" in text and not text.isascii():
        text = _HAN_GAP.sub("", text)
    return " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of plain text, each on one line: separated by empty lines."""
    return [line for part in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n")) if (line := mend(part))]
