"""Metadata of a document: what the source's manifest says, unless the document says otherwise."""

from __future__ import annotations

import re
from typing import Any

from medqa.domain.document import Metadata, Source
from medqa.ingest.language import language_code
from medqa.ingest.mending import mend

_DATE = re.compile(r"(\d{4})(?:[-/年. ]?(\d{1,2})(?:[-/月. ]?(\d{1,2}))?)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_TITLE_LENGTH = 500


def metadata(source: Source, title: str, /, **known: Any) -> Metadata:
    """The source's values with ``known`` on top; ``None`` in ``known`` leaves the source's value."""
    values: dict[str, Any] = {
        "source": source.publisher or source.title,
        "licence": source.licence or None,
        "publication_type": source.publication_type,
        "evidence_level": source.evidence_level,
        "clinically_reviewed": source.clinically_reviewed,
    }
    values.update({name: value for name, value in known.items() if value is not None})
    values["language"] = language_code(values.get("language"))
    values["published"] = iso_date(values.get("published"))
    values["review_by"] = iso_date(values.get("review_by"))
    values["doi"] = bare_doi(values.get("doi"))
    return Metadata(title=mend(title)[:_TITLE_LENGTH], source_id=source.id, **values)


def iso_date(text: object) -> str | None:
    """``2024``, ``2024-05`` or ``2024-05-01`` from a date written with numbers; ``None`` when there is none."""
    found = _DATE.match(str(text or "").strip())
    if found is None or not 1500 <= int(found.group(1)) <= 2200:
        return None
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= 12:
        return year
    if not day or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02d}"
    return f"{year}-{int(month):02d}-{int(day):02d}"


def bare_doi(text: object) -> str | None:
    """The DOI without ``https://doi.org/``, or ``None``."""
    found = _DOI.search(str(text or ""))
    return found.group().rstrip(".,;") if found else None
