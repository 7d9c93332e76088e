"""Two hundred invented people go through every route and command; nothing of them is found afterwards.

Searched are the log at its most talkative, the folder for temporary files, the user's own folder with every cache in
it, and the home with the audit log, which is switched on for this. What a command prints on its standard output is the
answer and is left out.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import httpx
import pytest

from evals.identities import Person
from medqa.records.key import make_key, read_key
from medqa.records.verify import verify
from medqa.settings import Settings
from medqa.wiring import upkeep

REPOSITORY = Path(__file__).resolve().parents[3]
STARTER = REPOSITORY / "knowledge_base" / "medqa-starter"
SLOTS = ("NAME", "PHONE", "ID", "EMAIL", "MRN", "CARD")


@dataclass(frozen=True)
class Identity:
    """One invented person. ``values`` must not be found anywhere; ``en`` or ``zh``."""

    language: str
    values: tuple[str, ...]

    @property
    def question(self) -> str:
        name, phone, number, email, record, card = self.values
        if self.language == "zh":
            return f"我叫{name}，电话{phone}，身份证{number}，邮箱{email}，病历号{record}，卡号{card}，高血压怎么办？"
        return (
            f"My name is {name}, phone {phone}, SSN {number}, email {email}, MRN {record}, card {card}. "
            "What is high blood pressure?"
        )


def identities() -> list[Identity]:
    dice = random.Random(18)
    made = []
    for n in range(200):
        person = Person(dice, "zh" if n % 2 else "en")
        values = [person.value(slot) for slot in SLOTS]
        made.append(Identity("zh" if n % 2 else "en", tuple(values)))
    return made


@dataclass(frozen=True)
class Place:
    """Where a process of ours could leave something."""

    home: Path
    user: Path
    temporary: Path
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "MEDQA_LOG_LEVEL": "debug",
            "MEDQA_MAX_CONCURRENT": "4",
            "MEDQA_AUDIT_LOG": "true",
            "HOME": str(self.user),
            "XDG_CACHE_HOME": str(self.user / "cache"),
            "TMPDIR": str(self.temporary),
            "GRADIO_TEMP_DIR": str(self.temporary / "gradio"),
            "OMP_NUM_THREADS": "2",
        }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("traces")
    made = Place(folder / "home", folder / "user", folder / "tmp", folder / "stderr.log")
    articles = folder / "articles" / "files" / "en"
    articles.mkdir(parents=True)
    for slug in ("hypertension", "paracetamol"):
        shutil.copyfile(STARTER / "files" / "en" / f"{slug}.md", articles / f"{slug}.md")
    shutil.copyfile(STARTER / "manifest.toml", articles.parents[1] / "manifest.toml")
    for each in (made.user, made.temporary):
        each.mkdir()
    make_key(made.home / "audit.key")
    upkeep.ingest(Settings(home=made.home, audit_log=True), [articles.parents[1]])
    return made


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[httpx.Client]:
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "medqa", "serve", "--home", str(place.home), "--port", str(port)]
    with place.log.open("ab") as stderr:
        process = subprocess.Popen(command, stdout=stderr, stderr=stderr, env=place.environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            for _ in range(600):
                assert process.poll() is None, place.log.read_text()
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.HTTPError:
                    time.sleep(0.1)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def found(place: Place, people: list[Identity]) -> list[str]:
    """Each value that lies somewhere, with where. Numbers are looked for without their separators too."""
    wanted = {value for person in people for value in person.values}
    wanted |= {re.sub(r"[ ()+.-]", "", value) for value in wanted if sum(map(str.isdigit, value)) > 8}
    escaped = {json.dumps(value)[1:-1] for value in wanted}
    needles = {needle.encode() for needle in wanted | escaped if len(needle) > 1}
    pattern = re.compile(b"|".join(re.escape(needle) for needle in sorted(needles)))
    files = [place.log, *(p for root in (place.home, place.user, place.temporary) for p in root.rglob("*"))]
    return [
        f"{path.name}: {match.group().decode()}"
        for path in files
        if path.is_file()
        for match in [pattern.search(path.read_bytes())]
        if match
    ]


def recorded(place: Place) -> Counter[str]:
    """How often each action stands in the audit log."""
    lines = [line for path in (place.home / "audit").glob("*.jsonl") for line in path.read_text().splitlines()]
    return Counter(json.loads(line)["action"] for line in lines)


def through_the_routes(client: httpx.Client, n: int, person: Identity) -> None:
    asked = person.question
    match n % 10:
        case 0 | 1:
            assert client.post("/v1/ask", json={"question": asked}).status_code == 200
        case 2:
            streamed = {"Accept": "text/event-stream"}
            assert client.post("/v1/ask", json={"question": asked}, headers=streamed).status_code == 200
        case 3:
            assert client.post("/v1/search", json={"query": asked}).status_code == 200
        case 4:
            assert client.post("/v1/screen", json={"text": asked}).status_code == 200
            marked = {"id": asked, "answers": {"1": 2, "9": 1}}
            assert client.post("/v1/calculators/phq_9", json=marked).json()["status"] == "crisis"
        case 5:
            messages = [{"role": "user", "content": asked}]
            body = {"model": "medqa", "messages": messages, "stream": n % 20 == 5}
            assert client.post("/v1/chat/completions", json=body).status_code == 200
        case 6:
            headers = {"X-File-Name": "note.txt", "Content-Type": "application/octet-stream"}
            made = client.post("/v1/uploads", content=f"{asked} Rest helps.".encode(), headers=headers)
            assert made.status_code == 201, made.text
            body = {"question": asked, "uploads": [made.json()["upload_id"]]}
            assert client.post("/v1/ask", json=body).status_code == 200
        case 7:
            assert client.post("/v1/ask", json={"question": [asked], "audience": asked}).status_code == 422
            assert client.post("/v1/ask", json={"question": "x", "jurisdiction": asked}).status_code == 422
            assert client.post("/v1/search", json={"query": "x", "filters": {asked: asked}}).status_code in (200, 422)
        case 8:
            assert client.get(f"/v1/passages/{person.values[3]}", params={"q": asked}).status_code == 404
            assert client.post("/v1/ask", content=asked.encode()).status_code == 415
            assert client.get(f"/v1/calculators/{person.values[3]}").status_code == 404
            assert client.post("/v1/calculators/phq_9", json={"answers": {asked: 1}}).status_code == 422
            client.get(f"/{person.values[3]}", params={"q": asked}, headers={"Referer": "https://x.example/"})
            client.post("/gradio_api/queue/join", json={"data": [asked], "fn_index": 0, "session_hash": "abc"})
        case 9:
            turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": asked}]
            body = {"question": "And is it dangerous?", "turns": turns}
            assert client.post("/v1/ask", json=body).status_code == 200


def test_no_route_leaves_a_trace(server: httpx.Client, place: Place) -> None:
    people = identities()
    assert len({value for person in people for value in person.values}) > 900
    for n, person in enumerate(people):
        through_the_routes(server, n, person)
    assert b"POST /v1/ask" in place.log.read_bytes()  # the log was on
    assert server.get("/readyz").json()["status"] == "ready"
    assert recorded(place)["asked"] >= len(people) * 6 // 10  # and so was the audit log
    assert recorded(place)["screened"] == len(people) // 10
    assert found(place, people) == []


@pytest.mark.parametrize(
    ("command", "key", "share"),
    [("deidentify", "text", 1), ("screen", "text", 1), ("search", "query", 10), ("ask", "question", 10)],
)
def test_no_command_leaves_a_trace(place: Place, tmp_path: Path, command: str, key: str, share: int) -> None:
    people = identities()[::share]
    batch = tmp_path / "batch.jsonl"
    rows = [{"id": n, key: person.question} for n, person in enumerate(people)]
    rows.append({"id": "wrong", key: [people[0].question]})
    batch.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    arguments = [sys.executable, "-m", "medqa", command, "--batch", str(batch), "--home", str(place.home)]
    before = recorded(place)
    with place.log.open("ab") as stderr:
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=stderr, env=place.environment, check=False)
    assert len(done.stdout.splitlines()) >= len(people)
    if command == "deidentify":
        masked = [json.loads(line)["text"] for line in done.stdout.splitlines()[: len(people)]]
        missed = [v for text, person in zip(masked, people, strict=True) for v in person.values if v in text]
        assert missed == []
    new = recorded(place) - before
    assert (new["asked"], new["screened"]) == tuple(len(people) * (command == name) for name in ("ask", "screen"))
    assert found(place, people) == []


def test_the_audit_log_of_all_this_is_sound(place: Place) -> None:
    report = verify(place.home / "audit", [read_key(place.home / "audit.key")])
    assert report.is_sound, report.faults
    assert report.lost == 0


def test_the_search_would_find_a_trace(place: Place) -> None:
    person = identities()[3]
    planted = place.temporary / "planted"
    planted.write_text(f"x{person.values[0]}y", "utf-8")
    try:
        assert found(place, [person])
    finally:
        planted.unlink()
