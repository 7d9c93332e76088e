"""What a reader's own label says may be told to them; nobody else's order may."""

from __future__ import annotations

import pytest

from medqa.domain.answer import Answered, Citation, Claim
from medqa.domain.conversation import Question
from medqa.safety.guards.no_personal_dose import NoPersonalDose

ORDER = "Take one capsule three times a day for 7 days."
QUESTION = Question(text="How often should I take amoxicillin?", language="en")


def answer(said: str, quote: str, *, attached: bool) -> Answered:
    cited = Citation(
        n=1, passage_id="p", document_id="d", title="t", source="s", quote=quote, start=0, end=len(quote),
        attached=attached,
    )  # fmt: skip
    claim = Claim(text=said, citations=(1,), verdict="supported", support=1.0)
    return Answered(text=f"{said} [1]", claims=(claim,), citations=(cited,))


def test_the_words_of_ones_own_label_stand() -> None:
    quoted = answer(ORDER, ORDER, attached=True)
    assert NoPersonalDose().review(QUESTION, quoted) == quoted


@pytest.mark.parametrize(
    ("said", "quote", "attached"),
    [
        (ORDER, ORDER, False),
        ("You should take two capsules four times a day.", ORDER, True),
        ("Stop taking warfarin tonight.", ORDER, True),
    ],
)
def test_any_other_order_goes(said: str, quote: str, attached: bool) -> None:
    assert not NoPersonalDose().review(QUESTION, answer(said, quote, attached=attached)).claims
