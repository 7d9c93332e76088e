from __future__ import annotations

from collections.abc import Callable

from medqa.answer.generation.packing import estimated_tokens, pack
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

QUERY = Query(text="q", standalone="Is asthma contagious for children?", language="en")
FILLER = ["Bees make honey.", "Trains run late.", "Rain falls in spring.", "Stones sink in ponds."]


def test_passages_keep_the_number_they_have_among_the_hits(hit_of: Callable[..., Hit]) -> None:
    same = "Asthma is not contagious."
    packed = pack(
        QUERY, [hit_of(same, title="T"), hit_of(same, title="T"), hit_of("Children often have asthma.", title="T")]
    )
    assert [number for number, _ in packed] == [1, 3]


def test_nothing_more_is_packed_once_three_hold_all_the_words(hit_of: Callable[..., Hit]) -> None:
    hits = [hit_of("Asthma is not contagious for children.", title="T"), *(hit_of(text, title="T") for text in FILLER)]
    assert [number for number, _ in pack(QUERY, hits)] == [1, 2, 3]


def test_the_budget_is_kept_and_the_first_hit_always_packed(hit_of: Callable[..., Hit]) -> None:
    long = "Asthma " + "and many other things " * 60
    packed = pack(
        QUERY,
        [
            hit_of(long, title="T"),
            hit_of("Contagious things. " + long, title="T"),
            hit_of("Children cough.", title="T"),
        ],
        120,
    )
    assert [number for number, _ in packed] == [1] or [number for number, _ in packed] == [1, 3]


def test_chinese_text_costs_more_tokens_a_character() -> None:
    assert estimated_tokens("高血压" * 10) > estimated_tokens("abc" * 10)
