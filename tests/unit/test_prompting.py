"""Prompts fail early when variables are missing, unused or undeclared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medqa.errors import ConfigError
from medqa.prompting import load_prompt

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


def write(folder: Path, text: str) -> Path:
    (folder / "greeting.md").write_text(text)
    return folder


def test_a_prompt_is_rendered_with_its_variables(tmp_path: Path) -> None:
    prompt = load_prompt(write(tmp_path, "---\nvariables: [name]\n---\nHello $name"), "greeting")
    assert prompt.render(name="you") == "Hello you\n"


def test_a_missing_or_unknown_value_is_refused(tmp_path: Path) -> None:
    prompt = load_prompt(write(tmp_path, "---\nvariables: [name]\n---\nHello $name"), "greeting")
    with pytest.raises(ConfigError, match="name"):
        prompt.render()
    with pytest.raises(ConfigError, match="other"):
        prompt.render(name="you", other="x")


def test_an_undeclared_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name"):
        load_prompt(write(tmp_path, "---\nvariables: []\n---\nHello $name"), "greeting")


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="front matter"):
        load_prompt(write(tmp_path, "Hello"), "greeting")


def test_a_prompt_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="greeting"):
        load_prompt(tmp_path, "greeting")


def test_every_shipped_prompt_loads() -> None:
    for path in PROMPTS.glob("*.md"):
        assert len(load_prompt(PROMPTS, path.stem).sha256) == 64


def test_no_prompt_holds_a_secret() -> None:
    key = re.compile(
        r"sk-[\w-]{8,}|api[_-]?key\s*[:=]|Bearer \S{8,}|-----BEGIN|password\s*[:=]|[A-Fa-f0-9]{32,}", re.IGNORECASE
    )
    for path in sorted((Path(__file__).resolve().parents[2] / "prompts").glob("*.md")):
        assert not key.search(path.read_text("utf-8")), path.name
