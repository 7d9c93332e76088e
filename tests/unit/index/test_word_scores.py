"""What stands in a passage at all counts, however long the passage is; codes are found in either writing."""

from __future__ import annotations

import pytest

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.index.lexical_indexes.tantivy import TantivyIndex

SHORT = "Glioblastoma: a glioblastoma case. Glioblastoma after glioblastoma."
LONG = "Capmatinib was given to patients. " + "Tumours were measured every other month in all of them. " * 20
CODE = "LB-100 inhibits a phosphatase."
OTHERS = [f"Patients with glioblastoma number {n} were seen." for n in range(8)]
UNRELATED = [f"Ward {n} was painted." for n in range(20)]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "words"
    metadata = Metadata(title="", source_id="s", source="S")
    rows = [
        (Passage(id=f"d{n}#0", document_id=f"d{n}", ordinal=0, text=text), metadata)
        for n, text in enumerate([SHORT, LONG, CODE, *OTHERS, *UNRELATED])
    ]
    TantivyIndex.write(folder, rows)
    return TantivyIndex(folder)


def test_a_rare_name_in_a_long_passage_outweighs_a_common_one_repeated(index):
    assert index.search("capmatinib glioblastoma", 1)[0][0] == 1


def test_a_code_is_found_without_its_hyphen(index):
    assert [row for row, _ in index.search("LB100", 5)] == [2]
