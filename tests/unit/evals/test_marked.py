"""Sentences whose personal data a person has marked."""

from __future__ import annotations

from evals.marked import marked_sample


def test_marks_are_taken_out_and_say_what_is_personal_and_what_must_stay() -> None:
    sample = marked_sample("{Ann} saw <Crohn> on {DATE:Monday}, <DATE:every Friday>.", 3)
    assert sample.text == "Ann saw Crohn on Monday, every Friday."
    assert [(p.type, sample.text[p.start : p.end]) for p in sample.planted] == [("NAME", "Ann"), ("DATE", "Monday")]
    assert [(p.type, sample.text[p.start : p.end]) for p in sample.stays] == [
        ("NAME", "Crohn"),
        ("DATE", "every Friday"),
    ]
    assert sample.frame == 3
