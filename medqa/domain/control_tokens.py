"""What a language model could read as the end of data: chat templates' tokens and our prompts' own tags."""

from __future__ import annotations

import re

_OPEN, _CLOSE, _BAR = "[<＜〈‹]", "[>＞〉›]", "[|｜¦∣]"
_HIDDEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_CONTROL = re.compile(
    rf"{_OPEN}\s?{_BAR}[^<>|｜\n]{{0,60}}{_BAR}\s?{_CLOSE}"
    rf"|[\[［]/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS)[\]］]"
    rf"|{_OPEN}{{2}}/?SYS{_CLOSE}{{2}}|{_OPEN}/?s{_CLOSE}|{_OPEN}(?:start|end)_of_(?:turn|image){_CLOSE}"
    rf"|{_OPEN}(?:bos|eos|pad|unk|mask|(?:unused|reserved)_?\d{{1,5}}|image_soft_token|[BC]_[A-Z]{{1,5}}){_CLOSE}"
    rf"|{_OPEN}/?(?:think|tool_call|tool_response|system|assistant|user|passages?|question|options|conversation|message)\b"
    rf"[^<>＜＞]{{0,80}}{_CLOSE}|{_OPEN}/?(?:answer|criterion|claim|source){_CLOSE}|\x00",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(f"[{_HIDDEN}]")


def without_control(text: str) -> str:
    """The text without such tokens, however they are nested."""
    previous, text = None, _INVISIBLE.sub("", text)  # what is not seen may break a token in two
    while previous != text:  # taking one out may put another together
        previous, text = text, _CONTROL.sub("", text)
    return text
