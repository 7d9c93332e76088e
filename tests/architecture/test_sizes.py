"""Size and naming: a module of 400 lines or a function of 50 is a stop."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MODULES = sorted(p for folder in ("medqa", "evals") for p in (REPOSITORY / folder).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_a_module_stays_small_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "split it by what it knows"
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it is for"
    assert path.stem not in {"utils", "helpers", "common", "misc", "manager"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{node.name} is longer than 50 lines"


def test_the_middle_module_is_comfortable() -> None:
    """What spoils a codebase is its tail, but the median tells where it is heading."""
    lengths = sorted(len(p.read_text().splitlines()) for p in MODULES if p.name != "__init__.py")
    assert lengths[len(lengths) // 2] <= 150


def test_every_setting_is_described_and_works_offline() -> None:
    from medqa.settings import Settings

    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), f"{name} has no default"


def test_no_two_test_files_share_a_name() -> None:
    """Without packages, pytest imports each by its bare name and refuses the second."""
    names = [path.name for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)
