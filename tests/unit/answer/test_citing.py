"""Which passages a sentence is held against, and how often a verifier is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from medqa.answer.ledger.citing import Ledger
from medqa.answer.ledger.claims import Draft
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Claim
from medqa.domain.passage import Hit, Passage

HitOf = Callable[..., Hit]


@dataclass
class Counted:
    """The embedded verifier, which keeps what it was asked: one that asks a server waits for each."""

    asked: list[tuple[str, ...]] = field(default_factory=list)

    def verify(self, text: str, cited: Sequence[Passage]) -> Claim:
        self.asked.append(tuple(passage.text for passage in cited))
        return Lexical().verify(text, cited)


def shelf(hit_of: HitOf) -> list[Hit]:
    texts = ["Asthma narrows the airways.", "Asthma is not contagious.", "Gout is a kind of arthritis."]
    return [hit_of(text, title=f"Article {number}") for number, text in enumerate(texts)]


def test_a_wrong_mark_is_put_right(hit_of: HitOf) -> None:
    claim, citations = Ledger(shelf(hit_of), Lexical()).check(Draft("Asthma is not contagious.", (3,)))
    assert claim.verdict == "supported"
    assert [citation.title for citation in citations] == ["Article 1"]


def test_no_passage_is_asked_about_twice_for_one_sentence(hit_of: HitOf) -> None:
    for text in ("Asthma is cured by lemons.", "Asthma is not contagious."):
        verifier = Counted()
        Ledger(shelf(hit_of), verifier).check(Draft(text, (3,)))
        assert len(verifier.asked) > 1
        assert len(set(verifier.asked)) == len(verifier.asked)
