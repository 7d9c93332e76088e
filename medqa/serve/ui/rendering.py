"""A reply as the page shows it: answer, card and sources as safe Markdown and HTML, and as text to copy.

Everything that comes from a document, a model or a person is escaped here; nothing is trusted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medqa.domain.answer import Citation, HandedOver, Outcome, Reply
from medqa.domain.plain_text import beside_text, evidence_of

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.domain.safety import Screening
    from medqa.errors import MedQAError

_MARKER = re.compile(r"\[(\d{1,3})\]")
_MARKDOWN = re.compile(r"([\\`\[\]!_|$~])")
_GAP = re.compile(r"\s+")
_LAST_GAP = re.compile(r"\s+(?=\S*$)")
_CONTEXT_CHARS = 240

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "page": "page {}",
        "dated": "dated {}",
        "rests": "Publications it rests on: {}",
        "reviewed": "clinically reviewed",
        "unreviewed": "not clinically reviewed",
        "retracted": "Retracted",
        "corrected": "Corrected in this library",
        "open": "Open the original",
        "call": "Call",
        "sources": "Sources",
        "question": "Question",
        "answer": "Answer",
        "earlier": "Earlier answers",
        "gone": "An attached document is no longer here. This answer does without it. Remove it and attach it again.",
    },
    "zh": {
        "page": "第 {} 页",
        "dated": "{}",
        "rests": "依据的文献：{}",
        "reviewed": "已经临床审核",
        "unreviewed": "未经临床审核",
        "retracted": "已撤稿",
        "corrected": "本库已更正",
        "open": "打开原文",
        "call": "电话",
        "sources": "来源",
        "question": "问题",
        "answer": "回答",
        "earlier": "之前的回答",
        "gone": "附加的文件已不在这里，以下回答没有用到它。请移除后重新附加。",
    },
}


def escape_markdown(text: str) -> str:
    """The text with every Markdown and HTML construct made inert, bold and list markers aside."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False))


def block(markup: str) -> str:
    """HTML of our own making on one line: Markdown passes it through and reads nothing inside as Markdown."""
    return f"<div>{markup}</div>".replace("\n", "&#10;") if markup else ""


def failure(error: MedQAError) -> str:
    """What went wrong, announced at once by screen readers."""
    return block(f'<p role="alert">{html.escape(str(error))}</p>')


def said(text: str) -> str:
    """A line that tells how things stand, announced by screen readers when they are idle."""
    return block(f'<p role="status">{html.escape(text)}</p>')


def answer_markdown(text: str, turn: int) -> str:
    """An answer's Markdown with each ``[n]`` made a link to its source in the panel."""
    parts = _MARKER.split(text)
    shown = [
        escape_markdown(part) if i % 2 == 0 else f"[\\[{part}\\]](#source-{turn}-{part})"
        for i, part in enumerate(parts)
    ]
    return "".join(shown)


def card_html(screening: Screening, language: Language) -> str:
    """The safety card, or an empty string. A takeover is announced at once by screen readers."""
    card = screening.card
    if card is None:
        return ""
    role = "alert" if screening.takeover else "note"
    phone = (
        f'<p class="card-phone"><span>{_WORDS[language]["call"]}</span> {_dialable(card.phone)}</p>'
        if card.phone
        else ""
    )
    return (
        f'<section class="safety-card level-{screening.level}" role="{role}" lang="{language}">'
        f"<h2>{html.escape(card.headline)}</h2><p>{html.escape(card.action)}</p>{phone}</section>"
    )


def _dialable(phone: str) -> str:
    """The phone text with each number a link that a telephone can dial."""
    return re.sub(
        r"\d[\d -]*\d",
        lambda m: f'<a href="tel:{re.sub(r"[^0-9]", "", m[0])}">{m[0]}</a>',
        html.escape(phone),
    )


def sources_html(citations: Sequence[Citation], passages: Mapping[str, str], *, turn: int, language: Language) -> str:
    """The evidence panel of one answer: each cited passage once, its quotes marked and numbered in their context."""
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.passage_id, []).append(citation)
    return "".join(
        _source_html(group, passages.get(passage_id), turn, _WORDS[language]) for passage_id, group in groups.items()
    )


