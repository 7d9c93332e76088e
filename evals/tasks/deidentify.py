"""How much personal data is masked, how much else, and whether words of medicine survive; English and Chinese.

Without ``--data``: invented people (``evals/identities.py``) in the frames of ``evals/data/deidentify``; what the
parts ``dev`` and ``test`` are worth is told in that folder's README. ``part`` ``fresh`` and ``fresh_read`` are whole
sentences: those whose misses nobody has read, and those whose misses the rules were mended with. With ``--data DIR``:
a folder with ``samples.jsonl`` whose rows hold ``text`` and ``spans`` of ``type``, ``start``, ``end``.
Options: ``part`` (test, dev, fresh or fresh_read), ``repeats`` (people a frame, 36), ``seed`` (0), ``misses`` (shown
of a type, 5), ``names`` (drawn: other people's names in the fresh sentences, ``repeats`` a sentence).

A span counts as found when every letter and digit of it is masked, under whatever type. Precision is the share of
masked stretches that touch planted data. Intervals are Clopper and Pearson's.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.identities import Planted, Sample, fill
from evals.marked import marked_sample, redrawn
from evals.scorers.proportion import clopper_pearson
from medqa.errors import UsageError
from medqa.safety.deidentify import Span, find

_FRAMES = Path(__file__).parent.parent / "data" / "deidentify"
_FRESH = {"fresh": "held", "fresh_read": "read"}
_DIRECT = ("ID", "PHONE", "BANK_CARD", "EMAIL", "MRN")
_FOREIGN = {  # types of other sets; those mapped to "" are not counted as something that must be masked
    "PERSON": "NAME",
    "STREET_ADDRESS": "ADDRESS",
    "ORGANIZATION": "ORG",
    "DATE_TIME": "DATE",
    "CREDIT_CARD": "BANK_CARD",
    "IBAN_CODE": "BANK_CARD",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "DOMAIN_NAME": "URL",
    "IP_ADDRESS": "IP",
    "US_SSN": "ID",
    "US_DRIVER_LICENSE": "ID",
    "GPE": "",
    "TITLE": "",
    "AGE": "",
    "NRP": "",
    "ZIP_CODE": "",
}


class Deidentify:
    """Runs the masking task."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Recall by type and language, precision, the share of clinical terms masked, and misses."""
        shown = int(options.get("misses", "5"))
        if data is not None:
            return {"en": _scored(list(_given(data)), shown)}
        part, repeats = options.get("part", "test"), int(options.get("repeats", "36"))
        if part not in ("dev", "test", *_FRESH):
            raise UsageError("part must be dev, test, fresh or fresh_read", field="part")
        report: Report = {"part": part}
        if part in _FRESH:
            dice = random.Random(options.get("seed", "0")) if options.get("names") == "drawn" else None
            return report | {lang: _scored(_fresh(lang, part, dice, repeats), shown) for lang in ("en", "zh")}
        for language in ("en", "zh"):
            dice = random.Random(f"{options.get('seed', '0')}-{language}-{part}")
            frames = _part(_FRAMES / f"frames.{language}.txt", part)
            samples = [fill(frame, dice, language, n) for n, frame in enumerate(frames) for _ in range(repeats)]
            report[language] = _scored(samples, shown) | {"clinical_terms_masked": _clinical(language, shown)}
        return report


plugin = Deidentify


