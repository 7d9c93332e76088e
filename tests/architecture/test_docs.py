"""Documents stay in step with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text()
DOCUMENTS = [p for p in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")) if p.is_file()]


def settings_table() -> str:
    """docs/settings.md as the settings say it."""
    from pydantic_core import PydanticUndefined

    from medqa.settings import Settings

    lines = [
        "# Settings",
        "",
        'Each is an environment variable. Every default works offline. Lists are written as JSON: `\'["a", "b"]\'`.',
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined, ()) else f"`{field.default}`"
        lines.append(f"| `MEDQA_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def test_every_setting_is_in_the_docs() -> None:
    path = REPOSITORY / "docs" / "settings.md"
    assert path.read_text() == settings_table(), "write it anew: python tests/architecture/test_docs.py"


def test_the_readme_tree_names_every_part() -> None:
    for part in (REPOSITORY / "medqa").iterdir():
        if part.name.startswith("_"):
            continue
        assert re.search(rf"^\s+{re.escape(part.name)}/?\s", README, re.MULTILINE), f"{part.name} is not in the tree"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (document.parent / target).exists(), target


def test_every_command_is_in_the_readme() -> None:
    from medqa.registry import names

    for name in names("medqa.serve.commands"):
        assert f"medqa {name}" in README, name


if __name__ == "__main__":
    (REPOSITORY / "docs" / "settings.md").write_text(settings_table())
