"""Every presentation file against its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

import medqa.safety
from medqa.safety.catalogue import Presentation, examples, load
from medqa.safety.jurisdiction import families
from medqa.safety.screen import RedFlagScreener

FILES = sorted((Path(medqa.safety.__file__).parent / "presentations").glob("*.toml"))
EXAMPLES = [
    pytest.param(path.stem[3:], kind, language, text, id=f"{path.stem}-{kind}-{language}-{number}")
    for path in FILES
    for kind, by_language in examples(path).items()
    for language, texts in by_language.items()
    for number, text in enumerate(texts, 1)
]


@pytest.fixture(scope="module")
def screener() -> RedFlagScreener:
    return RedFlagScreener()


@pytest.mark.parametrize(("presentation", "kind", "language", "text"), EXAMPLES)
def test_an_example_is_judged_as_its_file_says(
    screener: RedFlagScreener, presentation: str, kind: str, language: str, text: str
) -> None:
    screening = screener.screen(text, language=language, jurisdiction=None)  # type: ignore[arg-type]
    if kind == "positive":
        assert screening.takeover
        assert presentation in {finding.presentation for finding in screening.findings}
    else:
        assert not screening.takeover


def test_there_are_44_presentations_numbered_as_their_files() -> None:
    presentations = load().presentations
    assert [p.number for p in presentations] == list(range(1, 45))
    assert [f"{p.number:02d}_{p.id}" for p in presentations] == [path.stem for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_enough_examples_in_both_languages(path: Path) -> None:
    for kind, least in (("positive", 10), ("negative", 5)):
        for language in ("en", "zh"):
            texts = examples(path)[kind][language]
            assert len(texts) >= least
            assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("presentation", load().presentations, ids=lambda presentation: presentation.id)
def test_a_presentation_has_a_source_two_titles_and_cards(presentation: Presentation) -> None:
    assert presentation.source
    assert set(presentation.title) == {"en", "zh"}
    assert {presentation.card, *(rule.card for rule in presentation.rules)} <= set(families())
