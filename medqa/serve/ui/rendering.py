"""A reply as the page shows it: answer, card and sources as safe Markdown and HTML, and as text to copy.

Everything that comes from a document, a model or a person is escaped here; nothing is trusted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medqa.domain.answer import Answered, Citation, HandedOver, Outcome, Reply

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.domain.safety import Screening

_MARKER = re.compile(r"\[(\d{1,3})\]")
_MARKDOWN = re.compile(r"([\\`\[\]!_|$~])")
_CONTEXT_CHARS = 240

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "page": "page {}",
        "dated": "dated {}",
        "rests": "Rests on",
        "reviewed": "clinically reviewed",
        "unreviewed": "not clinically reviewed",
        "retracted": "Retracted",
        "open": "Open the original",
        "call": "Call",
        "sources": "Sources",
        "question": "Question",
        "answer": "Answer",
        "earlier": "Earlier answers",
    },
    "zh": {
        "page": "第 {} 页",
        "dated": "{}",
        "rests": "依据",
        "reviewed": "已经临床审核",
        "unreviewed": "未经临床审核",
        "retracted": "已撤稿",
        "open": "打开原文",
        "call": "电话",
        "sources": "来源",
        "question": "问题",
        "answer": "回答",
        "earlier": "之前的回答",
    },
}


def escape_markdown(text: str) -> str:
    """The text with every Markdown and HTML construct made inert, bold and list markers aside."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False))


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
    """The evidence panel of one answer: each source with its quotes marked in their context."""
    words = _WORDS[language]
    return "".join(_source_html(citation, passages.get(citation.passage_id), turn, words) for citation in citations)


def _source_html(citation: Citation, passage: str | None, turn: int, words: Mapping[str, str]) -> str:
    place = [citation.source, citation.section, words["page"].format(citation.page) if citation.page else None]
    dated = citation.published or (str(citation.year) if citation.year else None)
    place.append(words["dated"].format(dated) if dated else None)
    line = " · ".join(html.escape(part) for part in place if part)
    badges = "".join(f'<span class="badge {kind}">{words[kind]}</span>' for kind in _badges(citation))
    rests = "".join(f"<li>{html.escape(reference)}</li>" for reference in citation.references)
    rests = f'<p class="rests">{words["rests"]}</p><ul class="rests">{rests}</ul>' if rests else ""
    return (
        f'<article class="source" id="source-{turn}-{citation.n}" tabindex="-1">'
        f'<h3><span class="n">{citation.n}</span> {html.escape(citation.title)}</h3>'
        f'<p class="place">{line}{badges}</p>'
        f'<blockquote lang="{citation.language or ""}">{_in_context(citation, passage)}</blockquote>'
        f"{rests}{_link(citation, words)}</article>"
    )


def _badges(citation: Citation) -> list[str]:
    found = ["retracted"] if citation.retracted else []
    if citation.clinically_reviewed is not None:
        found.append("reviewed" if citation.clinically_reviewed else "unreviewed")
    return found


def _in_context(citation: Citation, passage: str | None) -> str:
    """The quote inside the words around it, marked."""
    if passage is None:
        return f"<mark>{html.escape(citation.quote)}</mark>"
    start, end = max(0, citation.start - _CONTEXT_CHARS), min(len(passage), citation.end + _CONTEXT_CHARS)
    before, after = passage[start : citation.start], passage[citation.end : end]
    return (
        ("…" if start else "")
        + html.escape(before)
        + f"<mark>{html.escape(citation.quote)}</mark>"
        + html.escape(after)
        + ("…" if end < len(passage) else "")
    )


def _link(citation: Citation, words: Mapping[str, str]) -> str:
    """A link to the original, for web addresses only."""
    if not citation.url or not citation.url.startswith(("https://", "http://")):
        return ""
    address = html.escape(citation.url, quote=True)
    return f'<p><a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{words["open"]}</a></p>'


def evidence_of(outcome: Outcome) -> Answered | None:
    """The part of an outcome that carries claims, if any."""
    if isinstance(outcome, HandedOver):
        return evidence_of(outcome.below) if outcome.below else None
    return outcome if isinstance(outcome, Answered) else None


def answer_text(outcome: Outcome) -> str:
    """The words of an outcome below its card, as Markdown with ``[n]`` marks; may be empty."""
    if isinstance(outcome, HandedOver):
        return outcome.below.text if outcome.below else ""
    return outcome.text


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
    if answered := evidence_of(reply.outcome):
        lines += [words["sources"]]
        lines += [_copied_source(citation) for citation in answered.citations]
        lines.append("")
    return "\n".join([*lines, reply.notice])


def _copied_source(citation: Citation) -> str:
    parts = [citation.title, citation.source, citation.section, str(citation.year or ""), citation.url]
    return f"[{citation.n}] " + ". ".join(part for part in parts if part) + f" “{citation.quote}”"
