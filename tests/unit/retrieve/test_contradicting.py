from __future__ import annotations

import pytest

from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.index.lexical_indexes.tantivy import TantivyIndex
from medqa.retrieve.contradicting import Contradicting, turned
from medqa.retrieve.wording import script

TEXTS = (
    "Vitamin C lowers the risk of the common cold.",
    "In this trial vitamin C did not prevent the common cold.",
    "Zinc has no effect on asthma.",
    "维生素C不能预防感冒。",
    "The common cold is not dangerous. It lasts a week.",
)


class Passages:
    def fetch(self, rows):
        metadata = Metadata(title="Notes", source_id="s", source="S")
        return [(Passage(id=f"d{r}#0", document_id=f"d{r}", ordinal=0, text=TEXTS[r]), metadata) for r in rows]


class Snapshot:
    def __init__(self, folder):
        metadata = Metadata(title="Notes", source_id="s", source="S")
        rows = [
            (Passage(id=f"d{n}#0", document_id=f"d{n}", ordinal=0, text=text, language=script(text)), metadata)
            for n, text in enumerate(TEXTS)
        ]
        TantivyIndex.write(folder, rows)
        self.lexical, self.passages = TantivyIndex(folder), Passages()


@pytest.fixture(scope="module")
def against(tmp_path_factory):
    retriever = Contradicting(Snapshot(tmp_path_factory.mktemp("index") / "words"))

    def search(statement, k=5):
        query = Query(text=statement, standalone=statement, language=script(statement))
        return [hit.passage.document_id for hit in retriever.retrieve(query, k)]

    return search


def test_what_denies_a_statement_is_found(against):
    assert against("Vitamin C prevents the common cold.", 2) == ["d1", "d0"]


def test_what_affirms_a_denied_statement_is_found(against):
    assert against("Vitamin C does not lower the risk of the common cold.", 1) == ["d0"]


def test_a_chinese_denial_is_found(against):
    assert against("维生素C能预防感冒。", 1) == ["d3"]


def test_words_of_denial_are_added_or_taken_out():
    assert "ineffective" in turned("Zinc helps.", "en")
    assert "not" not in turned("Zinc does not help.", "en")
    assert "不" not in turned("锌不能预防感冒。", "zh")
