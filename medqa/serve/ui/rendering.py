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
from medqa.serve.ui import texts
from medqa.serve.wording import message_of
from medqa.wiring.uploads import OWN

if TYPE_CHECKING:
    from medqa.domain.conversation import Language
    from medqa.domain.safety import Screening
    from medqa.errors import MedQAError

_MARKER = re.compile(r"\[(\d{1,3})\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_MARKDOWN = re.compile(r"([\\`\[\]!_|$~])")
_BEFORE_MARK = re.compile(r"(?<=[^\s-]) $")
_GAP = re.compile(r"\s+")
_LAST_GAP = re.compile(r"\s+(?=\S*$)")
_CONTEXT_CHARS = 240


def escape_markdown(text: str) -> str:
    """The text with every Markdown and HTML construct made inert, bold and list markers aside."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False))


def block(markup: str) -> str:
    """HTML of our own making on one line: Markdown passes it through and reads nothing inside as Markdown."""
    return f"<div>{markup}</div>".replace("\n", "&#10;") if markup else ""


def emphasised(text: str) -> str:
    """The text as HTML, with what stands between ``**`` in bold."""
    return _BOLD.sub(r"<strong>\1</strong>", html.escape(text))


def failure(error: MedQAError, language: Language) -> str:
    """What went wrong, announced at once by screen readers."""
    return block(f'<p role="alert">{html.escape(message_of(error, language))}</p>')


def said(text: str) -> str:
    """A line that tells how things stand, announced by screen readers when they are idle."""
    return block(f'<p role="status">{html.escape(text)}</p>')


def answer_markdown(text: str, turn: int) -> str:
    """An answer's Markdown with each ``[n]`` made a link to its source in the panel, on the line of its sentence."""
    parts = _MARKER.split(text)
    shown = [
        escape_markdown(_BEFORE_MARK.sub("\u00a0", part) if i < len(parts) - 1 else part)
        if i % 2 == 0
        else f"[\\[{part}\\]](#source-{turn}-{part})"
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
        f'<p class="card-phone"><span>{texts.load(language)["answer_call"]}</span> {_dialable(card.phone)}</p>'
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
        _source_html(group, passages.get(passage_id), turn, texts.load(language))
        for passage_id, group in groups.items()
    )


def _source_html(group: Sequence[Citation], passage: str | None, turn: int, words: Mapping[str, str]) -> str:
    first = group[0]
    dated = first.published or (str(first.year) if first.year else None)
    place = [_publisher(first, words), first.section, words["answer_page"].format(first.page) if first.page else None]
    place.append(words["answer_dated"].format(dated) if dated else None)
    line = " · ".join(f"<span>{html.escape(part)}</span>" for part in place if part)
    numbers = "".join(f'<span class="n">{citation.n}</span> ' for citation in group)
    badges = "".join(f'<span class="badge {kind}">{words[f"answer_{kind}"]}</span>' for kind in _badges(first))
    rests = _rests(first.references, words)
    quotes = _in_context(group, passage, turn) if passage else _without_context(group, turn)
    return (
        f'<article class="source"><h3>{numbers}{html.escape(first.title)}</h3>'
        f'<p class="place">{line}{badges}</p>'
        f'<blockquote lang="{first.language or ""}">{quotes}</blockquote>'
        f"{rests}{_link(first, words)}</article>"
    )


def _publisher(citation: Citation, words: Mapping[str, str]) -> str:
    """Who stands behind a source; a document of the reader's own is called so in the answer's language."""
    return words["answer_own"] if citation.source in OWN.values() else citation.source


def _rests(references: Sequence[str], words: Mapping[str, str]) -> str:
    if not references:
        return ""
    listed = "".join(f"<li>{html.escape(reference)}</li>" for reference in references)
    told = words["answer_rests"].format(len(references))
    return f'<details class="rests"><summary>{told}</summary><ul>{listed}</ul></details>'


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
    return f'<p><a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{words["answer_open"]}</a></p>'


def answer_text(outcome: Outcome) -> str:
    """The words of an outcome below its card, as Markdown with ``[n]`` marks; may be empty."""
    if isinstance(outcome, HandedOver):
        return outcome.below.text if outcome.below else ""
    return outcome.text


def gone(language: Language) -> str:
    """A line before an answer that had to do without an attached document, as Markdown."""
    return f"*{texts.load(language)['answer_gone']}*\n\n"


def folded(evidence: str, language: Language) -> str:
    """Evidence of earlier answers, closed until someone opens it."""
    return f'<details class="earlier"><summary>{texts.load(language)["answer_earlier"]}</summary>{evidence}</details>'


def copy_text(reply: Reply) -> str:
    """The reply as plain text to paste elsewhere: question, card, answer, sources and the AI notice."""
    words = texts.load(reply.language)
    lines = [f"{words['answer_question']}: {reply.question}", ""]
    if card := reply.screening.card:
        lines += [card.headline, card.action, card.phone, ""]
    if text := answer_text(reply.outcome):
        lines += [f"{words['answer_answer']}: {text}", ""]
    if beside := beside_text(reply):
        lines += [beside, ""]
    if citations := evidence_of(reply.outcome)[1]:
        lines += [words["answer_sources"]]
        lines += [_copied_source(citation, words) for citation in citations]
        lines.append("")
    return "\n".join([*lines, reply.notice])


def _copied_source(citation: Citation, words: Mapping[str, str]) -> str:
    parts = [citation.title, _publisher(citation, words), citation.section, str(citation.year or ""), citation.url]
    return f"[{citation.n}] " + ". ".join(part for part in parts if part) + f" “{citation.quote}”"
