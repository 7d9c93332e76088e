"""The tasks that measure a chat model: the extractive one for real, a served one over the real protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer

from evals.tasks.grounded import Grounded
from evals.tasks.llm_latency import LlmLatency
from evals.tasks.multiple_choice import MultipleChoice
from evals.tasks.rubric import Rubric
from medqa.errors import ChatModelError, UsageError
from medqa.settings import Settings
from medqa.wiring import upkeep

Served = Callable[[ProtocolServer], None]


@pytest.fixture(scope="module")
def tiny_home(some_articles: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the articles on gout and asthma."""
    home = tmp_path_factory.mktemp("tiny") / "home"
    upkeep.ingest(Settings(home=home), [some_articles("gout", "asthma")])
    return home


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """Makes the server the configured chat model."""

    def configure(server: ProtocolServer) -> None:
        monkeypatch.setenv("MEDQA_CHAT_MODEL", "openai")
        monkeypatch.setenv("MEDQA_LLM_BASE_URL", server.base_url)

    return configure


def first_sentence(body: dict[str, Any]) -> str:
    """What an honest model could write: the first sentence of the first passage, with its number."""
    content = body["messages"][-1]["content"]
    found = re.search(r'<passage n="(\d+)">\n[^\n]*\n([^\n]+?[.。])', content)
    return f"{found[2]} [{found[1]}]" if found else "NO_ANSWER"


def test_extractive_answers_are_supported_by_what_they_cite(tiny_home: Path) -> None:
    report = Grounded().run(None, {"home": str(tiny_home), "limit": "60"})
    assert report["all"]["written"]["fully supported"]["share"] == 1.0
    assert report["all"]["shown"]["citation precision"]["mean"] == 1.0
    assert report["model"].startswith("extractive")
    assert report["snapshot"]
    assert report["en"]["refusals"]["recall: refused where gold is gone"]["n"] == 30


def test_what_a_served_model_invents_is_seen_in_what_it_wrote_and_never_shown(tiny_home: Path, served: Served) -> None:
    def answer(body: dict[str, Any]) -> str:
        return f"{first_sentence(body)} It is cured by 77 lemons within 3 hours. [1]"

    with ProtocolServer(answer).running() as server:
        served(server)
        report = Grounded().run(None, {"home": str(tiny_home), "limit": "40"})
    written, shown = report["all"]["written"], report["all"]["shown"]
    assert written["fully supported"]["share"] == 0.0
    assert 0.3 < written["citation recall"]["mean"] <= 0.5
    assert shown["fully supported"]["share"] == 1.0
    assert report["model"].startswith("small-model")
    assert server.requests


def questions(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [
        {
            "id": "1",
            "task": "m",
            "question": "What causes gout?",
            "options": {"A": "Dust", "B": "Uric acid"},
            "answer": "B",
        },
        {
            "id": "2",
            "task": "m",
            "question": "Is asthma an infection?",
            "options": {"A": "yes", "B": "no"},
            "answer": "B",
        },
    ]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_a_served_model_chooses_by_log_probabilities(tiny_home: Path, served: Served, tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> str:
        assert body["structured_outputs"] == {"choice": ["A", "B"]}
        return "B" if "<passages>" in body["messages"][-1]["content"] else "A"

    with ProtocolServer(answer).running() as server:
        served(server)
        report = MultipleChoice().run(questions(tmp_path / "q"), {"home": str(tiny_home)})
    assert report["by"].startswith("log-probabilities")
    assert report["accuracy"]["m"]["with retrieval"]["share"] == 1.0
    assert report["accuracy"]["m"]["without retrieval"]["share"] == 0.0
    assert report["gained by retrieval"]["m"]["difference"] == 1.0
    assert report["prompts"].keys() == {"choice_en", "choice_zh"}


def test_a_question_that_the_model_cannot_choose_for_is_counted_as_wrong(
    tiny_home: Path, served: Served, tmp_path: Path
) -> None:
    def answer(body: dict[str, Any]) -> str:
        return "B" if "gout" in body["messages"][-1]["content"].partition("<question>")[2] else "?"

    with ProtocolServer(answer).running() as server:
        served(server)
        report = MultipleChoice().run(questions(tmp_path / "q"), {"home": str(tiny_home)})
    assert report["accuracy"]["m"]["with retrieval"]["held"] == 1
    assert report["no letter, counted as wrong"] == {"without retrieval": 1, "with retrieval": 1}


def test_a_model_that_chooses_nothing_stops_the_task(tiny_home: Path, served: Served, tmp_path: Path) -> None:
    with ProtocolServer(lambda body: "?").running() as server:
        served(server)
        with pytest.raises(ChatModelError, match="no letter"):
            MultipleChoice().run(questions(tmp_path / "q"), {"home": str(tiny_home)})


def test_without_a_model_retrieval_chooses_and_says_so(tiny_home: Path, tmp_path: Path) -> None:
    report = MultipleChoice().run(questions(tmp_path / "q"), {"home": str(tiny_home)})
    assert "no language model chose" in report["by"]
    assert report["accuracy"]["m"]["with retrieval"] == {"share": 1.0, "low": 0.025, "high": 1.0, "held": 1, "n": 1}


def test_a_rubric_without_a_judge_is_refused(tiny_home: Path) -> None:
    with pytest.raises(UsageError, match="--judge-url"):
        Rubric().run(None, {"home": str(tiny_home)})


def test_a_named_judge_grades_every_criterion(tiny_home: Path) -> None:
    def grade(body: dict[str, Any]) -> str:
        assert body["response_format"]["json_schema"]["schema"]["required"] == ["explanation", "criteria_met"]
        criterion = body["messages"][-1]["content"].partition("<criterion>\n")[2]
        is_good = not criterion.startswith(("Tells the reader to start", "Tells the reader that they", "Suggests"))
        return json.dumps({"explanation": "said", "criteria_met": is_good})

    with ProtocolServer(grade).running() as server:
        options = {"home": str(tiny_home), "judge_url": server.base_url, "judge_model": "wise", "limit": "2"}
        report = Rubric().run(None, options)
    assert report["score"]["mean"] == 1.0
    assert report["judge"] == "wise"
    assert {body["model"] for body in server.requests} == {"wise"}
    assert "criterion" in server.requests[0]["messages"][-1]["content"].lower()


def test_a_judge_that_writes_no_grade_stops_the_task(tiny_home: Path) -> None:
    with ProtocolServer(lambda body: "fine").running() as server:
        options = {"home": str(tiny_home), "judge_url": server.base_url, "judge_model": "wise", "limit": "2"}
        with pytest.raises(ChatModelError, match="graded nothing"):
            Rubric().run(None, options)


def test_latency_is_measured_at_several_streams(tiny_home: Path, served: Served) -> None:
    with ProtocolServer(first_sentence).running() as server:
        served(server)
        options = {"home": str(tiny_home), "streams": "1,4", "answers": "1"}
        report = LlmLatency().run(None, options)
    assert report["by streams"]["4"]["answers"] == 4
    assert report["by streams"]["1"]["tokens/s"] > 0
    assert "tokens/s at 4 / at 1" in report["ratios"]
    assert len(server.requests) == 6


def test_latency_without_a_served_model_says_what_to_set(tiny_home: Path) -> None:
    with pytest.raises(UsageError, match="MEDQA_CHAT_MODEL"):
        LlmLatency().run(None, {"home": str(tiny_home)})
