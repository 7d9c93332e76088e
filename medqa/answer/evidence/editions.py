"""What has been replaced is no evidence: the older edition of one publisher's guideline never stands beside the newer.

A document says so itself (``superseded_by`` in its metadata), or two of one source bear the same title but for the
year. A document cannot declare another one superseded: that would let anybody silence a guideline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from medqa.domain.document import SUPERSEDED_BY, Metadata
from medqa.domain.passage import Hit

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_EDITION = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|revised|updated?|edition|version|v\d+)\b"
    r"|第[\d一二三四五六七八九十]+版|修订版?|更新版?|年版?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


def without_superseded(hits: Sequence[Hit]) -> list[Hit]:
    """The hits in order, without those of documents that a newer one replaces."""
    standing = [hit for hit in hits if not hit.metadata.extra.get(SUPERSEDED_BY)]
    newest: dict[tuple[str, ...], int] = {}
    for metadata in (hit.metadata for hit in standing):
        if (year := _year(metadata)) and (series := _series(metadata)):
            newest[series] = max(year, newest.get(series, 0))
    return [hit for hit in standing if not _is_older(hit.metadata, newest)]


def _is_older(metadata: Metadata, newest: dict[tuple[str, ...], int]) -> bool:
    series, year = _series(metadata), _year(metadata)
    return bool(series and year) and (year or 0) < newest.get(series, 0)


def _year(metadata: Metadata) -> int | None:
    named = _YEAR.findall(metadata.title)
    return int(named[-1]) if named else metadata.year


def _series(metadata: Metadata) -> tuple[str, ...]:
    """What the editions of one document share; nothing for what does not come in editions."""
    is_dated = _YEAR.search(metadata.title) or "guideline" in (metadata.publication_type or "").lower()
    words = _WORD.findall(_EDITION.sub(" ", _YEAR.sub(" ", metadata.title)).casefold())
    return (metadata.source_id, metadata.source, metadata.language or "", *words) if is_dated and words else ()
