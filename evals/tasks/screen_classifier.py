"""Trains the second layer of the screen on the shipped messages and says how it meets those it never saw.

Options: ``write`` (no or yes): whether the weights and their card replace the shipped ones. Learned from: every
file of ``evals/data/screen`` and ``evals/data/screen_training``, the examples of the presentations, the plain
questions and the titles of the starter articles. ``evals/data/screen_unseen`` is only measured on. Needs scikit-learn,
torch and transformers, and some ten minutes.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from evals.softmax import Linear, digest, fitted, stacked
from medqa.domain.language import language_of
from medqa.safety import catalogue
from medqa.safety.classifier.features import rows
from medqa.safety.classifier.model import CARD, LAYERS, NO_ALARM, WEIGHTS, pooled
from medqa.safety.matching import Matcher
from medqa.safety.normalise import normalise
from medqa.safety.reading import Reading
from medqa.safety.second_layer import Said, limits_of, parts_of_long_turns, said_in

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from evals.fine_tuning import Taught

_ROOT = Path(__file__).resolve().parents[2]
_DATA = _ROOT / "evals" / "data"
_STRENGTH = 30.0
_STEPS = 150
_THRESHOLDS = {"en": {"soft": 0.25, "takeover": 0.4}, "zh": {"soft": 0.4, "takeover": 0.45}}
"""Chinese harmless messages look likelier alarms than English ones. On the unseen, lower limits take over more of them
than alarms; higher ones lose alarms."""
_STORIES = 1_500  # a language
_AT_LENGTH, _SHORT = 600, 200  # a language; characters
_CRISIS = "suicide"
_JOINTS = {"en": ". ", "zh": "。"}
_TELLERS = {
    "en": (
        "Asking for Mrs Nguyen, a tenant of mine. ",
        "Ahmed from work wants me to ask: ",
        "we came over from Laos. ",
    ),
    "zh": ("替楼上的古丽问一句，", "工地上的老吴托我问，", "老家在凉山，"),
}
"""People named and placed in other words than the screen's own list of such clauses: they must not matter either."""
_ANCHORS = {
    "en": (" My husband says it is nothing.", " She already took a painkiller.", " it's probably just stress"),
    "zh": ("，家里人说没事", "，已经吃过药了", "，应该只是累的吧"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A message with the presentation that it tells of, or ``none``."""

    text: str
    presentation: str
    language: str
    group: str


class ScreenClassifier:
    """Fits, sets the thresholds, measures on the messages held out by voice, and with ``write`` keeps the weights."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares with Clopper-Pearson intervals at the chosen thresholds."""
        from evals.fine_tuning import taught

        told = [*_screen_rows(), *_examples(), *_titles()]
        told += [*_parts(told), *_told_at_length(told)]
        told += _again(told)
        learned = [*told, *_stories(told)]
        unseen = list(_read(sorted((_DATA / "screen_unseen").glob("*.jsonl"))))
        said = _said(learned)
        targets = [row.presentation for row in learned]
        linear = fitted(_features(said), targets, strength=_STRENGTH, steps=_STEPS).rounded()
        layers = taught([each.told for each in said[: len(told)]], targets[: len(told)]).rounded()
        report: Report = {
            "learned_from": {"alarms": sum(r.presentation != NO_ALARM for r in learned), "rows": len(learned)},
            "thresholds": _THRESHOLDS,
            "unseen": _shares(unseen, _together(linear, layers, _said(unseen)), _THRESHOLDS),
        }
        if options.get("write", "no") == "yes":
            _write(linear, layers, report, learned)
        return report


plugin = ScreenClassifier


def _screen_rows() -> Iterator[Row]:
    paths = [*sorted((_DATA / "screen").glob("*.jsonl")), *sorted((_DATA / "screen_training").glob("*.jsonl"))]
    yield from _read(path for path in paths if not path.name.startswith("turns"))


def _read(paths: Iterable[Path]) -> Iterator[Row]:
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            raw = json.loads(line)
            presentation = raw["presentation"] if raw["label"] == "alarm" else NO_ALARM
            yield Row(
                "\n".join([*raw.get("turns", ()), raw["text"]]),
                presentation,
                raw["language"],
                f"{raw['label']} {raw['language']}",
            )


def _examples() -> Iterator[Row]:
    """The examples that the presentation files bring."""
    for path in sorted((_ROOT / "medqa" / "safety" / "presentations").glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        for kind, presentation in (("positive", data["id"]), ("negative", NO_ALARM)):
            label = "alarm" if kind == "positive" else "hard_negative"
            for language, block in data["examples"][kind].items():
                for line in filter(None, map(str.strip, block.splitlines())):
                    yield Row(line, presentation, language, f"{label} {language}")


def _titles() -> Iterator[Row]:
    """Plain questions and the titles of articles: what people ask when nothing is the matter now."""
    asked = [json.loads(line) for line in (_DATA / "topics.jsonl").read_text("utf-8").splitlines()]
    texts = [raw["question"] for raw in asked]
    for path in sorted((_ROOT / "knowledge_base" / "medqa-starter" / "files").rglob("*.md")):
        lines = path.read_text("utf-8").splitlines()
        texts += [line.removeprefix("title:").strip() for line in lines if line.startswith("title:")]
    for text in texts:
        language = language_of(text)
        yield Row(text, NO_ALARM, language, f"ordinary {language}")


def _stories(learned: Sequence[Row]) -> Iterator[Row]:
    """Long messages without an alarm, woven of short ones.

    People tell long stories of old and chronic illness: length itself must not raise an alarm.
    """
    dice = random.Random(0)
    for language in _JOINTS:
        others = [row.text for row in learned if row.language == language and row.presentation == NO_ALARM]
        for _ in range(_STORIES):
            yield _woven(dice.sample(others, dice.randint(2, 7)), NO_ALARM, language)


def _told_at_length(learned: Sequence[Row]) -> Iterator[Row]:
    """Alarms in the middle of what is none, so that length itself speaks neither way.

    No crises: woven into harmless sentences they teach that any long letter is one.
    """
    dice = random.Random(1)
    for language in _JOINTS:
        here = [row for row in learned if row.language == language]
        alarms = [row for row in here if row.presentation not in (NO_ALARM, _CRISIS)]
        others = [row.text for row in here if row.presentation == NO_ALARM and len(row.text) < _SHORT]
        for row in dice.sample(alarms, min(_AT_LENGTH, len(alarms))):
            parts = [*dice.sample(others, dice.randint(1, 3)), row.text]
            dice.shuffle(parts)
            yield _woven(parts, row.presentation, language)


def _woven(parts: Iterable[str], presentation: str, language: str) -> Row:
    """One long message of several short ones."""
    text = _JOINTS[language].join(part.rstrip("。.!?！？ ") for part in parts)
    return Row(text, presentation, language, f"story {language}")


def _parts(learned: Sequence[Row]) -> Iterator[Row]:
    """The sentences of long messages without an alarm, alone and by two, as the screen hears them."""
    for row in learned:
        if row.presentation == NO_ALARM:
            for start, end in parts_of_long_turns(row.text):
                yield Row(row.text[start:end], NO_ALARM, row.language, f"story {row.language}")


def _said(learned: Sequence[Row]) -> list[Said]:
    """The messages as the two readers get them."""
    known = catalogue.load()
    matcher = Matcher(known.concepts.values())
    limits = limits_of(known)
    plain = (normalise(row.text, known.vocabulary).text for row in learned)
    return [said_in(Reading(text, matcher.scan(text), known), limits) for text in plain]


def _features(messages: Iterable[Said]) -> csr_matrix:
    """Binary features (n, ROWS), each row of length 1."""
    return stacked(rows(said.counted, [name for name, found in said.spans.items() if found]) for said in messages)


def _again(told: Sequence[Row]) -> list[Row]:
    """Every fifth alarm with somebody playing it down, every seventh message with somebody named."""
    anchored = [
        Row(row.text + _ANCHORS[row.language][i % 3], row.presentation, row.language, row.group)
        for i, row in enumerate(told)
        if i % 5 == 0 and row.presentation != NO_ALARM
    ]
    named = [
        Row(_TELLERS[row.language][i % 3] + row.text, row.presentation, row.language, row.group)
        for i, row in enumerate(told)
        if i % 7 == 0 and not row.group.startswith("story")
    ]
    return [*anchored, *named]


def _together(linear: Linear, layers: Taught, messages: Sequence[Said]) -> np.ndarray:
    """The probability of an alarm by both readers (n,)."""
    counted = linear.apart_from(NO_ALARM, _features(messages))
    read = 1 - layers.likely([said.told for said in messages])[:, layers.classes.index(NO_ALARM)]
    return np.array([pooled(float(a), float(b)) for a, b in zip(counted, read, strict=True)])


def _shares(
    measured: Sequence[Row], probabilities: np.ndarray, thresholds: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for group, language in sorted({(row.group, row.language) for row in measured}):
        here = [p for row, p in zip(measured, probabilities, strict=True) if row.group == group]
        for name, limit in thresholds[language].items():
            shown[f"{group}, {name} or more"] = clopper_pearson([bool(p >= limit) for p in here])
    return shown


def _write(linear: Linear, layers: Taught, report: Report, learned: Sequence[Row]) -> None:
    sha256 = digest((row.presentation, row.text) for row in learned)
    card = {
        "what": "Softmax regression over hashed words, characters and concepts, and the last layers of the encoder "
        "taught the same classes; English and Chinese.",
        "learned_from": {**report["learned_from"], "sha256": sha256},
        "made_by": "medqa eval screen_classifier -o write=yes",
        "limits": "Messages were written for MedQA from guidance; no clinician has reviewed their labels.",
        "classes": list(linear.classes),
        "thresholds": report["thresholds"],
        "unseen": report["unseen"],
    }
    linear.keep(WEIGHTS, CARD, card)
    layers.keep(LAYERS)
