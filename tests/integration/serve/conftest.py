"""A small real home, the application over it, and servers that tests start themselves."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from local_servers import client_of

from medqa.serve.api import create_app
from medqa.serve.cli import main
from medqa.settings import Settings
from medqa.wiring import Application, open_application, upkeep

REPOSITORY = Path(__file__).resolve().parents[3]
SCHEMAS = REPOSITORY / "tests" / "data" / "serve"

Check = Callable[[str, Any], None]


@pytest.fixture(scope="session")
def articles(some_articles: Callable[..., Path]) -> Path:
    """A few starter articles in both languages, as a source of their own."""
    return some_articles("hypertension", "type-2-diabetes", "childhood-fever", "paracetamol", editions=True)


@pytest.fixture(scope="session")
def built_home(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index holds those articles. Tests that change it take a copy."""
    home = tmp_path_factory.mktemp("built") / "home"
    upkeep.ingest(Settings(home=home), [articles])
    return home


@pytest.fixture
def own_home(built_home: Path, tmp_path: Path) -> Path:
    """A copy of the built home, to be damaged."""
    return shutil.copytree(built_home, tmp_path / "own", symlinks=True)


@pytest.fixture(scope="session")
def application(built_home: Path) -> Iterator[Application]:
    with open_application(Settings(home=built_home), build_starter=False) as opened:
        yield opened


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API in this process."""
    async with client_of(create_app(application.settings, application)) as made:
        yield made


@pytest.fixture(scope="session")
def fits() -> Check:
    """Holds a value against one of the schemas of what callers rely on."""

    def check(name: str, value: Any) -> None:
        jsonschema.validate(value, json.loads((SCHEMAS / f"{name}.schema.json").read_text()))

    return check


@pytest.fixture
def medqa_here(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Runs the command in this process, which spares its start; for what needs no process of its own."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return subprocess.CompletedProcess(arguments, stopped.value.code, out, err)

    yield run
    logging.getLogger("medqa").handlers.clear()  # they write to this test's captured stderr


@pytest.fixture(scope="session")
def medqa() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command to its end."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "medqa", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)

    return run
