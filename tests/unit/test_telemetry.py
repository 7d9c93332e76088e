"""Timings add up and a log line cannot be forged."""

from __future__ import annotations

import json
import logging

import pytest

from medqa.telemetry import Stopwatch, configure_logging, request_id


def test_stages_add_up_within_the_total() -> None:
    watch = Stopwatch()
    for _ in range(2):
        with watch.stage("retrieve"):
            sum(range(1000))
    timings = watch.timings_ms()
    assert 0 < timings["retrieve"] <= timings["total"]


def test_a_line_break_in_a_message_stays_one_entry(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info")
    request_id.set("r1")
    logging.getLogger("medqa.test").info("one\ntwo\x1b[31m")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line) | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "medqa.test",
        "request": "r1",
        "message": "one\ntwo\x1b[31m",
    }