def _source_html(group: Sequence[Citation], passage: str | None, turn: int, words: Mapping[str, str]) -> str:
    first = group[0]
    dated = first.published or (str(first.year) if first.year else None)
    place = [first.source, first.section, words["page"].format(first.page) if first.page else None]
    place.append(words["dated"].format(dated) if dated else None)
    line = " · ".join(f"<span>{html.escape(part)}</span>" for part in place if part)
    numbers = "".join(f'<span class="n">{citation.n}</span> ' for citation in group)
    badges = "".join(f'<span class="badge {kind}">{words[kind]}</span>' for kind in _badges(first))
    rests = _rests(first.references, words)
    quotes = _in_context(group, passage, turn) if passage else _without_context(group, turn)
    return (
        f'<article class="source"><h3>{numbers}{html.escape(first.title)}</h3>'
        f'<p class="place">{line}{badges}</p>'
        f'<blockquote lang="{first.language or ""}">{quotes}</blockquote>'
        f"{rests}{_link(first, words)}</article>"
    )


def _rests(references: Sequence[str], words: Mapping[str, str]) -> str:
    if not references:
        return ""
    listed = "".join(f"<li>{html.escape(reference)}</li>" for reference in references)
    return (
        f'<details class="rests"><summary>{words["rests"].format(len(references))}</summary><ul>{listed}</ul></details>'
    )


def _badges(citation: Citation) -> list[str]:
    found = [kind for kind in ("retracted", "corrected") if getattr(citation, kind)]
    if citation.clinically_reviewed is not None:
        found.append("reviewed" if citation.clinically_reviewed else "unreviewed")
    return found


def _in_context(group: Sequence[Citation], passage: str, turn: int) -> str:
    """The quotes inside the words around them, each marked with its number; overlapping ones run into one mark."""
    quotes = sorted(group, key=lambda citation: citation.start)
    start, end = _context(passage, quotes[0].start, max(citation.end for citation in quotes))
    shown, at = ["…" if start else ""], start
    for citation in quotes:
        shown.append(html.escape(passage[at : max(at, citation.start)]))
        shown.append(_mark(citation.n, passage[max(at, citation.start) : citation.end], turn))
        at = max(at, citation.end)
    return "".join([*shown, html.escape(passage[at:end]), "…" if end < len(passage) else ""])


def _context(passage: str, start: int, end: int) -> tuple[int, int]:
    """Where the words around a quote begin and end: between words, where there is white space."""
    before, after = max(0, start - _CONTEXT_CHARS), min(len(passage), end + _CONTEXT_CHARS)
    if before and (gap := _GAP.search(passage, before, start)):
        before = gap.end()
    if after < len(passage) and (gap := _LAST_GAP.search(passage, end, after)):
        after = gap.start()
    return before, after


def _without_context(group: Sequence[Citation], turn: int) -> str:
    return " … ".join(_mark(citation.n, citation.quote, turn) for citation in group)


def _mark(n: int, quote: str, turn: int) -> str:
    return f'<mark id="source-{turn}-{n}" tabindex="-1">{html.escape(quote)}</mark><sup>{n}</sup>'


def _link(citation: Citation, words: Mapping[str, str]) -> str:
    """A link to the original, for web addresses only."""
    if not citation.url or not citation.url.startswith(("https://", "http://")):
        return ""
    address = html.escape(citation.url, quote=True)
    return f'<p><a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{words["open"]}</a></p>'


def answer_text(outcome: Outcome) -> str:
    """The words of an outcome below its card, as Markdown with ``[n]`` marks; may be empty."""
    if isinstance(outcome, HandedOver):
        return outcome.below.text if outcome.below else ""
    return outcome.text


def gone(language: Language) -> str:
    """A line before an answer that had to do without an attached document, as Markdown."""
    return f"*{_WORDS[language]['gone']}*\n\n"


def folded(evidence: str, language: Language) -> str:
    """Evidence of earlier answers, closed until someone opens it."""
    return f'<details class="earlier"><summary>{_WORDS[language]["earlier"]}</summary>{evidence}</details>'


def copy_text(reply: Reply) -> str:
    """The reply as plain text to paste elsewhere: question, card, answer, sources and the AI notice."""
    words = _WORDS[reply.language]
    lines = [f"{words['question']}: {reply.question}", ""]
    if card := reply.screening.card:
        lines += [card.headline, card.action, card.phone, ""]
    if text := answer_text(reply.outcome):
        lines += [f"{words['answer']}: {text}", ""]
    if beside := beside_text(reply):
        lines += [beside, ""]
    if citations := evidence_of(reply.outcome)[1]:
        lines += [words["sources"]]
        lines += [_copied_source(citation) for citation in citations]
        lines.append("")
    return "\n".join([*lines, reply.notice])


def _copied_source(citation: Citation) -> str:
    parts = [citation.title, citation.source, citation.section, str(citation.year or ""), citation.url]
    return f"[{citation.n}] " + ". ".join(part for part in parts if part) + f" “{citation.quote}”"
