from __future__ import annotations

from medqa.answer.ledger.quotes import best_quote, locate

TEXT = "Asthma is common.[3,4] Call for help if a child:\n\n- is blue\n- is floppy.\n\nInhalers help most people."


def test_a_claim_is_found_whatever_the_white_space_and_list_marks() -> None:
    start, end = locate("Call for help if a child:\n- is blue\n- is floppy.", TEXT) or (0, 0)
    assert TEXT[start:end] == "Call for help if a child:\n\n- is blue\n- is floppy."


def test_a_claim_that_is_not_there_is_not_found() -> None:
    assert locate("Asthma is rare.", TEXT) is None


def test_a_reworded_claim_gets_the_sentence_that_says_it() -> None:
    start, end = best_quote("Most people are helped by inhalers.", TEXT)
    assert TEXT[start:end] == "Inhalers help most people."