def _scored(samples: list[Sample], shown: int) -> dict[str, Any]:
    found: dict[str, list[bool]] = defaultdict(list)
    missed: dict[str, list[str]] = defaultdict(list)
    stayed: dict[str, list[bool]] = defaultdict(list)
    precise: list[bool] = []
    wrong: list[str] = []
    for sample in samples:
        spans = find(sample.text)
        for planted in sample.planted:
            held = _is_covered(sample.text, planted, spans)
            found[planted.type].append(held)
            if not held and planted.type and len(missed[planted.type]) < shown:
                missed[planted.type].append(_excerpt(sample.text, planted.start, planted.end))
        for kept in sample.stays:
            stayed[kept.type].append(any(span.start < kept.end and kept.start < span.end for span in spans))
        for span in spans:
            right = any(span.start < p.end and p.start < span.end for p in sample.planted)
            precise.append(right)
            if not right and len(wrong) < shown:
                wrong.append(f"{span.type} {_excerpt(sample.text, span.start, span.end)}")
    direct = [held for kind in _DIRECT for held in found[kind]]
    return {
        "recall": {kind: clopper_pearson(found[kind]) for kind in sorted(found) if kind and found[kind]},
        "recall_direct_identifiers": clopper_pearson(direct),
        "precision": clopper_pearson(precise),
        "look_alikes_masked": {kind: clopper_pearson(masked) for kind, masked in stayed.items()},
        "spans": sum(len(held) for kind, held in found.items() if kind),
        "missed": {kind: list(texts) for kind, texts in missed.items() if texts},
        "masked_wrongly": wrong,
    }


def _is_covered(text: str, planted: Planted, spans: tuple[Span, ...]) -> bool:
    return all(
        any(span.start <= at < span.end for span in spans)
        for at in range(planted.start, planted.end)
        if text[at].isalnum()
    )


def _excerpt(text: str, start: int, end: int) -> str:
    return f"…{text[max(0, start - 25) : start]}⟦{text[start:end]}⟧{text[end : end + 15]}…".replace("\n", "⏎")


def _clinical(language: str, shown: int) -> dict[str, Any]:
    """How often a word of medicine is masked, over terms and frames."""
    lines = _lines(_FRAMES / f"clinical.{language}.txt")
    cut = lines.index("== frames")
    terms = [term.strip() for line in lines[:cut] for term in line.split("|")]
    masked: list[bool] = []
    seen: list[str] = []
    for term in terms:
        for frame in lines[cut + 1 :]:
            start = frame.index("{TERM}")
            text = frame.replace("{TERM}", term)
            hit = [span for span in find(text) if span.start < start + len(term) and start < span.end]
            masked.append(bool(hit))
            if hit and len(seen) < 2 * shown:
                seen.append(f"{hit[0].type} {text}")
    return {**clopper_pearson(masked), "terms": len(terms), "masked": seen}


def _part(path: Path, part: str) -> list[str]:
    lines = _lines(path)
    cut = lines.index("== test")
    chosen = lines[lines.index("== dev") + 1 : cut] if part == "dev" else lines[cut + 1 :]
    return [line.replace("\\n", "\n") for line in chosen]


def _fresh(language: str, part: str, dice: random.Random | None, repeats: int) -> list[Sample]:
    lines = _lines(_FRAMES / f"fresh.{language}.txt")
    cut = lines.index("== held")
    chosen = lines[cut + 1 :] if _FRESH[part] == "held" else lines[lines.index("== read") + 1 : cut]
    if dice is not None:
        chosen = [redrawn(line, dice, language) for line in chosen for _ in range(repeats)]
    return [marked_sample(line, n) for n, line in enumerate(chosen)]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def _given(data: Path) -> Iterator[Sample]:
    """Samples of a folder; a bare year is no personal data, so it is left out of the dates."""
    path = data if data.is_file() else data / "samples.jsonl"
    if not path.is_file():
        raise UsageError(f"{path} is missing: name a folder with samples.jsonl", field="data")
    for n, line in enumerate(path.read_text("utf-8").splitlines()):
        row = json.loads(line)
        planted = []
        for span in row["spans"]:
            kind = _FOREIGN.get(span["type"], span["type"])
            words = row["text"][span["start"] : span["end"]]
            bare_year = kind == "DATE" and words.isdigit() and len(words) == 4
            planted.append(Planted(span["start"], span["end"], "" if bare_year else kind))
        yield Sample(row["text"], tuple(planted), n)
