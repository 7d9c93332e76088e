from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.tasks.ingest import plugin
from medqa.errors import UsageError


def test_every_figure_of_the_report_is_true_for_a_folder_with_good_and_bad_files(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "asthma.md").write_text("# Asthma\n\nAsthma is not contagious.\n")
    (tmp_path / "pages" / "copy.md").write_text("# Asthma\n\nAsthma is not contagious.\n")
    (tmp_path / "pages" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    rows = [json.dumps({"_id": f"d{n}", "title": "Gout", "text": f"Gout, fact number {n}."}) for n in range(5)]
    (tmp_path / "beir").mkdir()
    (tmp_path / "beir" / "corpus.jsonl").write_text("\n".join([*rows, "{broken"]) + "\n")
    (tmp_path / "beir" / "queries.jsonl").write_text('{"_id": "q", "text": "gout"}\n')
    report = plugin().run(tmp_path, {})
    assert report["wrong"] == [], [c for c in report["checks"] if not c["true"]]
    assert report["documents"] == 6
    assert report["left_out"]["duplicate"] == 1


def test_a_folder_must_be_named() -> None:
    with pytest.raises(UsageError, match="--data"):
        plugin().run(None, {})
