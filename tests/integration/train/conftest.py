"""A small home, rows made from it by the command itself, and an untrained tiny model that knows their words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_model import make_tiny_model

from medqa.serve.cli import main
from medqa.settings import Settings
from medqa.train.rows import SPLITS, Row, read_rows, write_rows
from medqa.wiring import upkeep

SHORT = 12  # words of the tiny rows, so that training takes seconds

Configured = Callable[..., Path]


@pytest.fixture(scope="session")
def small_home(some_articles: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few starter articles in both languages."""
    home = tmp_path_factory.mktemp("small") / "home"
    articles = some_articles("gout", "asthma", "eczema", "acne", "migraine", "obesity", editions=True)
    upkeep.ingest(Settings(home=home), [articles])
    return home


@pytest.fixture(scope="session")
def data(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows from that home, by ``medqa train data``."""
    folder = tmp_path_factory.mktemp("rows")
    config = folder / "data.toml"
    config.write_text('output = "data"\nrows = 40\npassages = 3\nvalidation = 0.1\ntest = 0.2\n')
    with pytest.raises(SystemExit) as stopped:
        main(["train", "data", str(config), "--home", str(small_home)])
    assert stopped.value.code == 0
    return folder / "data"


@pytest.fixture(scope="session")
def short_data(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows with prompts and answers of a few words: what training does is the same, and takes seconds."""
    folder = tmp_path_factory.mktemp("short")
    for split in SPLITS:
        write_rows(folder / f"{split}.jsonl", [_short(row) for row in read_rows(data, split)])
    shutil.copyfile(data / "manifest.json", folder / "manifest.json")
    return folder


@pytest.fixture(scope="session")
def tiny(short_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model. One thread: so small a model only waits for more."""
    import torch

    torch.set_num_threads(1)
    texts = [m["content"] for row in read_rows(short_data, "train") for m in (*row.prompt, *row.completion)]
    return make_tiny_model(tmp_path_factory.mktemp("tiny") / "model", texts, vocabulary=600)


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """Writes the TOML file of a step: ``configured("sft", model=..., data=...)``."""

    def write(step: str, **values: object) -> Path:
        path = tmp_path / f"{step}.toml"
        lines = [f"{name} = {_toml(value)}" for name, value in {"output": f"{step}-out", **values}.items()]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def _toml(value: object) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else repr(value) if not isinstance(value, Path) else f'"{value}"'
    )


def _short(row: Row) -> Row:
    from dataclasses import replace

    prompt = [{**m, "content": m["content"][-160:]} for m in row.prompt[-1:]]
    completion = [{**m, "content": " ".join(m["content"].split()[:SHORT])} for m in row.completion]
    return replace(row, prompt=tuple(prompt), completion=tuple(completion))
