"""The ledger of an answer: each sentence with what checking it against its sources found, in plain words."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medqa.serve.ui import texts

if TYPE_CHECKING:
    from medqa.domain.answer import Citation, Claim
    from medqa.domain.conversation import Language


def ledger_html(claims: Sequence[Claim], citations: Sequence[Citation], language: Language, *, left_out: int) -> str:
    """The ledger, folded away while every sentence is its source's own; empty for no claims."""
    if not claims:
        return ""
    words = texts.load(language)
    quotes = {citation.n: citation for citation in citations}
    rows = [_row(claim, [quotes[n] for n in claim.citations if n in quotes], words) for claim in claims]
    is_plain = not left_out and all(_is_exact(c, [quotes[n] for n in c.citations if n in quotes]) for c in claims)
    note = f'<p class="left-out">{html.escape(words["ledger_left_out"].format(left_out))}</p>' if left_out else ""
    opened = "" if is_plain else " open"
    return (
        f'<details class="ledger" lang="{language}"{opened}><summary>{words["ledger_title"]}</summary>'
        f"<ol>{''.join(rows)}</ol>{note}</details>"
    )


def _row(claim: Claim, cited: Sequence[Citation], words: Mapping[str, str]) -> str:
    kind = "exact" if _is_exact(claim, cited) else claim.verdict
    marks = "".join(f"<sup>{citation.n}</sup>" for citation in cited)
    verdict = f'<span class="verdict {kind}">{words[f"ledger_{kind}"]}</span>'
    quotes = "" if kind == "exact" else "".join(_quote(citation) for citation in cited)
    return f"<li><p>{html.escape(claim.text)}{marks}</p><p>{verdict}</p>{quotes}</li>"


def _quote(citation: Citation) -> str:
    said = html.escape(citation.quote)
    return f'<blockquote lang="{citation.language or ""}"><sup>{citation.n}</sup> {said}</blockquote>'


def _is_exact(claim: Claim, cited: Sequence[Citation]) -> bool:
    """Whether a quote is the sentence itself; white space and list marks are free."""
    return any(_bare(claim.text) == _bare(citation.quote) for citation in cited)


def _bare(text: str) -> str:
    return "".join(text.replace("\n- ", "\n").split()).replace("•", "").replace("-", "")
