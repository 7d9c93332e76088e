"""Text that a machine reads and a person does not see: it is left out, counted and reported, by whatever way it hid.

Parsers hand over what they found hidden. A document whose hidden text gives orders is held back from answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from medqa.domain.document import Document
from medqa.domain.ingestion import Remark
from medqa.domain.instructions import SUSPICIOUS, ploys
from medqa.ingest.mending import mend

HIDDEN = "hidden instructions"
"""Value of ``extra["suspicious"]`` for a document whose hidden text speaks to the machine."""

_LEAST = 12  # characters: shorter hidden text is a symbol or a label
_EXTRACT = 60
_LEAST_UNSEEN = 6
_KEPT = 100  # pieces of one file
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_OVERRIDES = re.compile("[\u202d\u202e]")
_ZERO_WIDTH = re.compile("(?<=[!-\u024f])[\u200b\u2060-\u2064\ufeff]|[\u200b\u2060-\u2064\ufeff](?=[!-\u024f])")

_STYLE_HIDES = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:fill-)?opacity\s*:\s*(?:0(?:\.0\d*)?|\.0\d*)(?![.\d])"
    r"|color\s*:\s*transparent|font-size\s*:\s*(?:[01](?:\.\d*)?|\.\d+)\s*(?:px|pt)|font-size\s*:\s*0(?:\.0\d*)?(?![.\d])"
    r"|(?:text-indent|left|top|right|margin-left|margin-top)\s*:\s*-\s*\d{3,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|transform\s*:\s*scale[xy]?\(\s*0\s*[,)]"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em)?\s*(?:;|$)(?=.*overflow\s*:\s*hidden))",
    re.IGNORECASE | re.DOTALL,
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"white|snow|ivory|#f[a-f0-9]f[a-f0-9]f[a-f0-9]|#fff|rgba?\(\s*25\d\s*,\s*25\d\s*,\s*25\d|rgba\([^)]*,\s*0\s*\)",
    re.IGNORECASE,
)
_HIDDEN_ELEMENT = re.compile(
    r"<(?P<name>[a-z][a-z0-9]*)\b(?P<attributes>[^<>]*)>(?P<words>.*?)</(?P=name)\s*>", re.IGNORECASE | re.DOTALL
)
_STYLE_ATTRIBUTE = re.compile(r"style\s*=\s*(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_HIDDEN_ATTRIBUTE = re.compile(r"(?:^|\s)(?:hidden(?:\s|=|$)|aria-hidden\s*=\s*[\"']?true)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,200})\{([^{}]{0,2000})\}")
_CONDITIONAL = re.compile(r"/\*.*?\*/|@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
_SIMPLE = re.compile(r"^[a-z0-9]*([.#][\w-]+)$", re.IGNORECASE)


@dataclass(slots=True)
class HiddenText:
    """What one document hid."""

    pieces: list[str] = field(default_factory=list)
    unseen: int = 0

    def add(self, text: str) -> None:
        """A stretch of text that nobody would see; symbols and labels do not count."""
        if len(words := mend(text)) >= _LEAST:
            self.pieces.append(words)

    def add_comment(self, text: str) -> None:
        """A comment counts only when it gives orders: honest pages are full of them."""
        if ploys(words := mend(text)):
            self.pieces.append(words)

    def look_at(self, text: str) -> None:
        """Counts characters that cannot be seen, and reads what tag characters (U+E0000 and on) spell."""
        if text.isascii():
            return
        for tags in _TAGS.findall(text):
            self.add("".join(chr(ord(c) - 0xE0000) for c in tags))
            self.unseen += len(tags)
        self.unseen += len(_ZERO_WIDTH.findall(text)) + len(_OVERRIDES.findall(text))

    def take(self, other: HiddenText) -> None:
        """Adds what another document of the same file hid; the first pieces stand for all."""
        self.pieces += other.pieces[: max(0, _KEPT - len(self.pieces))]
        self.unseen += other.unseen

    def flagged(self, document: Document) -> Document:
        """The document, marked for review when its hidden text gives orders."""
        if not any(ploy == "command" for piece in self.pieces for _, _, ploy in ploys(piece)):
            return document
        extra = {**document.metadata.extra, SUSPICIOUS: HIDDEN}
        return replace(document, metadata=replace(document.metadata, extra=extra))

    def remarks(self) -> Iterator[Remark]:
        """What to tell: one line for hidden text, one for unseen characters."""
        if self.pieces:
            first, count = self.pieces[0], sum(map(len, self.pieces))
            shown = f'"{first[:_EXTRACT]}{"…" if len(first) > _EXTRACT else ""}"'
            yield Remark(message=f"hidden text was left out ({count} characters in {len(self.pieces)} places): {shown}")
        if self.unseen >= _LEAST_UNSEEN:
            yield Remark(message=f"{self.unseen} characters that cannot be seen were left out")


def style_hides(style: str, ground: str = "white") -> bool:
    """Whether an inline CSS style hides its text from a reader; ``ground`` is the colour behind it."""
    if not style:
        return False
    if _STYLE_HIDES.search(style):
        return True
    colour = _COLOUR.search(style)
    if colour is None:
        return False
    mine, behind = colour[1].strip().lower(), ground.strip().lower()
    return mine == behind or (_is_white(mine) and _is_white(behind))


def _is_white(colour: str) -> bool:
    return _WHITE.match(colour.strip()) is not None


def hiding_selectors(stylesheet: str) -> frozenset[str]:
    """The plain classes and ids (``.x``, ``#y``) that a style sheet hides.

    Rules for a medium or a state are left aside: what a page hides until it is opened can be seen.
    """
    found = set()
    for selectors, body in _RULE.findall(_CONDITIONAL.sub("", stylesheet)):
        if _STYLE_HIDES.search(body):  # what stands behind white text is for the whole page to say
            found |= {match[1] for each in selectors.split(",") if (match := _SIMPLE.match(each.strip()))}
    return frozenset(found)


def without_hidden_html(text: str, hidden: HiddenText) -> str:
    """Markdown or text without the HTML elements in it that hide their words; comments stay for the caller to drop."""
    if "<" not in text:
        return text
    for comment in _COMMENT.findall(text):
        hidden.add_comment(comment)

    def left(element: re.Match[str]) -> str:
        style = _STYLE_ATTRIBUTE.search(element["attributes"])
        if not (_HIDDEN_ATTRIBUTE.search(element["attributes"]) or (style and style_hides(style[1][1:-1]))):
            return element[0]
        hidden.add(re.sub(r"<[^<>]*>", " ", element["words"]))
        return " "

    return _HIDDEN_ELEMENT.sub(left, text)
