"""Decides on the emergency screen with texts written by someone who had not seen its rules.

``evals/data/screen_independent``: alarms of 44 presentations, ordinary questions, hard negatives, alarms played down,
alarms spread over turns, and crises. An alarm is caught at level urgent, emergency or crisis, or when the card takes
over; advice is counted apart, and so is a crisis line beside the answer. ``--data DIR`` names a folder with the same
files.
Options: ``language`` (en or zh, both), ``misses`` (yes: name the texts that went wrong and the level shown).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from medqa.domain.conversation import Turn
from medqa.domain.safety import Screening
from medqa.errors import UsageError
from medqa.protocols import Screener
from medqa.safety.screen import RedFlagScreener

_FILES = ("alarms", "ordinary", "hard_negatives", "anchoring", "turns", "crisis")
_CAUGHT = ("urgent", "emergency", "crisis")


@dataclass(frozen=True, slots=True)
class Screened:
    """One text with the verdict on it."""

    sample: dict[str, Any]
    verdict: Screening

    @property
    def is_caught(self) -> bool:
        """Whether the reader is sent for help."""
        return self.verdict.level in _CAUGHT or self.verdict.takeover

    @property
    def has_advice_only(self) -> bool:
        """Whether there is a word of advice and no more."""
        return self.verdict.level == "advice" and not self.verdict.takeover

    @property
    def has_crisis_line(self) -> bool:
        """Whether a card names a crisis line, beside or instead of the answer."""
        return self.verdict.card is not None and any(finding.tier == "M" for finding in self.verdict.findings)

    @property
    def has_card(self) -> bool:
        """Whether any card stands beside or instead of the answer."""
        return self.verdict.card is not None or self.verdict.level != "none"


Samples = dict[str, list[Screened]]


class ScreenIndependent:
    """The emergency screen on a set written from published guidance alone: sensitivity, false alarms, what is lost."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares with 95% intervals, and on request the texts that went wrong."""
        screener, wanted = RedFlagScreener(), options.get("language")
        screened: Samples = {
            name: [_screen(screener, row) for row in _rows(data, name) if wanted in (None, row["language"])]
            for name in _FILES
        }
        report: Report = {"task": "screen_independent", "figures": _figures(screened)}
        if options.get("misses", "no") != "no":
            report["misses"] = _misses(screened)
        return report


plugin = ScreenIndependent


def _rows(data: Path | None, name: str) -> Iterator[dict[str, Any]]:
    folder = data if data is not None else files("evals").joinpath("data/screen_independent")
    file = folder.joinpath(f"{name}.jsonl")
    if not file.is_file():
        raise UsageError(f"{file} is missing: name the folder that holds it with --data", field="data")
    for line in file.read_text("utf-8").splitlines():
        yield json.loads(line)


def _screen(screener: Screener, row: dict[str, Any]) -> Screened:
    *earlier, text = row.get("turns") or [row["text"]]
    turns = [Turn(role="user", content=each) for each in earlier]
    return Screened(row, screener.screen(text, turns, language=row["language"], jurisdiction=None))


def _figures(screened: Samples) -> dict[str, Any]:
    alarms, ordinary, hard = screened["alarms"], screened["ordinary"], screened["hard_negatives"]
    return {
        "alarms": _share(alarms, lambda each: each.is_caught),
        "alarms_advice_only": _share(alarms, lambda each: each.has_advice_only),
        "alarms_by": {
            key: _by(alarms, key, lambda each: each.is_caught) for key in ("language", "style", "presentation")
        },
        "ordinary_takeover": _share(ordinary, lambda each: each.verdict.takeover),
        "ordinary_card": _share(ordinary, lambda each: each.has_card),
        "hard_negatives_card": _share(hard, lambda each: each.has_card),
        "hard_negatives_takeover": _share(hard, lambda each: each.verdict.takeover),
        "hard_negatives_card_by_phenomenon": _by(hard, "phenomenon", lambda each: each.has_card),
        "false_alarms_by_language": {
            "ordinary_takeover": _by(ordinary, "language", lambda each: each.verdict.takeover),
            "hard_negatives_card": _by(hard, "language", lambda each: each.has_card),
        },
        "anchoring_lost": clopper_pearson([not now.is_caught for now in _anchored(screened)]),
        "turns": _share(screened["turns"], lambda each: each.is_caught),
        "turns_by_language": _by(screened["turns"], "language", lambda each: each.is_caught),
        "crisis": _share(screened["crisis"], lambda each: each.is_caught),
        "crisis_at_level_crisis": _share(screened["crisis"], lambda each: each.verdict.level == "crisis"),
        "crisis_line": _share(screened["crisis"], lambda each: each.has_crisis_line),
        "crisis_line_by_kind": _by(screened["crisis"], "kind", lambda each: each.has_crisis_line),
        "crisis_by_kind": _by(screened["crisis"], "kind", lambda each: each.is_caught),
    }


def _anchored(screened: Samples) -> list[Screened]:
    """The alarms played down whose plain wording is caught: only these can be lost."""
    caught = {each.sample["id"] for each in screened["alarms"] if each.is_caught}
    return [each for each in screened["anchoring"] if each.sample["of"] in caught]


def _share(chosen: Sequence[Screened], held: Callable[[Screened], bool]) -> dict[str, float | int]:
    return clopper_pearson([held(each) for each in chosen])


def _by(chosen: Sequence[Screened], key: str, held: Callable[[Screened], bool]) -> dict[str, Any]:
    values = dict.fromkeys(each.sample[key] for each in chosen)
    return {value: _share([each for each in chosen if each.sample[key] == value], held) for value in values}


def _misses(screened: Samples) -> dict[str, dict[str, str]]:
    return {
        "alarms": _levels(each for each in screened["alarms"] if not each.is_caught),
        "ordinary_takeover": _levels(each for each in screened["ordinary"] if each.verdict.takeover),
        "hard_negatives_card": _levels(each for each in screened["hard_negatives"] if each.has_card),
        "anchoring_lost": _levels(each for each in _anchored(screened) if not each.is_caught),
        "turns": _levels(each for each in screened["turns"] if not each.is_caught),
        "crisis": _levels(each for each in screened["crisis"] if not each.is_caught),
    }


def _levels(chosen: Iterable[Screened]) -> dict[str, str]:
    """What was shown instead, by id: one line each, since a report cuts long lists."""
    return {
        each.sample["id"]: f"{each.verdict.level}, takeover" if each.verdict.takeover else each.verdict.level
        for each in chosen
    }
