"""Plug-ins are found by their file's name."""

from __future__ import annotations

import pytest

from medqa.errors import ConfigError
from medqa.registry import load, names


def test_a_file_in_a_plural_folder_is_a_plug_in() -> None:
    assert "sections" in names("medqa.ingest.chunkers")


def test_files_that_begin_with_an_underscore_are_not_plug_ins() -> None:
    assert not [name for name in names("medqa.ingest.chunkers") if name.startswith("_")]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="sections"):
        load("medqa.ingest.chunkers", "nonsense")
