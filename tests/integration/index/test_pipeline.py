"""From files to hits through the real parts, and what happens when processes die or meet."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time

import pytest

from medqa.domain.conversation import Question
from medqa.settings import load_settings
from medqa.wiring import Application, parts, upkeep

LEAFLET = """---
title: Norovirus
---

## Overview

Norovirus infection causes vomiting and diarrhoea. It passes within two or three days.
"""


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    rows = [
        {"_id": f"d{n}", "title": f"Disease {n}", "text": f"Disease {n} has sign {n * 7}. " * 8} for n in range(600)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def ingesting(home, path):
    code = (
        "import sys; from pathlib import Path\n"
        "from medqa.settings import load_settings; from medqa.wiring import upkeep\n"
        "def say(stage, done, total): print(stage, done, flush=True)\n"
        "upkeep.ingest(load_settings(home=Path(sys.argv[1])), [Path(sys.argv[2])], source_id='s', progress=say)"
    )
    command = [sys.executable, "-c", code, str(home), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def embedded(settings):
    with contextlib.closing(parts.library(settings)) as library:
        return library._db.execute("SELECT count(*) FROM vectors").fetchone()[0]


def test_a_changed_manifest_reaches_what_was_read_before(home, tmp_path):
    folder = tmp_path / "leaflets"
    folder.mkdir()
    (folder / "norovirus.md").write_text(LEAFLET)
    settings = load_settings(home=home)
    upkeep.ingest(settings, [folder])
    (folder / "manifest.toml").write_text(
        'title = "Leaflets"\npublisher = "The Leaflet Society"\nlicence = "CC0-1.0"\n'
    )
    report, _ = upkeep.ingest(settings, [folder])
    assert (report.files_read, report.changed, report.embedded) == (1, 1, 0)
    application = Application(settings, parts.embedder(settings))
    told = application.search(Question(text="What does norovirus cause?", language="en"), 1)[0].metadata
    assert (told.source, told.licence, told.extra) == ("The Leaflet Society", "CC0-1.0", {})
    report, _ = upkeep.ingest(settings, [folder])
    assert (report.files_read, report.files_unchanged) == (0, 1)


def test_a_chinese_question_finds_the_english_leaflet(home, tmp_path):
    (tmp_path / "norovirus.md").write_text(LEAFLET)
    settings = load_settings(home=home)
    report, _ = upkeep.ingest(settings, [tmp_path / "norovirus.md"], source_id="leaflets")
    assert report.added == 1
    application = Application(settings, parts.embedder(settings))
    hit = application.search(Question(text="诺如病毒有什么症状？", language="zh"), 3)[0]
    assert hit.metadata.title == "Norovirus"
    assert "diarrhoea" in hit.passage.text


def test_a_killed_run_goes_on_where_it_stopped(home, corpus):
    process = ingesting(home, corpus)
    for line in process.stdout:
        if line.startswith("passages"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    settings = load_settings(home=home)
    kept = embedded(settings)
    assert kept >= 200
    report, snapshot_id = upkeep.ingest(settings, [corpus], source_id="s")
    assert report.embedded == embedded(settings) - kept
    assert parts.snapshots(settings).open(parts.embedder(settings)).id == snapshot_id


def test_two_processes_at_once_leave_one_good_index(home, corpus):
    first = ingesting(home, corpus)
    time.sleep(0.5)
    second = ingesting(home, corpus)
    outcomes = [process.communicate()[1] for process in (first, second)]
    codes = [first.returncode, second.returncode]
    assert 0 in codes
    for code, errors in zip(codes, outcomes, strict=True):
        assert code == 0 or "PublishConflict" in errors
    settings = load_settings(home=home)
    store = parts.snapshots(settings)
    store.verify(parts.embedder(settings))
    assert store.info()["counts"]["documents"] == 600
