"""How the curation panel shows a document: its passages as they were cut, and where they stand for a question."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medqa.index.curation import CutDocument, CutPassage
    from medqa.wiring.curating import Standing

_LABEL_CHARS = 60

Words = Mapping[str, str]


def document_html(document: CutDocument, words: Words) -> str:
    """The document's title, then each passage in order with section, page, length and what was made of it."""
    count = words["curation_count"].format(f"{len(document.passages):,}")
    passages = "".join(_passage_html(cut, words) for cut in document.passages)
    return (
        f'<h3>{html.escape(document.metadata.title)}</h3><p class="place">{html.escape(document.id)} · {count}</p>'
        f'<div class="cuts" tabindex="0">{passages}</div>'
    )


def passage_label(cut: CutPassage, words: Words) -> str:
    """One line that tells a passage from the others of its document."""
    state = [] if cut.state == "as_cut" else [words[f"curation_{cut.state}"]]
    start = " ".join(cut.text.split())
    start = start if len(start) <= _LABEL_CHARS else f"{start[:_LABEL_CHARS]}…"
    return " · ".join([f"#{cut.passage.ordinal}", *state, start])


def standings_html(standings: Sequence[Standing], depth: int, words: Words) -> str:
    """The document's passages for a question, best first, with their place in the whole library."""
    if not standings:
        return f'<p role="status">{words["curation_trial_none"]}</p>'
    rows = "".join(f"<li>{_standing_html(standing, depth, words)}</li>" for standing in standings)
    return f'<p role="status">{words["curation_trial_note"]}</p><ol class="standings">{rows}</ol>'


def _passage_html(cut: CutPassage, words: Words) -> str:
    passage = cut.passage
    place = [
        f"#{passage.ordinal}",
        passage.section,
        words["curation_page"].format(passage.page) if passage.page else None,
    ]
    place.append(words["curation_chars"].format(f"{len(cut.text):,}"))
    badge, former = "", ""
    if cut.edit is not None:
        badge = (
            f'<span class="badge {cut.state}">{words[f"curation_{cut.state}"]} {html.escape(cut.edit.made[:10])}</span>'
        )
    if cut.state == "corrected":
        said = words["curation_source_text"]
        former = f"<details><summary>{said}</summary><blockquote>{html.escape(passage.text)}</blockquote></details>"
    return (
        f'<article class="source {cut.state}"><div class="place">{_line(place)}{badge}</div>'
        f'<blockquote lang="{html.escape(passage.language or "")}">{html.escape(cut.text)}</blockquote>'
        f"{former}</article>"
    )


def _standing_html(standing: Standing, depth: int, words: Words) -> str:
    hit = standing.hit
    place = standing.rank_in_library
    rank = words["curation_rank"].format(place) if place else words["curation_beyond"].format(depth)
    facts = [f"#{hit.passage.ordinal}", rank, words["curation_score"].format(f"{hit.score:.4f}")]
    if hit.similarity is not None:
        facts.append(words["curation_similarity"].format(f"{hit.similarity:.2f}"))
    return f'<div class="place">{_line(facts)}</div><blockquote>{html.escape(hit.passage.text)}</blockquote>'


def _line(parts: Iterable[str | None]) -> str:
    return " · ".join(html.escape(part) for part in parts if part)
