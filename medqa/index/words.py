"""Text to words: symbols folded, Chinese cut into words. Index and query go through the same functions."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from typing import Any

from medqa.chinese_dictionary import tokenizer

_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

# Names of substances, genes and tests: letters and figures, with a hyphen between them or without.
_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,6})([-\u2010-\u2013]?)(\d{1,6}[a-z]?)(?![a-z0-9-])", re.IGNORECASE)

_FUNCTION_WORDS = """
的 了 是 在 有 和 与 或 及 就 都 也 很 把 被 让 给 吗 呢 吧 啊 呀 么 嘛 哦 我 你 您 他 她 它 我们 你们 他们
这 那 这个 那个 这些 那些 什么 怎么 怎样 怎么样 如何 为什么 哪些 哪个 哪里 多少 几 是否 可以 能 能不能 会 会不会
要 应该 需要 请问 一个 一些 一下 进行 以及 等 对 从 到 为 于 之 其 并 而 但 但是 如果 因为 所以 还 又 再 着 过
上 下 中 时 得 地 说 想 知道 怎么办 应当 还是 这样 那样 多 大 来 去 个 最 更
"""
_STOPWORDS = frozenset(_FUNCTION_WORDS.split())  # of Chinese questions: they rank nothing


def has_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _HAN_RUN.search(text) is not None


def folded(text: str) -> str:
    """Full-width and compatibility forms as plain ones, in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def without_han(text: str) -> str:
    """The text with Chinese characters blanked: what the English fields index."""
    return _HAN_RUN.sub(" ", text)


def with_codes(text: str) -> str:
    """The text with every code written both ways: "lb-100 lb100", so that one writing finds the other."""
    return _CODE.sub(lambda code: f"{code[0]} {code[1]}{'' if code[2] else '-'}{code[3]}", text)


class ChineseWords:
    """Cuts Chinese text into words with jieba, medical words added.

    jieba's dictionary takes half a second to read; it is read at the first Chinese text and cached nowhere on disk.
    """

    def __init__(self, user_words: Sequence[str] = ()) -> None:
        self.user_words = tuple(user_words)
        self._lock = threading.Lock()
        self._jieba: Any = None

    def cut(self, text: str) -> list[str]:
        """The words in order, long ones also by their parts, function words left out."""
        runs = _HAN_RUN.findall(text)
        if not runs:
            return []
        jieba = self._loaded()
        return [word for run in runs for word in jieba.lcut_for_search(run) if word not in _STOPWORDS]

    def _loaded(self) -> Any:
        with self._lock:
            if self._jieba is None:
                self._jieba = tokenizer(self.user_words)
        return self._jieba
