"""Whether MedQA asks back when a fact that would change the advice is missing, and leaves it when none is.

``--data`` names a folder of JSON Lines files instead of the shipped set; a row has ``text``, ``language`` and
``label`` (``needs_context`` or ``complete``).
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from medqa.domain.conversation import Question
from medqa.errors import UsageError
from medqa.safety.context.seeker import ContextSeeker

_OWN = Path(__file__).resolve().parent.parent / "data" / "context"


class Context:
    """The shares asked back, by label and language, with Clopper-Pearson intervals; every miss."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``asked_back``: should be high for ``needs_context`` and low for ``complete``."""
        folder = data or _OWN
        seeker = ContextSeeker()
        asked: dict[str, list[bool]] = defaultdict(list)
        wrong = []
        for path in sorted(folder.rglob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                questions = seeker.questions(Question(text=row["text"], language=row["language"]))
                asked[f"{row['label']} {row['language']}"].append(bool(questions))
                asked[row["label"]].append(bool(questions))
                if bool(questions) != (row["label"] == "needs_context"):
                    wrong.append({"id": row["id"], "text": row["text"], "questions": list(questions)})
        if not asked:
            raise UsageError(f"{folder} holds no rows", field="data")
        return {"asked_back": {name: clopper_pearson(held) for name, held in sorted(asked.items())}, "wrong": wrong}


plugin = Context
