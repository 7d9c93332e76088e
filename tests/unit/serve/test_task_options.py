from __future__ import annotations

from medqa.serve.task_options import TaskOptions


def test_an_option_that_a_task_never_looks_up_is_known() -> None:
    options = TaskOptions({"limit": "3", "limt": "4", "home": "/h"})
    assert options.get("limit", "9") == "3"
    assert "home" in options
    assert options.get("split", "test") == "test"
    assert options.unread == ["limt"]


def test_a_task_that_passes_all_options_on_has_read_them() -> None:
    options = TaskOptions({"a": "1", "b": "2"})
    assert {**options} == {"a": "1", "b": "2"}
    assert options.unread == []
