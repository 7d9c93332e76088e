"""The classifier beside the rules: what it adds, what it leaves alone, and when its files do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medqa.domain.conversation import Language, Turn
from medqa.errors import ConfigError
from medqa.safety.catalogue import load
from medqa.safety.classifier.features import ROWS, rows
from medqa.safety.classifier.fine_tuned import FineTuned
from medqa.safety.classifier.model import CARD, LAYERS, NO_ALARM, WEIGHTS, Classifier, pooled
from medqa.safety.matching import Matcher
from medqa.safety.normalise import normalise
from medqa.safety.reading import Reading
from medqa.safety.screen import RedFlagScreener
from medqa.safety.second_layer import limits_of, said_in


@pytest.fixture(scope="module")
def both() -> RedFlagScreener:
    return RedFlagScreener()


@pytest.fixture(scope="module")
def alone() -> RedFlagScreener:
    return RedFlagScreener(rules_alone=True)


@pytest.mark.parametrize(
    ("text", "language", "presentation"),
    [
        ("爸爸胳膊突然没知觉", "zh", "stroke"),
        ("出生三周的宝宝烫得很", "zh", "fever_under_3_months"),
        ("my mum lost all feeling in her hand just now", "en", "stroke"),
    ],
)
def test_the_card_is_for_what_the_words_tell(
    both: RedFlagScreener, text: str, language: Language, presentation: str
) -> None:
    screening = both.screen(text, language=language, jurisdiction=None)
    assert screening.takeover
    assert screening.findings[0].presentation == presentation


def test_every_alarm_of_the_rules_stays(both: RedFlagScreener, alone: RedFlagScreener) -> None:
    path = Path(__file__).resolve().parents[3] / "evals" / "data" / "screen" / "alarms.en.jsonl"
    for line in path.read_text("utf-8").splitlines()[::8]:
        text = json.loads(line)["text"]
        ruled = {finding.rule for finding in alone.screen(text, language="en", jurisdiction=None).findings}
        heard = {finding.rule for finding in both.screen(text, language="en", jurisdiction=None).findings}
        assert ruled <= heard


def test_an_alarm_of_the_classifier_stays_over_later_turns(both: RedFlagScreener) -> None:
    said = "俺大倒地上莫得气了"
    first = both.screen(said, language="zh", jurisdiction=None)
    later = both.screen("家里人说没事", [Turn(role="user", content=said)], language="zh", jurisdiction=None)
    assert first.level == later.level


@pytest.mark.parametrize("text", ["", "  ", "😀", "1234"])
def test_a_message_without_words_raises_no_suspicion(both: RedFlagScreener, text: str) -> None:
    assert both.screen(text, language="en", jurisdiction=None).level == "none"


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("My name is Mary Jones. I am a Black woman. My chest hurts", "My chest hurts"),
        ("I have no insurance and live in the countryside, my chest hurts", "my chest hurts"),
        ("我叫阿卜杜拉，我是农民工。胸口疼", "胸口疼"),
        ("我没有医保，我住农村。胸口疼", "胸口疼"),
    ],
)
def test_the_classifier_never_reads_who_somebody_is(told: str, plain: str) -> None:
    known = load()
    limits = limits_of(known)
    read = []
    for text in (told, plain):
        seen = normalise(text, known.vocabulary).text
        spans = Matcher(known.concepts.values()).scan(seen)
        said = said_in(Reading(seen, spans, known), limits)
        words = tuple(text.replace(" and ", "").strip(" .,") for text in (said.counted, said.told))
        read.append((words, {name for name, found in said.spans.items() if found}))
    assert read[0] == read[1]


def test_a_call_that_is_not_answered_is_no_name() -> None:
    assert RedFlagScreener().screen("我叫不醒他", language="zh", jurisdiction=None).takeover


def test_features_are_sorted_rows_each_once() -> None:
    found = rows("chest pain 胸痛", ["cue_now", "chest_pain.ache"])
    assert found == sorted(set(found))
    assert 0 <= found[0] < found[-1] < ROWS
    assert rows("chest pain 胸痛", []) != found


def test_the_classifier_knows_every_presentation_and_no_alarm() -> None:
    known = json.loads(CARD.read_text("utf-8"))
    assert {*known["classes"]} == {*(presentation.id for presentation in load().presentations), NO_ALARM}
    assert WEIGHTS.stat().st_size + LAYERS.stat().st_size < 6_000_000


def test_weights_and_card_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    card.write_text(
        json.dumps({"classes": ["stroke", NO_ALARM], "thresholds": {"en": {"soft": 0.4, "takeover": 0.7}}}), "utf-8"
    )
    with pytest.raises(ConfigError, match="train"):
        Classifier(card=card)


def test_layers_of_other_classes_are_refused() -> None:
    with pytest.raises(ConfigError, match="train"):
        FineTuned(LAYERS, 2, "train it")


def test_the_encoder_reads_the_order_that_hashed_words_only_count() -> None:
    classifier = Classifier()
    none = json.loads(CARD.read_text("utf-8"))["classes"].index(NO_ALARM)
    reader = FineTuned(LAYERS, len(json.loads(CARD.read_text("utf-8"))["classes"]), "train it")
    told = "my father collapsed in the kitchen and is not breathing"
    supposed = "in the first aid exam they ask what to do if somebody collapsed and is not breathing"
    assert reader.likely(told)[none] < 0.3 < reader.likely(supposed)[none]
    assert classifier.judge(told, [], told, least=0.3) == classifier.judge(told, [], told, least=0.3)


def test_neither_reader_is_believed_alone_beyond_its_surest() -> None:
    assert pooled(0.5, 0.5) == pytest.approx(0.5)
    assert pooled(0.9, 0.9) == pytest.approx(0.9)
    assert pooled(1e-7, 1.0) == pytest.approx(pooled(1e-7, 0.9999))
    assert pooled(1e-7, 1.0) < 0.01


def test_the_encoder_is_not_asked_where_its_word_cannot_matter() -> None:
    silent = Classifier().judge("what is a healthy breakfast", [], "unread", least=0.9)
    assert (silent.probability, silent.presentation) == (0.0, NO_ALARM)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my nan is sat up in bed gasping, she can't breathe", "en"),
        ("我爸胸口压得慌，满头大汗，左胳膊也疼", "zh"),
    ],
)
def test_what_the_rules_hear_takes_over_where_no_reader_doubts_it(
    both: RedFlagScreener, alone: RedFlagScreener, text: str, language: Language
) -> None:
    assert alone.screen(text, language=language, jurisdiction=None).takeover
    assert both.screen(text, language=language, jurisdiction=None).takeover


def test_a_doubted_rule_falls_silent_and_a_doubted_crisis_keeps_its_card() -> None:
    rules = RedFlagScreener(rules_alone=True)
    both = RedFlagScreener()
    path = Path(__file__).resolve().parents[3] / "evals" / "data" / "screen_unseen" / "strangers_lookalikes.en.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    ruled = [(text, rules.screen(text, language="en", jurisdiction=None)) for text in texts]
    now = [(found, both.screen(text, language="en", jurisdiction=None)) for text, found in ruled if found.takeover]
    assert any(heard.card is None for _, heard in now)
    doubted = [heard for found, heard in now if found.level == "crisis" and not heard.takeover]
    assert any(heard.card is not None for heard in doubted)


@pytest.mark.parametrize(
    ("text", "language"), [("高压一百二低压八十，眼睛看不清", "zh"), ("my 6 year old has 38.3, mild cough", "en")]
)
def test_a_number_that_misses_the_limit_silences_the_readers(
    both: RedFlagScreener, text: str, language: Language
) -> None:
    assert not both.screen(text, language=language, jurisdiction=None).takeover


@pytest.mark.parametrize(("text", "language"), [("今天38.5度", "zh"), ("it's 38.5 now", "en")])
def test_a_bare_reading_is_of_nobody(both: RedFlagScreener, text: str, language: Language) -> None:
    assert both.screen(text, language=language, jurisdiction=None).level == "none"
