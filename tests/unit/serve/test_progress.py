"""Progress on stderr."""

from __future__ import annotations

import sys

import pytest

from medqa.serve.progress import ProgressLine


def test_a_log_gets_a_line_for_each_stage_and_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    for done in range(101):
        line("documents", done, 100)
    line("passages", 5, None)
    line.close()
    assert capsys.readouterr().err.splitlines() == [
        "documents ...",
        "documents: [████████████████████████] 100 of 100",
        "passages ...",
    ]


def test_a_terminal_gets_one_growing_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    line = ProgressLine()
    line("documents", 50, 100)
    line("documents", 100, 100)
    line.close()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.count("\r") == 2
