"""Every door leaves its entry in the audit log and none of its words; no answer waits for the log or fails with it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock
from local_servers import client_of

from medqa.domain.answer import SafetyScreened
from medqa.domain.conversation import Question
from medqa.records.entry import Entry
from medqa.records.key import make_key, read_key
from medqa.records.log import AuditLog
from medqa.records.segments import Read, read, segments
from medqa.records.verify import verify
from medqa.serve.api import create_app
from medqa.settings import Settings
from medqa.wiring import Application, curating, open_application, upkeep
from medqa.wiring.auditing import Auditor

Run = Callable[..., subprocess.CompletedProcess[str]]

ASKED = "What is high blood pressure?"
EMERGENCY = "crushing chest pain going into my left arm"
OWN_WORDS = {
    *("seq", "time", "action", "actor", "object", "audience", "language", "decision", "versions", "content"),
    *("status", "level", "rules", "degraded", "medqa", "chat_model", "index", "prompt"),
}


class Audited:
    """An application with an audit log, and what has come into the log since the last look."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.home = application.settings.home
        self._seen = len(self._all())

    def _all(self) -> list[Entry]:
        assert self.application.auditor is not None
        self.application.auditor.flush()
        return entries_of(self.home)

    def news(self) -> list[Entry]:
        """Entries since the last look, those about files and settings left out."""
        entries = self._all()
        fresh, self._seen = entries[self._seen :], len(entries)
        return [entry for entry in fresh if entry.action not in ("opened", "settings", "settings_changed")]


def entries_of(home: Path) -> list[Entry]:
    return [found.entry for file in segments(home / "audit") for found in read(file) if isinstance(found, Read)]


def settings_of(home: Path, **given: Any) -> Settings:
    return Settings(home=home, audit_log=True, **given)


