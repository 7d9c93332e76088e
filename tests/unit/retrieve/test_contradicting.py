from __future__ import annotations

import pytest

from medqa.domain.conversation import Question
from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.index.lexical_indexes.tantivy import TantivyIndex
from medqa.retrieve.contradicting import Contradicting
from medqa.retrieve.query import Understanding
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
    retriever = Contradicting(Snapshot(tmp_path_factory.mktemp("index") / "words"), embedder=None)

    def ask(text):
        query = Understanding().understand(Question(text=text, language=script(text)))
        return [hit.passage.document_id for hit in retriever.retrieve(query, 5)]

    return ask


def test_what_denies_the_claim_is_found_and_what_affirms_it_is_not(against):
    found = against("Does vitamin C prevent the common cold?")
    assert "d1" in found
    assert "d0" not in found


def test_a_denial_of_something_else_does_not_count(against):
    found = against("Does vitamin C prevent the common cold?")
    assert not {"d2", "d4"} & set(found)


def test_a_denial_in_the_other_language_is_found(against):
    assert "d3" in against("Does vitamin C prevent the common cold?")


def test_a_question_without_a_topic_finds_nothing(against):
    assert against("Is it true?") == []
