"""Every form in which an answer leaves MedQA says in its text that an AI wrote it, and says so in its metadata."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medqa.answer.notice import notice
from medqa.domain.answer import (
    Abstained,
    Answered,
    Citation,
    Claim,
    Declined,
    Done,
    HandedOver,
    Outcome,
    Provenance,
    Reply,
    Token,
)
from medqa.domain.conversation import Language, Question
from medqa.domain.plain_text import piece, whole_text
from medqa.domain.safety import Card, Finding, Screening
from medqa.serve.completions import chunk_json, completion_json
from medqa.serve.presenting import reply_json
from medqa.serve.terminal import reply_text
from medqa.serve.ui.rendering import copy_text

PACKAGE = Path(__file__).resolve().parents[3] / "medqa"
CARD = Card(headline="Call 911 now", action="Call 911. Sit down.", phone="911")
QUOTE = "Flu lasts about a week."
CITED = Citation(n=1, passage_id="f#0", document_id="f", title="Flu", source="S", quote=QUOTE, start=0, end=23)
ANSWERED = Answered(
    text=f"{QUOTE} [1]",
    claims=(Claim(text=QUOTE, citations=(1,), verdict="supported", support=1.0),),
    citations=(CITED,),
)
OUTCOMES: tuple[Outcome, ...] = (
    ANSWERED,
    Abstained(text="I do not know.", looked_for=("flu",)),
    Declined(reason="out_of_scope", text="This is not about health."),
    HandedOver(level="emergency", card=CARD, below=ANSWERED),
    HandedOver(level="crisis", card=CARD, below=None),
)
ASKED = Question(text="How long does flu last?")


def streamed(reply: Reply) -> str:
    shown = ""
    for event in (Token("Flu lasts about a week. [1]"), Done(reply)):
        shown += piece(event, shown)
    return shown


TEXTS: dict[str, Callable[[Reply], str]] = {
    "whole_text": whole_text,
    "copy_text": copy_text,
    "reply_text": reply_text,
    "stream": streamed,
    "completion": lambda reply: str(completion_json(reply, "medqa", ASKED)["choices"][0]["message"]["content"]),
}
METADATA: dict[str, Callable[[Reply], dict[str, object]]] = {
    "reply_json": reply_json,
    "completion_json": lambda reply: completion_json(reply, "medqa", ASKED)["medqa"],
    "chunk_json": lambda reply: chunk_json("1", "medqa", {}, reply)["medqa"],
}
NO_EXPORT = {"count", "beside_text"}  # counts replies; is a part of the others


def replies(language: Language, outcome: Outcome, question: str) -> Reply:
    screening = Screening()
    if isinstance(outcome, HandedOver):
        found = Finding(rule="chest.crushing", presentation="acs", tier="1", span="chest pain")
        screening = Screening(level=outcome.level, findings=(found,), card=CARD, takeover=True)
    return Reply(
        id="r1",
        question=question,
        language=language,
        audience="patient",
        outcome=outcome,
        screening=screening,
        notice=notice(language),
        provenance=Provenance(chat_model="extractive", index_snapshot="x"),
        timings_ms={"total": 1.0},
    )


def without_space(text: str) -> str:
    return "".join(text.split())


@given(st.sampled_from(["en", "zh"]), st.sampled_from(OUTCOMES), st.text(max_size=60))
def test_the_text_of_every_export_holds_the_notice(language: Language, outcome: Outcome, question: str) -> None:
    reply = replies(language, outcome, question)
    for name, export in TEXTS.items():
        assert without_space(notice(language)) in without_space(export(reply)), name


@given(st.sampled_from(["en", "zh"]), st.sampled_from(OUTCOMES), st.text(max_size=60))
def test_the_metadata_of_every_export_hold_notice_writer_and_id(
    language: Language, outcome: Outcome, question: str
) -> None:
    reply = replies(language, outcome, question)
    for name, export in METADATA.items():
        kept = json.loads(json.dumps(export(reply)))
        assert (kept["notice"], kept["id"]) == (notice(language), "r1"), name
        assert kept["provenance"]["chat_model"] == "extractive", name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_notice_names_ai_in_the_readers_language(language: Language) -> None:
    assert ("AI" in notice(language)) or ("人工智能" in notice(language))


def test_no_export_is_forgotten() -> None:
    tried = {*TEXTS, *METADATA, *NO_EXPORT}
    found = {
        node.name
        for folder in ("serve", "domain", "integrations")
        for path in (PACKAGE / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _takes_a_reply(node)
    }
    assert found <= tried, f"give these the notice, and a place in this test: {found - tried}"


def test_the_message_of_the_langchain_runnable_keeps_both() -> None:
    from medqa.integrations import langchain

    reply = replies("en", replace(ANSWERED), "q")
    assert langchain._metadata(reply)["medqa"]["notice"] == notice("en")


def _takes_a_reply(node: ast.FunctionDef) -> bool:
    annotations = (ast.unparse(each.annotation) for each in node.args.args if each.annotation)
    return any(annotation.startswith("Reply") for annotation in annotations)
