"""Nothing that a document or a question holds is obeyed by the terminal that shows it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from medqa.domain.answer import Abstained, Answered, Citation, Claim, Provenance, Reply
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.domain.safety import Screening
from medqa.serve.terminal import hits_text, reply_text

_COLOUR = re.compile(r"\x1b\[\d*(?:;\d+)*m")
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
HOSTILE = st.text(st.sampled_from("ab \x1b[2J]0;\x07\x9b31m\u202e\u2028\n\r\x00\x08"), max_size=40)


def _replied(text: str) -> Reply:
    cited = Citation(
        n=1, passage_id=text, document_id="f", title=text, source=text, quote=text, start=0, end=1, url=text
    )
    claim = Claim(text=text, citations=(1,), verdict="supported", support=1.0)
    return Reply(
        id="r1",
        question=text,
        language="en",
        audience="patient",
        outcome=Answered(text=text, claims=(claim,), citations=(cited,)) if text else Abstained(text="No."),
        screening=Screening(),
        notice="An AI wrote this.",
        provenance=Provenance(chat_model="extractive", index_snapshot="x"),
        timings_ms={"total": 1.0},
    )


@given(HOSTILE)
def test_an_answer_moves_no_terminal(text: str) -> None:
    assert not _OBEYED.search(_COLOUR.sub("", reply_text(_replied(text))))


@given(HOSTILE)
def test_a_passage_moves_no_terminal(text: str) -> None:
    passage = Passage(id=text or "p", document_id="f", ordinal=0, text=text, section=text)
    hit = Hit(rank=1, score=1.0, passage=passage, metadata=Metadata(title=text, source_id="s", source=text))
    assert not _OBEYED.search(_COLOUR.sub("", hits_text([hit], "en")))
