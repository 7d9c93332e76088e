"""Timings add up and a log line cannot be forged."""

from __future__ import annotations

import json
import logging
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medqa.telemetry import Stopwatch, configure_logging, request_id


def test_stages_add_up_within_the_total() -> None:
    watch = Stopwatch()
    for _ in range(2):
        with watch.stage("retrieve"):
            sum(range(1000))
    timings = watch.timings_ms()
    assert 0 < timings["retrieve"] <= timings["total"]


def test_a_mark_keeps_the_first_time() -> None:
    watch = Stopwatch()
    watch.mark("first_token")
    first = watch.timings_ms()["first_token"]
    watch.mark("first_token")
    assert watch.timings_ms()["first_token"] == first


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_no_message_makes_a_second_line_or_moves_a_terminal(capsys: pytest.CaptureFixture[str], said: str) -> None:
    configure_logging("info")
    logging.getLogger("medqa.test").info("%s", said)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert json.loads(written)["message"] == said
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]", written)


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
