"""``medqa sources`` from end to end: fetched from a mirror, ingested, published, shown and brought up to date."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from loopback_publisher import Publisher

from medqa.serve.cli import main

TOPICS = (Path(__file__).parents[2] / "data" / "sources" / "mplus_topics.xml").read_bytes()


def publish(publisher: Publisher, day: str, topics: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mplus_topics.xml", topics)
    publisher.routes["/xml.html"] = f'<a href="/xml/mplus_topics_compressed_{day}.zip">zip</a>'.encode()
    publisher.routes[f"/xml/mplus_topics_compressed_{day}.zip"] = packed.getvalue()


def medqa(home: Path, publisher: Publisher, *arguments: str) -> subprocess.CompletedProcess[str]:
    mirrors = json.dumps({"medlineplus": publisher.url})
    return subprocess.run(
        [sys.executable, "-m", "medqa", "sources", *arguments, "--home", str(home)],
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "MEDQA_SOURCE_MIRRORS": mirrors},
    )  # fmt: skip


def test_a_source_is_brought_shown_and_brought_up_to_date(publisher: Publisher, home: Path) -> None:
    publish(publisher, "2026-11-20", TOPICS)
    done = medqa(home, publisher, "fetch", "medlineplus", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["fetched"][0]["source_id"] == "medlineplus"
    assert report["ingested"]["added"] == 1
    assert report["snapshot"]

    shown = json.loads(medqa(home, publisher, "show", "medlineplus", "--json").stdout)
    assert shown["documents"] == 1
    assert shown["languages"] == {"en": 1}
    assert shown["licences"] == {"Public domain (work of the US government)": 1}
    assert shown["recipe"] == "medlineplus"

    publish(publisher, "2026-11-21", TOPICS.replace(b"longer than 3 weeks", b"longer than 4 weeks"))
    updated = medqa(home, publisher, "update")
    assert updated.returncode == 0, updated.stderr
    assert "medlineplus: 0 files added, 1 changed" in updated.stdout
    assert "1 changed, 0 deleted" in updated.stdout

    alone = medqa(home, publisher, "remove", "medlineplus")
    assert alone.returncode == 2
    assert "the only source" in alone.stderr
    (home.parent / "gout.md").write_text("# Gout\n\nGout is a painful swelling of a joint.\n")
    own = [sys.executable, "-m", "medqa", "ingest", str(home.parent / "gout.md"), "--home", str(home)]
    subprocess.run(own, check=True, capture_output=True)
    removed = medqa(home, publisher, "remove", "medlineplus")
    assert "removed medlineplus: 1 documents" in removed.stdout
    assert not (home / "sources" / "medlineplus").exists()
    assert medqa(home, publisher, "show", "medlineplus").returncode == 2


def test_a_publisher_that_is_away_is_one_line_and_status_1(publisher: Publisher, home: Path) -> None:
    done = medqa(home, publisher, "fetch", "medlineplus")
    assert done.returncode == 1
    assert "answers with status 404" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fetch", "nothing-such"], "choose one of"),
        (["fetch", "pubmed_query"], "needs --option query"),
        (["fetch", "medlineplus", "--option", "language=klingon"], "choose one of english"),
        (["fetch", "medlineplus", "--option", "language"], "no NAME=VALUE"),
        (["fetch", "medlineplus", "--source-id", "../elsewhere"], "cannot be a source id"),
        (["fetch", "medlineplus", "--limit", "0"], "--limit"),
        (["show", "nothing-such"], "no source yet"),
        (["update", "nothing-such"], "no recipe brought"),
        (["remove", "nothing-such"], "no source yet"),
    ],
)
def test_wrong_usage_is_status_2_and_says_what_there_is(
    home: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sources", *arguments, "--home", str(home)])
    assert ended.value.code == 2
    assert said in capfd.readouterr().err
