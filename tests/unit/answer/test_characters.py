from __future__ import annotations

from medqa.answer.extraction.characters import Rarity, shared

SENTENCES = ("流鼻血时捏住鼻子柔软的部分。", "流鼻血很常见。", "流鼻血后几小时不要擤鼻子。")


def test_a_rare_character_of_the_question_finds_the_sentence_that_answers() -> None:
    weights = Rarity(SENTENCES).weights("流鼻血捏哪里")
    told = [shared(weights, sentence, "流鼻血") for sentence in SENTENCES]
    assert told[0] > told[1] == told[2]


def test_the_documents_own_name_tells_nothing() -> None:
    weights = Rarity(SENTENCES).weights("流鼻血")
    assert shared(weights, SENTENCES[0], "流鼻血") == 0.0


def test_an_english_question_has_no_characters() -> None:
    assert not Rarity(SENTENCES).weights("Where do I pinch?")
