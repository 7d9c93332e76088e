"""A clinician is told when a known source says the opposite of what an answer leads with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medqa.answer.evidence.contrary import Contradictions
from medqa.domain.answer import Answered, Citation, Claim

SAID = "Vitamin C supplements prevent the common cold in adults."
DENIED = "Vitamin C supplements do not prevent the common cold in adults."


class Finds:
    def __init__(self, *hits):
        self.hits = hits

    def retrieve(self, query, k):
        return list(self.hits)[:k]


def denial(*hits, said=SAID, cited=()):
    return Contradictions(Finds(*hits)).of(said, cited)


def test_a_denial_in_nearly_the_same_words_is_found(hit_of):
    hit = hit_of(f"We followed 900 people. {DENIED}", title="A trial")
    found = denial(hit)
    assert found is not None
    assert found.quote == DENIED
    assert found.hit.passage.id == hit.passage.id


def test_the_denied_statement_is_answered_by_who_affirms_it(hit_of):
    assert denial(hit_of(SAID, title="A trial"), said=DENIED) is not None


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        "Zinc does not prevent asthma.",
        "The common cold is not dangerous.",
        f"{DENIED} That was the old view. {SAID}",
    ],
    ids=["agrees", "another matter", "another statement", "says both"],
)
def test_what_does_not_say_the_opposite_is_no_dispute(hit_of, text):
    assert denial(hit_of(text, title="Notes")) is None


def test_a_denial_with_another_amount_is_about_another_matter(hit_of):
    hit = hit_of("Taking 200 mg of vitamin C a day does not prevent the common cold.", title="A trial")
    assert denial(hit, said="Taking 900 mg of vitamin C a day prevents the common cold.") is None
    assert denial(hit, said="Taking 200 mg of vitamin C a day prevents the common cold.") is not None


def test_documents_that_are_cited_or_retracted_or_unknown_do_not_count(hit_of):
    hit = hit_of(DENIED, title="A trial")
    assert denial(hit, cited=[hit.passage.document_id]) is None
    assert denial(replace(hit, metadata=replace(hit.metadata, retracted=True))) is None
    unknown = replace(hit, metadata=replace(hit.metadata, extra={"unvouched": "1"}))
    assert denial(unknown) is None


@pytest.mark.parametrize(
    ("language", "begins"), [("en", "Sources differ. A trial (Test, 2021)"), ("zh", "来源说法不一")]
)
def test_the_note_names_the_source_and_quotes_it(hit_of, language, begins):
    hit = hit_of(DENIED, title="A trial")
    hit = replace(hit, metadata=replace(hit.metadata, published="2021-05"))
    citation = Citation(n=1, passage_id="p", document_id="d", title="T", source="S", quote=SAID, start=0, end=len(SAID))
    answered = Answered(
        text=SAID, claims=(Claim(text=SAID, citations=(1,), verdict="supported", support=1.0),), citations=(citation,)
    )
    (line,) = Contradictions(Finds(hit)).notes(answered, language)
    assert line.startswith(begins)
    assert DENIED in line
    assert Contradictions(Finds()).notes(answered, language) == ()
