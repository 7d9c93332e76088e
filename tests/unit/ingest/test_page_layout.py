"""Printed lines become headings, paragraphs and items."""

from __future__ import annotations

from collections import Counter

from medqa.ingest.parsers._page_layout import blocks_of, printed_title
from medqa.ingest.parsers._page_lines import Line, joined, without_furniture

WIDE = "The airways of the lungs narrow when something such as smoke or cold air"


def page(number: int, *texts: str, size: float = 10.0, top: float = 700.0) -> list[Line]:
    return [Line(text=text, page=number, x=50, y=top - 12 * at, size=size) for at, text in enumerate(texts)]


def test_running_heads_and_page_numbers_go_and_numbers_in_the_text_stay() -> None:
    pages = [
        [
            Line(text="Example Health – Leaflet", page=n, x=50, y=800, size=8),
            *page(n, f"Paragraph {n}.", "5", WIDE, "Another line.", "14", "The end."),
            Line(text=f"Page {n} of 4", page=n, x=300, y=20, size=8),
        ]
        for n in range(1, 5)
    ]
    texts = [line.text for line in without_furniture(pages)]
    assert "Example Health – Leaflet" not in texts
    assert not any(text.startswith("Page ") for text in texts)
    assert texts.count("5") == texts.count("14") == 4


def test_the_dotted_lines_of_a_table_of_contents_go() -> None:
    assert without_furniture([page(1, "Symptoms ........... 12", WIDE, WIDE)])[0].text == WIDE


def test_a_broken_word_is_mended() -> None:
    assert joined(["narrows the air-", "ways"], Counter()) == "narrows the airways"


def test_a_word_that_always_has_its_hyphen_keeps_it() -> None:
    assert joined(["give follow-", "up care"], Counter({"follow-up": 2})) == "give follow-up care"
    assert joined(["more-", "detailed"], Counter({"more": 3, "detailed": 1})) == "more-detailed"


def test_a_broken_range_is_joined_without_a_hyphen_lost() -> None:
    assert joined(["COVID-", "19 and 5–", "10 mg"], Counter()) == "COVID-19 and 5–10 mg"


def test_larger_lines_are_headings_and_text_goes_on_across_pages() -> None:
    lines = [
        Line(text="Symptoms", page=1, x=50, y=730, size=14),
        *page(1, WIDE, "touches them, and the walls of the airways swell so that the air"),
        *page(2, "cannot pass.", "Then wheezing begins."),
    ]
    block = blocks_of(lines, "Title")[0]
    assert block.section == ("Symptoms",)
    assert block.page == 1
    assert "so that the air cannot pass." in block.text


def test_a_large_line_that_runs_on_is_text() -> None:
    lines = [
        Line(text="Limit fats to less than", page=1, x=50, y=730, size=14),
        *page(1, "30% of the energy.", WIDE, WIDE),
    ]
    blocks = blocks_of(lines, "Title")
    assert blocks[0].text.startswith("Limit fats to less than 30% of the energy.")


def test_a_number_at_the_start_of_a_line_is_no_item() -> None:
    (block,) = blocks_of(
        page(1, WIDE + " is breathed in on day", "14. Then the wheezing begins again and again at"), "T"
    )
    assert "on day 14. Then" in block.text


def test_items_begin_anew() -> None:
    blocks = blocks_of(page(1, WIDE, WIDE, "causes these:", "• wheezing", "• cough", "that lasts"), "T")
    assert [b.text for b in blocks if b.kind == "list_item"] == ["wheezing", "cough that lasts"]


def test_the_largest_words_are_the_title() -> None:
    lines = [Line(text="Living with asthma", page=1, x=50, y=760, size=20), *page(1, WIDE, WIDE, WIDE)]
    assert printed_title(lines) == "Living with asthma"
    assert printed_title(page(1, WIDE, WIDE)) == ""
