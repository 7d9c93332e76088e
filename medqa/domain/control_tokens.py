"""What a language model could read as the end of data: chat templates' tokens and our prompts' own tags."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    r"<[|｜][^<>|｜]{0,60}[|｜]>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>"
    r"|</?(?:think|tool_call|tool_response|system|assistant|user|passages?|question|conversation|message)\b[^<>]{0,80}>"
    r"|\x00",
    re.IGNORECASE,
)


def without_control(text: str) -> str:
    """The text without such tokens, however they are nested."""
    previous = None
    while previous != text:  # taking one out may put another together
        previous, text = text, _CONTROL.sub("", text)
    return text