@pytest.fixture(scope="module")
def audited_home(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = shutil.copytree(built_home, tmp_path_factory.mktemp("audited") / "home", symlinks=True)
    make_key(home / "audit.key")
    return home


@pytest.fixture(scope="module")
def audited(audited_home: Path) -> Iterator[Audited]:
    with open_application(settings_of(audited_home), build_starter=False) as opened:
        yield Audited(opened)


@pytest.fixture
async def client(audited: Audited) -> AsyncIterator[httpx.AsyncClient]:
    audited.news()
    async with client_of(create_app(audited.application.settings, audited.application)) as made:
        yield made


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit log switched on for commands."""
    monkeypatch.setenv("MEDQA_AUDIT_LOG", "true")


def only(entries: list[Entry]) -> Entry:
    (entry,) = entries
    return entry


# --- every door ---


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": ASKED}),
        ("/v1/ask", {"question": ASKED, "id": "Jane Doe"}),
        ("/v1/chat/completions", {"model": "medqa", "messages": [{"role": "user", "content": ASKED}]}),
        ("/v1/chat/completions", {"model": "medqa", "stream": True, "messages": [{"role": "user", "content": ASKED}]}),
    ],
)
async def test_an_answer_leaves_one_entry(client: httpx.AsyncClient, audited: Audited, path: str, body: Any) -> None:
    assert (await client.post(path, json=body)).status_code == 200
    entry = only(audited.news())
    assert entry.action == "asked"
    assert entry.fact("decision") == {"status": "answered", "level": "none", "rules": [], "degraded": False}
    versions = entry.fact("versions")
    assert (versions["chat_model"], versions["index"]) == ("extractive", audited.application.snapshot.id)
    assert len(versions["rules"]) == 16
    assert set(entry.fact("content")) == {"question", "answer"}
    assert "Jane" not in json.dumps(entry.fields)


async def test_a_streamed_answer_leaves_one_entry_with_the_callers_pseudonym(
    client: httpx.AsyncClient, audited: Audited
) -> None:
    actors = set()
    for headers in ({}, {"Accept": "text/event-stream"}):
        assert (await client.post("/v1/ask", json={"question": ASKED}, headers=headers)).status_code == 200
        actors.add(only(audited.news()).fact("actor"))
    key = read_key(audited.home / "audit.key")
    assert actors == {key.pseudonym("address:127.0.0.1")}


async def test_the_hashes_show_to_the_keys_holder_what_was_said_and_the_id_ties_them_to_the_reply(
    client: httpx.AsyncClient, audited: Audited
) -> None:
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]
    reply = (await client.post("/v1/ask", json={"question": ASKED, "turns": turns})).json()
    entry, key = only(audited.news()), read_key(audited.home / "audit.key")
    assert entry.fact("object") == reply["id"]
    content = entry.fact("content")
    assert content["question"] == key.content(reply["id"], ASKED)
    assert content["answer"] == key.content(reply["id"], reply["answer"])
    assert set(content) == {"question", "answer", "turns"}


async def test_an_emergency_is_recorded_with_its_level_and_rules(client: httpx.AsyncClient, audited: Audited) -> None:
    reply = (await client.post("/v1/ask", json={"question": EMERGENCY})).json()
    decision = only(audited.news()).fact("decision")
    assert (decision["status"], decision["level"]) == ("emergency", "emergency")
    assert decision["rules"] == sorted({finding["rule"] for finding in reply["safety"]["findings"]})


async def test_a_card_shown_to_somebody_who_was_turned_away_is_recorded(
    client: httpx.AsyncClient, audited: Audited
) -> None:
    body = {"question": EMERGENCY, "uploads": ["gone"]}
    assert (await client.post("/v1/ask", json=body)).json()["status"] == "emergency"
    entry = only(audited.news())
    assert entry.fact("decision")["status"] == "emergency"
    assert entry.fact("versions")["chat_model"] == "none"


async def test_screening_alone_is_recorded(client: httpx.AsyncClient, audited: Audited) -> None:
    await client.post("/v1/screen", json={"text": EMERGENCY})
    entry = only(audited.news())
    assert (entry.action, entry.fact("decision")["level"]) == ("screened", "emergency")
    assert entry.fact("decision")["takeover"] is True


async def test_a_questionnaire_is_recorded_without_answers_or_total(
    client: httpx.AsyncClient, audited: Audited
) -> None:
    answers = [0, 1, 2, 0, 1, 0, 0, 1, 1]
    assert (await client.post("/v1/calculators/phq_9", json={"answers": answers})).status_code == 200
    entry = only(audited.news())
    assert (entry.action, entry.fact("instrument"), entry.fact("decision")["level"]) == (
        "calculated",
        "phq_9",
        "crisis",
    )
    assert entry.fact("content") is None
    assert not {"total", "answers"} & set(entry.fields)


async def test_a_reader_who_leaves_before_the_end_is_recorded(audited: Audited) -> None:
    audited.news()
    async with aclosing(audited.application.engine.stream(Question(text=EMERGENCY))) as events:
        async for event in events:
            assert isinstance(event, SafetyScreened)
            break
    entry = only(audited.news())
    assert entry.fact("decision")["status"] == "broken_off"
    assert entry.fact("decision")["level"] == "emergency"
    assert set(entry.fact("content")) == {"question"}


def test_commands_are_recorded_under_the_users_pseudonym(
    audited: Audited, medqa_here: Run, on: None, tmp_path: Path
) -> None:
    audited.news()
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(json.dumps({"id": n, "question": ASKED}) + "\n" for n in range(3)))
    assert medqa_here("ask", "--batch", batch, "--home", audited.home).returncode == 0
    assert medqa_here("screen", EMERGENCY, "--home", audited.home).returncode == 0
    assert medqa_here("calculate", "phq_9", *"000000000", "--home", audited.home).returncode == 0
    news = audited.news()
    assert [entry.action for entry in news] == ["asked"] * 3 + ["screened", "calculated"]
    assert len({entry.fact("actor") for entry in news}) == 1


# --- what changes answers ---


def test_ingesting_editing_publishing_and_rolling_back_are_recorded(
    audited_home: Path, tmp_path: Path, medqa_here: Run, on: None
) -> None:
    home = shutil.copytree(audited_home, tmp_path / "home", symlinks=True, ignore=shutil.ignore_patterns("audit"))
    settings = settings_of(home)
    note = tmp_path / "notes" / "gout.md"
    note.parent.mkdir()
    note.write_text(
        "# Gout\n\nGout is caused by uric acid crystals in a joint. Rest and cold help a joint with gout.\n"
    )
    upkeep.ingest(settings, [note.parent], dry_run=True)
    assert not (home / "audit").exists()
    _, published = upkeep.ingest(settings, [note.parent], source_id="mine")
    with curating.curation(settings) as desk:
        passage_id = desk.document("medqa-starter/en/paracetamol").passages[0].passage.id
        desk.hide(passage_id)
    back = medqa_here("index", "rollback", "--home", home)
    assert back.returncode == 0, back.stderr
    told = [(entry.action, entry.fact("object")) for entry in entries_of(home)][2:]
    assert told == [
        ("ingested", "mine"),
        ("published", published),
        ("edited", passage_id),
        ("rolled_back", back.stdout.split()[-1]),
    ]
    assert entries_of(home)[2].fact("documents") == {"added": 1, "changed": 0, "deleted": 0}


def test_a_change_of_settings_is_recorded_by_name_once(tmp_path: Path) -> None:
    make_key(tmp_path / "audit.key")
    first, other = settings_of(tmp_path), settings_of(tmp_path, evidence_k=10, llm_api_key="sk-secret", port=9_999)
    for settings in (first, first, other, other):
        Auditor(settings).flush()
    told = [(entry.action, entry.fact("changed")) for entry in entries_of(tmp_path)]
    assert told == [("opened", None), ("settings", None), ("settings_changed", ["evidence_k", "llm_api_key"])]
    assert b"secret" not in (tmp_path / "audit" / "000001.jsonl").read_bytes()


# --- privacy, and being off ---


def test_nothing_is_recorded_unless_it_is_switched_on(
    application: Application, tmp_path: Path, medqa_here: Run
) -> None:
    assert application.auditor is None
    assert not (application.settings.home / "audit").exists()
    assert medqa_here("screen", EMERGENCY, "--home", tmp_path).returncode == 0
    assert not (tmp_path / "audit").exists()


async def test_no_word_of_a_question_or_an_answer_is_in_the_log(client: httpx.AsyncClient, audited: Audited) -> None:
    said = "Since Tuesday my neighbour Ignatius Quillfeather has gout. What is high blood pressure? 高血压怎么办？"
    reply = (await client.post("/v1/ask", json={"question": said, "jurisdiction": "NZ"})).json()
    (entry,) = audited.news()
    parts = [entry.fields, *(entry.fact(name) for name in ("decision", "versions", "content"))]
    told = " ".join(str(value) for part in parts for value in part.values() if not isinstance(value, dict))
    assert {*entry.fields, *entry.fact("decision"), *entry.fact("versions")} == OWN_WORDS
    words = {word.strip(".,?[]：？") for word in f"{said} {reply['answer']}".split()}
    assert len(words) > 20
    assert [word for word in words if len(word) > 3 and word in told] == []
    assert not any(trace in told for trace in ("127.0.0.1", "NZ", "高血压"))


async def test_the_same_question_twice_cannot_be_told_from_two_questions(
    client: httpx.AsyncClient, audited: Audited
) -> None:
    for _ in range(2):
        await client.post("/v1/ask", json={"question": ASKED})
    one, two = (entry.fact("content") for entry in audited.news())
    assert not set(one.values()) & set(two.values())


# --- trouble ---


async def test_no_answer_and_no_card_waits_for_the_log(client: httpx.AsyncClient, audited: Audited) -> None:
    await client.post("/v1/ask", json={"question": ASKED})
    with FileLock(audited.home / "audit" / "lock"):  # as another process holds it that hangs
        for asked, status in ((ASKED, "answered"), (EMERGENCY, "emergency")):
            began = time.perf_counter()
            assert (await client.post("/v1/ask", json={"question": asked})).json()["status"] == status
            assert time.perf_counter() - began < 5, "the lock is waited for ten seconds"
    assert len(audited.news()) == 3


async def test_without_its_key_answers_go_on_and_everybody_is_told(
    audited_home: Path, tmp_path: Path, medqa: Run, on: None, caplog: pytest.LogCaptureFixture
) -> None:
    home = shutil.copytree(audited_home, tmp_path / "home", symlinks=True, ignore=shutil.ignore_patterns("audit*"))
    with open_application(settings_of(home), build_starter=False) as application:
        assert application.auditor is not None
        async with client_of(create_app(application.settings, application)) as client:
            assert (await client.post("/v1/ask", json={"question": EMERGENCY})).json()["status"] == "emergency"
            application.auditor.flush()
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
            assert "medqa audit key" in ready.json()["reasons"][0]
            told = await asyncio.to_thread(medqa, "doctor", "--home", home)
            assert told.returncode == 1
            assert "there is no audit key" in told.stdout
            make_key(home / "audit.key")
            await client.post("/v1/ask", json={"question": ASKED})
            application.auditor.flush()
            assert (await client.get("/readyz")).json()["status"] == "ready"
    assert [entry.action for entry in entries_of(home)] == ["opened", "settings", "asked", "lost"]
    assert entries_of(home)[-1].fact("entries") == 1
    assert "answers go on" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="rights of a file mean something else there")
def test_a_key_open_to_others_is_not_used(tmp_path: Path, medqa_here: Run, on: None) -> None:
    make_key(tmp_path / "audit.key")
    (tmp_path / "audit.key").chmod(0o644)
    done = medqa_here("screen", EMERGENCY, "--home", tmp_path)
    assert done.returncode == 0
    assert "call" in done.stdout
    assert not (tmp_path / "audit").exists()


# --- the command ---


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A home with a key and a log of four entries."""
    key = make_key(tmp_path / "audit.key")
    auditor = Auditor(settings_of(tmp_path))
    for action in ("published", "rolled_back"):
        auditor.record(action, "20261122T000000000Z-00000000", facts={})
    auditor.flush()
    assert verify(tmp_path / "audit", [key]).is_sound
    return tmp_path


def test_the_command_makes_a_key_once_and_says_what_comes_next(tmp_path: Path, medqa_here: Run) -> None:
    made = medqa_here("audit", "key", "--home", tmp_path)
    assert made.returncode == 0
    assert "MEDQA_AUDIT_LOG=true" in made.stdout
    secret = (tmp_path / "audit.key").read_text().strip()
    assert secret not in made.stdout
    again = medqa_here("audit", "key", "--home", tmp_path)
    assert (again.returncode, again.stdout) == (1, "")
    assert (tmp_path / "audit.key").read_text().strip() == secret


def test_verify_counts_and_names_first_and_last(kept: Path, medqa_here: Run) -> None:
    done = medqa_here("audit", "verify", "--home", kept)
    assert done.returncode == 0
    assert "4 entries in 1 file" in done.stdout
    assert "no checkpoint was given" in done.stdout
    told = json.loads(medqa_here("audit", "verify", "--json", "--home", kept).stdout)
    assert (told["ok"], told["entries"], told["faults"]) == (True, 4, [])
    assert told["first_time"] <= told["last_time"]


def test_verify_exits_with_1_and_names_file_and_line(kept: Path, medqa_here: Run) -> None:
    path = kept / "audit" / "000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"published"', b'"\x1b[2Jshed"'))
    done = medqa_here("audit", "verify", "--home", kept)
    assert done.returncode == 1
    assert "000001.jsonl line 3: " in done.stdout
    assert "\x1b" not in done.stdout
    (fault, *_) = json.loads(medqa_here("audit", "verify", "--json", "--home", kept).stdout)["faults"]
    assert (fault["segment"], fault["line"]) == ("000001.jsonl", 3)
    assert medqa_here("audit", "checkpoint", "--home", kept).returncode == 1


def test_a_checkpoint_kept_elsewhere_shows_that_the_end_is_gone(kept: Path, medqa_here: Run) -> None:
    made = medqa_here("audit", "checkpoint", "--home", kept)
    assert made.returncode == 0
    held = kept / "elsewhere.json"
    held.write_text(made.stdout)
    assert json.loads(made.stdout)["entries"] == 4
    held.write_text(made.stdout * 2)  # one a day, a line each
    assert medqa_here("audit", "verify", "--checkpoint", held, "--home", kept).returncode == 0
    path = kept / "audit" / "000001.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert medqa_here("audit", "verify", "--home", kept).returncode == 0
    cut = medqa_here("audit", "verify", "--checkpoint", held, "--home", kept)
    assert cut.returncode == 1
    assert "the end of the log was cut off" in cut.stdout


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"medqa_audit_checkpoint": 1}', "null", "x" * 20_000])
def test_what_is_no_checkpoint_is_refused_with_a_plain_word(kept: Path, medqa_here: Run, text: str) -> None:
    (kept / "bad.json").write_text(text)
    done = medqa_here("audit", "verify", "--checkpoint", kept / "bad.json", "--home", kept)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no checkpoint" in done.stderr
    gone = medqa_here("audit", "verify", "--checkpoint", kept / "gone.json", "--home", kept)
    assert gone.returncode == 2


def test_show_filters_by_action_and_time_and_shows_no_secret(kept: Path, medqa_here: Run) -> None:
    shown = medqa_here("audit", "show", "--action", "published", "--home", kept)
    assert [line.split()[2] for line in shown.stdout.splitlines()] == ["published"]
    assert medqa_here("audit", "show", "--until", "2020", "--home", kept).stdout == ""
    rows = medqa_here("audit", "show", "--since", "2026", "--json", "-n", 2, "--home", kept).stdout.splitlines()
    assert [json.loads(row)["action"] for row in rows] == ["published", "rolled_back"]
    whole = medqa_here("audit", "show", "--json", "--home", kept).stdout
    assert (kept / "audit.key").read_text().strip() not in whole
    assert medqa_here("audit", "show", "--since", "yesterday", "--home", kept).returncode == 2


def test_show_finds_where_a_text_was_said(audited: Audited, medqa_here: Run, tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    asked = "What is a normal temperature for a child, exactly?"
    asyncio.run(audited.application.engine.ask(Question(text=asked)))
    audited.news()
    for text, count in ((f"{asked}\n", 1), ("Something that nobody asked.", 0)):
        said.write_text(text)
        found = medqa_here("audit", "show", "--text", said, "--json", "--home", audited.home)
        assert (found.returncode, len(found.stdout.splitlines())) == (0, count)


def test_the_doctor_tells_a_changed_log(kept: Path, medqa_here: Run, on: None) -> None:
    assert "ok   audit log" in medqa_here("doctor", "--home", kept).stdout
    path = kept / "audit" / "000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"published"', b'"unpublished"'))
    told = medqa_here("doctor", "--home", kept).stdout
    assert "not as it was written" in told
    assert "fix: run `medqa audit verify`" in told


def test_after_a_change_of_key_the_old_one_verifies_what_it_wrote(kept: Path, medqa_here: Run) -> None:
    (kept / "audit.key").rename(kept / "old.key")
    AuditLog(kept / "audit", make_key(kept / "audit.key"))
    Auditor(settings_of(kept)).flush()
    alone = medqa_here("audit", "verify", "--home", kept)
    assert alone.returncode == 1
    assert "--old-key FILE" in alone.stdout
    both = medqa_here("audit", "verify", "--old-key", kept / "old.key", "--home", kept)
    assert both.returncode == 0, both.stdout
    assert entries_of(kept)[-1].action == "settings"
