"""What a source holds, counted."""

from __future__ import annotations

from datetime import date

import pytest

from medqa.domain.document import Metadata, Source
from medqa.index.holdings import holdings_of, is_stale

SOURCE = Source(id="s", title="Sample source")
TODAY = date(2026, 11, 22)


def metadata(**known: object) -> Metadata:
    return Metadata(title="Sample", source_id="s", source="S", **known)  # type: ignore[arg-type]


def test_counts_languages_dates_licences_and_types() -> None:
    held = holdings_of(
        SOURCE,
        [
            ("s/1", metadata(language="en", published="2019-05", licence="CC0", publication_type="Review; Trial"), 3),
            ("s/2", metadata(language="zh", published="2024-01-31", retracted=True), 2),
            ("s/3", metadata(language="en", review_by="2025-01-01", clinically_reviewed=False), 1),
        ],
        today=TODAY,
    )  # fmt: skip
    assert (held.documents, held.passages, held.undated) == (3, 6, 1)
    assert (held.stale, held.retracted, held.unreviewed) == (1, 1, 1)
    assert held.languages == {"en": 2, "zh": 1}
    assert (held.first, held.last) == ("2019-05", "2024-01-31")
    assert held.publication_types == {"Review": 1, "Trial": 1, "unknown": 2}
    assert held.stale_documents == {"s/3": "Sample"}
    assert held.retracted_documents == {"s/2": "Sample"}
    assert held.as_json()["years"] == {"2019": 1, "2024": 1}


@pytest.mark.parametrize(
    ("review_by", "stale"),
    [(None, False), ("2026-11-21", True), ("2026-11-22", False), ("2026-11", False), ("2026-10", True), ("2025", True)],
)
def test_a_document_is_stale_when_the_day_month_or_year_of_its_review_is_over(
    review_by: str | None, stale: bool
) -> None:
    assert is_stale(metadata(review_by=review_by), TODAY) is stale
