"""Checking a sentence adds little to the time until the first one is shown, whatever it says and however it cites."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from medqa.answer.evidence.trust import trusted
from medqa.answer.ledger.claims import Draft
from medqa.answer.showing import Shown
from medqa.domain.conversation import Language, Question
from medqa.settings import Settings
from medqa.telemetry import Stopwatch
from medqa.wiring import Application, open_application, parts

MOST_S = 0.3  # of processor time, so that other work on the machine does not count
LONG = {
    "en": "In most adults with this condition, doctors often suggest {words}, and many people notice that symptoms"
    " ease within 2 to 6 weeks, although some need 10 mg more or a second visit when it does not help.",
    "zh": "对大多数成人来说，医生常常建议{words}，许多人在2到6周内症状减轻，但也有人需要再加10毫克，"
    "或者在没有好转时再次就诊。",
}


@pytest.fixture(scope="module")
def application(starter_home: Path) -> Iterator[Application]:
    """The product over the starter articles, as warm as a server is when its first reader comes."""
    with open_application(Settings(home=starter_home)) as opened:
        opened.warm_up()
        yield opened


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How is high blood pressure treated?", "en"),
        ("What can I do against migraine?", "en"),
        ("高血压怎么治疗？", "zh"),
        ("偏头痛怎么办？", "zh"),
    ],
)
def test_a_first_sentence_is_checked_and_guarded_within_300_ms(
    application: Application, text: str, language: Language
) -> None:
    question = Question(text=text, language=language)
    query = application.understanding.understand(question)
    hits = trusted(application.engine.parts.retriever.retrieve(query, application.settings.evidence_k))
    assert len(hits) >= 15
    words = " ".join(hit.passage.text[:60].replace("\n", " ") for hit in hits[:2])
    draft = Draft(LONG[language].format(words=words), tuple(range(1, 9)))
    taken = []
    for _ in range(3):  # each with a check that has seen nothing
        shown = Shown(hits, question, parts.verifier(application.settings), parts.guards(), Stopwatch())
        began = time.thread_time()
        shown.show(draft)
        taken.append(time.thread_time() - began)
    assert statistics.median(taken) < MOST_S, taken  # the machine may pause once
