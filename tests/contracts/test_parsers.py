"""What every parser promises, and what each one makes of a small real file of its format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import ParsedItem, Remark, Skipped
from medqa.errors import ParseError
from medqa.ingest.formats import FOLDER, choose_parser, parsers
from medqa.registry import names

DATA = Path(__file__).resolve().parent.parent / "data" / "ingest"
SOURCE = Source(id="s", title="Samples", publisher="Example Press", licence="CC BY 4.0")
FILES = {
    "docx": "guide.docx",
    "html": "asthma.html",
    "jats": "article.nxml",
    "jsonl": "rows.jsonl",
    "markdown": "asthma.md",
    "medquad": "1_Example_QA/0000001.xml",
    "pdf": "leaflet.pdf",
    "pubmed": "citations.xml",
    "spl": "label.xml",
    "text": "asthma.txt",
}


def items(name: str, path: Path | None = None) -> list[ParsedItem]:
    return list(parsers()[name].parse(path or DATA / FILES[name], SOURCE))


def documents(name: str) -> list[Document]:
    return [item for item in items(name) if isinstance(item, Document)]


def document(name: str) -> Document:
    (found,) = documents(name)
    return found


def lines(found: Document) -> list[str]:
    return [block.text for block in found.blocks]


# --- every parser ---


def test_every_sample_has_its_parser() -> None:
    assert set(FILES) <= set(names(FOLDER))


@pytest.mark.parametrize("name", FILES)
def test_a_parser_is_called_what_its_file_is_called(name: str) -> None:
    assert parsers()[name].name == name
    assert all(suffix.startswith(".") for suffix in parsers()[name].suffixes)


@pytest.mark.parametrize("name", FILES)
def test_a_file_goes_to_its_parser(name: str) -> None:
    parser, remark = choose_parser(DATA / FILES[name], FILES[name])
    assert (parser.name, remark) == (name, None)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"markdown", "text", "jsonl", "docx"}))
def test_a_file_with_a_wrong_suffix_goes_to_its_parser_with_a_remark(name: str, tmp_path: Path) -> None:
    wrong = shutil.copy(DATA / FILES[name], tmp_path / "wrong.txt")
    parser, remark = choose_parser(wrong, "wrong.txt")
    assert parser.name == name
    assert remark


@pytest.mark.parametrize("name", FILES)
def test_documents_have_a_title_text_and_the_source_s_values(name: str) -> None:
    for found in documents(name):
        assert found.metadata.title
        assert found.metadata.source_id == "s"
        assert found.metadata.source
        assert found.metadata.licence
        assert found.blocks
        assert all(block.text == " ".join(block.text.split()) for block in found.blocks if block.kind != "code")
        assert {key for block in found.blocks for key in block.references} <= set(found.references)


@pytest.mark.parametrize("name", FILES)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert items(name) == items(name)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"text", "markdown", "jsonl", "html"}))
def test_a_file_that_breaks_off_is_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    data = (DATA / FILES[name]).read_bytes()
    cut = tmp_path / Path(FILES[name]).name
    cut.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(ParseError) as refused:
        items(name, cut)
    assert refused.value.reason == "truncated"


@pytest.mark.parametrize("name", ["jats", "pubmed", "spl", "medquad"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_entities_is_refused(name: str, encoding: str, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.xml"
    hostile.write_text(
        '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><article><p>&secret;</p></article>', encoding
    )
    with pytest.raises(ParseError) as refused:
        items(name, hostile)
    assert refused.value.reason == "unsafe_xml"


# --- each format ---


def test_pdf_keeps_pages_and_headings_and_drops_furniture() -> None:
    found = document("pdf")
    assert found.metadata.title == "Living with asthma"
    assert [(b.page, b.section, b.kind) for b in found.blocks] == [
        (1, ("Symptoms",), "paragraph"),
        (2, ("Treatment",), "paragraph"),
        (2, ("Treatment",), "list_item"),
        (2, ("Treatment",), "list_item"),
        (3, ("Treatment",), "paragraph"),
    ]
    assert "narrows the airways" in found.blocks[0].text
    assert "100 micrograms" in found.blocks[0].text
    assert not any("leaflet" in line for line in lines(found))


def test_html_keeps_the_main_content_only() -> None:
    found = document("html")
    assert found.metadata.title == "Asthma"
    assert found.metadata.url == "https://example.org/asthma"
    assert found.metadata.published == "2023-04-05"
    assert found.metadata.language == "en"
    assert lines(found) == [
        "Asthma is a common lung condition.",
        "The main symptoms are:",
        "wheezing",
        "at night",
        "coughing",
        "Medicines",
        "Medicine: Salbutamol; Dose: 100 micrograms",
        "Medicine: Prednisolone; Dose: 40 mg",
        "Medicine: Prednisolone; Dose: 5 mg",
        "A count of 10^9/L is normal.",
    ]
    assert found.blocks[-1].section == ("Treatment",)


def test_markdown_reads_front_matter_and_footnotes() -> None:
    found = document("markdown")
    meta = found.metadata
    assert (meta.title, meta.language, meta.audience, meta.published) == ("Asthma", "en", "patient", "2026-11-22")
    assert meta.aliases == ("bronchial asthma", "wheezy chest")
    assert meta.clinically_reviewed is False
    assert meta.extra == {"kind": "condition"}
    assert found.references["who-2023"] == "World Health Organization. Asthma, fact sheet. 2023."
    assert [(b.text, b.kind, b.section, b.references) for b in found.blocks] == [
        (
            "Asthma is a common lung condition. Asthma often begins in childhood.",
            "paragraph",
            ("Overview",),
            ("who-2023",),
        ),
        ("Wheezing comes and goes.", "list_item", ("Symptoms",), ("gina-2024",)),
        ("Coughing is worse at night.", "list_item", ("Symptoms",), ()),
        ("Age: 5 years; Dose: 100 micrograms", "table_row", ("Symptoms",), ("gina-2024",)),
    ]


def test_text_joins_wrapped_lines_and_finds_the_title() -> None:
    found = document("text")
    assert found.metadata.title == "Asthma at a glance"
    assert lines(found) == [
        "Asthma is a common lung condition. It narrows the airways.",
        "1. Keep the reliever inhaler near.",
        "2. Avoid smoke.",
    ]


def test_word_documents_keep_headings_lists_and_tables() -> None:
    found = document("docx")
    assert found.metadata.title == "Asthma guide"
    assert [(b.text, b.kind, b.section) for b in found.blocks] == [
        ("Wheezing at night.", "paragraph", ("Symptoms",)),
        ("coughing", "list_item", ("Symptoms",)),
        ("Drug: Salbutamol; Dose: 100 µg", "table_row", ("Symptoms", "Doses")),
    ]


def test_jats_keeps_what_a_reader_cites() -> None:
    found = document("jats")
    meta = found.metadata
    assert (meta.title, meta.source) == ("Salbutamol in mild asthma", "Journal of Examples")
    assert (meta.doi, meta.pmid, meta.extra["pmcid"]) == ("10.1234/example.5678", "12345678", "PMC7654321")
    assert (meta.published, meta.licence, meta.publication_type) == ("2021-03-04", "CC BY 4.0", "research-article")
    assert not meta.retracted
    assert found.references == {"b1": "Smith. Inhalers. 2001.", "b2": "Jones. Airways. 2002."}


def test_jats_keeps_tables_captions_and_exponents_and_drops_citation_numbers() -> None:
    found = document("jats")
    assert lines(found) == [
        "Asthma is common.",
        "We gave 100 µg to adults, as Smith 2001 did.",
        "once a day",
        "twice a day",
        "Eosinophils were 0.4 × 10^9/L.",
        "Table 1. Doses",
        "Drug: Salbutamol; Dose / day 1: 100 µg; Dose / day 2: 200 µg",
        "It worked.",
        "Figure 1. Flow of patients.",
    ]
    assert found.blocks[0].section == ("Abstract", "Background")
    assert found.blocks[1].references == ("b1", "b2")


def test_a_retraction_is_noticed() -> None:
    (found,) = items("jats", DATA / "retraction.nxml")
    assert isinstance(found, Document)
    assert found.metadata.retracted
    assert found.metadata.publication_type == "retraction"
    assert found.metadata.extra["retracts"] == "10.1234/withdrawn.1"


def test_pubmed_reads_articles_and_books_and_reports_a_bad_record() -> None:
    article, bad, book = items("pubmed")
    assert isinstance(article, Document)
    assert isinstance(book, Document)
    meta = article.metadata
    assert (article.id, meta.pmid, meta.title) == ("/11111111", "11111111", "Inhaled budesonide in mild asthma.")
    assert (meta.source, meta.published, meta.language) == ("The Journal of Inhalers", "2018-08", "en")
    assert meta.publication_type == "Journal Article; Retracted Publication"
    assert meta.retracted
    assert meta.url == "https://pubmed.ncbi.nlm.nih.gov/11111111/"
    assert [b.section for b in article.blocks] == [("Background",), ("Results",)]
    assert isinstance(bad, Skipped)
    assert (bad.reason, bad.where) == ("malformed", "record 2")
    assert (book.metadata.title, book.metadata.source) == ("Marfan Syndrome", "University Press")
    assert book.metadata.extra == {"book": "GeneReviews"}


def test_a_drug_label_has_a_title_that_names_the_drug() -> None:
    found = document("spl")
    assert found.metadata.title == "EXAMPLOL (examplol sodium) tablets"
    assert found.metadata.aliases == ("Examplol", "examplol sodium")
    assert found.metadata.published == "2014-01-13"
    assert found.metadata.publication_type == "human prescription drug label"
    assert [(b.text, b.section) for b in found.blocks] == [
        ("Examplol can cause harm.", ("Boxed warning",)),
        ("Take with food:", ("2 DOSAGE AND ADMINISTRATION",)),
        ("in the morning", ("2 DOSAGE AND ADMINISTRATION",)),
        ("in the evening", ("2 DOSAGE AND ADMINISTRATION",)),
        ("Age: 18 years (Or older); Dose: 10 mg", ("2 DOSAGE AND ADMINISTRATION", "2.1 Adults")),
    ]


def test_medquad_gives_a_document_for_each_answered_question() -> None:
    found, remark = items("medquad")
    assert isinstance(found, Document)
    assert (found.id, found.metadata.title) == ("-1", "What is (are) Asthma?")
    assert (found.metadata.source, found.metadata.url) == ("Example Institute", "https://example.org/asthma")
    assert found.metadata.aliases == ("Asthma", "Bronchial asthma")
    assert lines(found) == ["Asthma is a lung disease.", "Key points:", "It is common.", "It can be treated."]
    assert remark == Remark(message="1 of 2 questions have no answer")


def test_json_lines_keep_their_ids_and_a_bad_row_costs_that_row() -> None:
    found = items("jsonl")
    kept = [item for item in found if isinstance(item, Document)]
    assert [each.id for each in kept] == ["asthma/1", "zh/1", "full/1", "bare/1"]
    assert [(s.where, s.reason) for s in found if isinstance(s, Skipped)] == [
        ("line 3", "malformed"),
        ("line 6", "malformed"),
    ]
    first, chinese, full, bare = (each.metadata for each in kept)
    assert (first.source, first.pmid, first.extra) == ("Example Institute", "123", {"qtype": "information"})
    assert chinese.licence == "CC BY 4.0"
    assert (full.doi, full.published, full.retracted) == ("10.1234/x.1", "2019", True)
    assert bare.source == "Example Press"
    assert [(b.text, b.section) for b in kept[2].blocks] == [
        ("We tried.", ("Abstract",)),
        ("Adults took 5 mg.", ("Methods",)),
    ]
    assert kept[3].blocks[0].text == "Only a title"


def test_a_file_whose_rows_are_all_bad_is_no_corpus(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"level": "info"}\n' * 50)
    with pytest.raises(ParseError, match="no corpus"):
        items("jsonl", path)
