from __future__ import annotations

import re

import pytest

from evals import reporting
from evals.reporting.tables import rendered
from evals.reporting.text import plain
from medqa.settings import Settings

FIGURE = {"mean": 0.812, "low": 0.75, "high": 0.87, "n": 55}
REPORT = {
    "data": "tiny",
    "snapshot": "20260101T000000000Z-0123abcd",
    "figures": {"hybrid": {"nDCG@10": FIGURE, "R@10": FIGURE}, "lexical": {"nDCG@10": FIGURE, "R@10": FIGURE}},
    "failures": [{"id": "q1", "text": "<script>alert(1)</script>"}],
}


@pytest.fixture
def page():
    head = reporting.header("retrieval", REPORT, Settings(), command="medqa eval retrieval")
    return reporting.html(head, REPORT)


def test_a_page_names_what_was_measured_on_what(page):
    for fact in ("retrieval", "medqa eval retrieval", REPORT["snapshot"], "minilm", "UTC", "answer_patient_en"):
        assert fact in page
    assert re.search(r"<th>commit</th><td>[0-9a-f]{12}\+?</td>|not a checkout", page)


def test_figures_stand_with_their_intervals_and_are_drawn(page):
    assert '<b>0.812</b> <span class="interval">0.750 to 0.870</span>' in page
    assert page.count("<svg") == 1


def test_a_page_fetches_and_runs_nothing(page):
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", page)


def test_equal_reports_make_equal_tables_and_plots():
    assert rendered(REPORT) == rendered(REPORT)


def test_a_figure_that_is_no_number_is_written_and_not_drawn():
    nothing = {"mean": float("nan"), "low": float("nan"), "high": float("nan"), "n": 0}
    assert "nan" in rendered({"a": {"x": nothing}, "b": {"x": FIGURE}})


def test_a_terminal_shows_the_same_figures():
    text = plain(REPORT)
    assert "0.812 [0.750, 0.870]" in text
    assert "data      tiny" in text
    assert "failures" in text
