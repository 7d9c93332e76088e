"""No link or image that is not a source's, no raw HTML, no hidden characters: an answer fetches nothing by itself.

Links to a cited source's own address stay; of every other link only its words do, and a sentence that was only there
for its link goes with it. Tokens of chat templates go too. See OWASP LLM 2026, item 10.
"""

from __future__ import annotations

import re
from dataclasses import replace

from medqa.domain.answer import Answered
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Question
from medqa.safety.guards._sentences import without

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_HTML = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
_AUTOLINK = re.compile(r"<((?:[a-zA-Z][a-zA-Z0-9+.-]*:|www\.)[^<>\s]*)>")
_IMAGE = re.compile(r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s>]*(?:\([^()]*\)[^()\s>]*)*)>?[^()]*\)")
_REFERENCE = re.compile(r"(?m)^[ \t]*\[[^\]]+\]:[ \t]*\S+.*$\n?")
_BARE = re.compile(
    r"(?i)(?<![\w/(:])(?:(?:https?|ftp|data|javascript|vbscript|file|mailto):|//|www\.)[^\s<>()\[\]，。；、）】]+"
)
_STUB = re.compile(
    r"(?i)\b(?:at|visit|see|on|via|from|to|go|mail|read more|for more|here)\W*$|\b(?:visit|at|to|see|open|"
    r"mail|go to)\s{2,}|,\W*$|"
    r"^\W*$|(?:访问|查看|请看|打开|点击|详见|网址|链接)\W*$"
)
_TRAILING = ".,;:!?'\""


class NoForeignLinks:
    """Keeps the answer's words and drops what would lead or load elsewhere."""

    def review(self, question: Question, answer: Answered) -> Answered:
        """The answer with foreign links unlinked and images, HTML and hidden characters removed."""
        allowed = frozenset(_bare(citation.url) for citation in answer.citations if citation.url)
        text = _clean(answer.text, allowed)
        claims = tuple(
            claim if (words := _clean(claim.text, allowed)) == claim.text else replace(claim, text=words)
            for claim in answer.claims
        )
        if text == answer.text and claims == answer.claims:
            return answer
        left = {now.text for now, was in zip(claims, answer.claims, strict=True) if now.text != was.text}
        kept = replace(answer, text=text, claims=tuple(claim for claim in claims if claim.text.strip()))
        return without(kept, lambda sentence: sentence.strip() in left and _STUB.search(sentence) is not None)


def _clean(text: str, allowed: frozenset[str]) -> str:
    """Repeats until nothing changes: taking a piece out can join its neighbours into a new link."""
    while (cleaned := _pass(text, allowed)) != text:
        text = cleaned
    return text


def _pass(text: str, allowed: frozenset[str]) -> str:
    text = without_control(_HIDDEN.sub("", text))
    text = _IMAGE.sub("", text)
    text = _AUTOLINK.sub(lambda m: m[1], text)
    text = _HTML.sub("", text)
    text = _REFERENCE.sub("", text)
    text = _LINK.sub(lambda m: m[0] if _bare(m[2]) in allowed else m[1], text)
    return _BARE.sub(lambda m: _kept(m[0], allowed), text)


def _kept(url: str, allowed: frozenset[str]) -> str:
    address = url.rstrip(_TRAILING)
    return url if _bare(address) in allowed else url[len(address) :]


def _bare(url: str) -> str:
    """Compared without fragment and closing slash, which name the same page."""
    return url.strip().partition("#")[0].rstrip("/")


plugin = NoForeignLinks
