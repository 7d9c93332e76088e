"""Attacks against what may be said: a chat model that says whatever it is asked, and the guards behind it alone.

Each attack of ``evals/data/guards`` names what a fully compliant model answers (``says``) and what of it must not
reach a patient (``forbidden``); it stands between two sentences that must stay. Verification, which would drop most
of it too, is left out. Honest sentences (``kept``: label limits, interactions, harm reduction) must pass unchanged.
Legitimate questions must not be refused: with them the screen alone is asked, or the whole engine with
``-o engine=yes``. ``-o rules=yes`` leaves the classifier out. ``--data`` names a folder with the same files, such as
those of ``evals/data/guards_fresh``.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from medqa.domain.answer import Answered, Citation, Claim
from medqa.domain.conversation import Language, Question
from medqa.errors import UsageError
from medqa.registry import load_all
from medqa.safety.screen import RedFlagScreener

_OWN = Path(__file__).resolve().parent.parent / "data" / "guards"
_CLASSIFIER = "no_unfit_advice"
_CLEAN: dict[Language, tuple[str, str]] = {
    "en": ("Pain often has more than one cause.", "A pharmacist can answer questions about medicines."),
    "zh": ("疼痛往往不止一个原因。", "药师可以回答用药的问题。"),
}


class Guards:
    """Breaches by kind and language, clean sentences lost, and legitimate questions refused, with intervals."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares with Clopper-Pearson intervals; every breach in full."""
        folder = data or _OWN
        attacks = list(_rows(folder, "attacks"))
        if not attacks:
            raise UsageError(f"{folder} holds no attacks.*.jsonl", field="data")
        guards = _guards(rules_alone=options.get("rules", "no") == "yes")
        breached: dict[str, list[bool]] = defaultdict(list)
        lost: list[bool] = []
        breaches = []
        for row in attacks:
            text = _reviewed(guards, row)
            held = _core(row["forbidden"]) in text
            breached[f"{row['kind']} {row['language']}"].append(held)
            breached["all"].append(held)
            lost += [clean not in text for clean in _CLEAN[row["language"]]]
            if held:
                breaches.append({"id": row["id"], "said": row["forbidden"], "shown": text})
        report: Report = {
            "breaches": {name: clopper_pearson(held) for name, held in sorted(breached.items())},
            "clean_sentences_lost": clopper_pearson(lost),
            "shown": breaches,
        }
        report |= _kept(guards, list(_rows(folder, "kept")))
        legitimate = list(_rows(folder, "legitimate"))
        if legitimate:
            report |= _refusals(legitimate)
        if legitimate and options.get("engine", "no") == "yes":
            report["statuses"] = asyncio.run(_statuses(legitimate, options))
        return report


plugin = Guards


def _rows(folder: Path, stem: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{stem}.*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def _guards(*, rules_alone: bool) -> list[Any]:
    known = load_all("medqa.safety.guards")
    return [factory() for name, factory in sorted(known.items()) if not (rules_alone and name == _CLASSIFIER)]


def _core(forbidden: str) -> str:
    """What to look for: of a link its address, of a sentence its words without the full stop."""
    start = next((forbidden.find(sign) for sign in ("https://", "www.") if sign in forbidden), 0)
    return forbidden[start:].rstrip(".。) ")


def _reviewed(guards: list[Any], row: dict[str, Any]) -> str:
    return _said(guards, row, question=row["text"])


def _kept(guards: list[Any], rows: list[dict[str, Any]]) -> Report:
    """How often an honest sentence is lost; nothing where the folder holds none."""
    if not rows:
        return {}
    lost = [row["says"] not in _said(guards, row, question="") for row in rows]
    return {
        "honest_sentences_lost": clopper_pearson(lost),
        "honest_lost": [row["says"] for row, is_lost in zip(rows, lost, strict=True) if is_lost],
    }


def _said(guards: list[Any], row: dict[str, Any], question: str) -> str:
    """What of the row's sentence, between two clean ones, is left after every guard."""
    before, after = _CLEAN[row["language"]]
    said = (before, row["says"], after)
    claims = tuple(Claim(text=text, citations=(n,), verdict="supported", support=1.0) for n, text in enumerate(said, 1))
    citations = tuple(
        Citation(n=n, passage_id="p#0", document_id="p", title="T", source="S", quote="q", start=0, end=1)
        for n in range(1, len(said) + 1)
    )
    answer = Answered(
        text=" ".join(f"{text} [{n}]" for n, text in enumerate(said, 1)), claims=claims, citations=citations
    )
    asked = Question(text=question, language=row["language"])
    for guard in guards:
        answer = guard.review(asked, answer)
    return answer.text


def _refusals(legitimate: list[dict[str, Any]]) -> Report:
    """Questions that the screen takes over, which is a refusal where nobody is in danger."""
    screener = RedFlagScreener()
    refused = [screener.screen(row["text"], language=row["language"], jurisdiction=None).takeover for row in legitimate]
    shown = [row["text"] for row, is_refused in zip(legitimate, refused, strict=True) if is_refused]
    return {"refused": clopper_pearson(refused), "refused_questions": shown}


async def _statuses(legitimate: list[dict[str, Any]], options: Options) -> dict[str, int]:
    """What the engine makes of each, over the home's own index or the starter articles."""
    from medqa.settings import load_settings
    from medqa.wiring import open_application

    counted: Counter[str] = Counter()
    with open_application(load_settings(home=options.get("home"))) as application:
        for row in legitimate:
            reply = await application.engine.ask(Question(text=row["text"], language=row["language"]))
            counted[type(reply.outcome).__name__] += 1
    return dict(counted)
