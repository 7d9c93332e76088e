"""Who may curate, what the page offers for it, and what a correction does to an answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from medqa.domain.conversation import Question
from medqa.domain.plain_text import evidence_of
from medqa.serve.ui import page
from medqa.serve.ui.context import PageContext
from medqa.settings import Settings
from medqa.wiring import Application, curating, open_application, upkeep

Run = Callable[..., Any]
DOCUMENT = "medqa-starter/en/paracetamol"


@pytest.fixture
def desk(own_home: Path) -> Iterator[Application]:
    """An application over a home of its own."""
    with open_application(Settings(home=own_home), build_starter=False) as opened:
        yield opened


def page_of(application: Application, *, administrator: bool) -> tuple[set[str], int]:
    """The ids of the page's components, and the number of events that can be called."""
    settings = application.settings.model_copy(update={"administrator": administrator})
    built = page.build(PageContext(application=application, settings=settings, t=page.translator()))
    ids = {getattr(block, "elem_id", None) or "" for block in built.blocks.values()}
    return ids, len(built.fns)


def test_only_an_administrators_page_has_the_curation_panel_and_its_events(application: Application) -> None:
    ids, events = page_of(application, administrator=False)
    more_ids, more_events = page_of(application, administrator=True)
    assert "library-sources" in ids
    assert not any("curation" in each for each in ids)
    assert {"panel-curation", "curation-document", "curation-text"} <= more_ids
    assert more_events - events == 11


def test_nobody_is_an_administrator_unless_the_settings_say_so(application: Application) -> None:
    assert application.settings.administrator is False


def test_a_correction_is_answered_from_once_published(desk: Application) -> None:
    question = Question(text="What is paracetamol used for?", language="en")
    assert curating.is_published(desk)
    before = curating.try_query(desk, DOCUMENT, question)
    best = before[0].hit.passage
    with curating.curation(desk.settings) as opened:
        opened.correct(best.id, "Paracetamol is used for pain and fever, and for nothing else in this house.")
    assert not curating.is_published(desk)
    assert curating.try_query(desk, DOCUMENT, question)[0].hit.passage.text == best.text
    snapshot_id = curating.publish(desk)
    assert (desk.snapshot.id, curating.is_published(desk)) == (snapshot_id, True)
    after = {standing.hit.passage.id: standing for standing in curating.try_query(desk, DOCUMENT, question)}
    assert after[best.id].hit.passage.text.endswith("in this house.")
    assert after[best.id].rank_in_library is not None


async def test_an_answer_says_that_what_it_quotes_was_corrected(desk: Application) -> None:
    question = Question(text="What is paracetamol used for?", language="en")
    with curating.curation(desk.settings) as opened:
        for cut in opened.document(DOCUMENT).passages:
            opened.hide(cut.passage.id)
        opened.correct(f"{DOCUMENT}#0", "Paracetamol is used to treat pain and to lower a fever.")
    curating.publish(desk)
    _, citations = evidence_of((await desk.engine.ask(question)).outcome)
    quoted = [citation for citation in citations if citation.document_id == DOCUMENT]
    assert [(citation.passage_id, citation.corrected) for citation in quoted] == [(f"{DOCUMENT}#0", True)]
    assert not any(citation.corrected for citation in citations if citation.document_id != DOCUMENT)


def test_edits_outlive_another_ingestion_of_the_same_files(desk: Application, articles: Path) -> None:
    with curating.curation(desk.settings) as opened:
        opened.hide(f"{DOCUMENT}#0")
    snapshot_id = curating.publish(desk)
    report, again = upkeep.ingest(desk.settings, [articles])
    assert (report.warnings, again) == ([], snapshot_id)
    assert desk.snapshot.passages.by_id(f"{DOCUMENT}#0") is None


def test_a_changed_article_drops_the_edits_of_what_changed_and_says_so(
    desk: Application, articles: Path, tmp_path: Path
) -> None:
    with curating.curation(desk.settings) as opened:
        start = opened.document(DOCUMENT).passages[0].text[:50]
        opened.hide(f"{DOCUMENT}#0")
    changed = shutil.copytree(articles, tmp_path / "medqa-starter")
    [path] = changed.rglob("en/paracetamol.md")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(start, f"As of this year: {start}"), encoding="utf-8")
    report, _ = upkeep.ingest(desk.settings, [changed])
    assert any("was hidden on" in warning for warning in report.warnings)


def test_the_command_line_shows_and_edits_passages(medqa_here: Run, own_home: Path) -> None:
    first = f"{DOCUMENT}#0"
    assert DOCUMENT in medqa_here("passages", "find", "Paracetamol", "en", "--home", own_home).stdout
    assert medqa_here("passages", "correct", first, "--text", "Another text.", "--home", own_home).returncode == 0
    done = medqa_here("passages", "hide", f"{DOCUMENT}#1", "--home", own_home)
    assert "medqa index build" in done.stdout
    shown = json.loads(medqa_here("passages", "show", DOCUMENT, "--json", "--home", own_home).stdout)["passages"]
    assert [passage["state"] for passage in shown[:3]] == ["corrected", "hidden", "as_cut"]
    assert (shown[0]["text"], shown[0]["source_text"] == "Another text.") == ("Another text.", False)
    assert medqa_here("passages", "restore", first, "--home", own_home).returncode == 0
    assert "hidden 20" in medqa_here("passages", "show", DOCUMENT, "--home", own_home).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nowhere"), "no document 'nowhere'"),
        (("hide", "nowhere#1"), "no passage 'nowhere#1'"),
        (("restore", f"{DOCUMENT}#0"), "not edited"),
        (("correct", f"{DOCUMENT}#0"), "--text or --file"),
        (("correct", f"{DOCUMENT}#0", "--text", " "), "empty"),
    ],
)
def test_wrong_use_of_the_command_is_told(
    medqa_here: Run, built_home: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = medqa_here("passages", *arguments, "--home", built_home)
    assert done.returncode == 2
    assert said in done.stderr
