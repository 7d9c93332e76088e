"""A small model, taught and served by vLLM on this CPU, and the product on top of it. Run by ``make test-llm``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from model_server import KEY, ModelServer, free_port, within
from product import product
from small_model import Taught, make

from medqa.wiring import Application

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    """While working on these tests: keep what was taught."""
    parser.addoption("--taught", type=Path, help="folder that small_model.py has filled; else it is made anew")


def pytest_configure(config: pytest.Config) -> None:
    """Names the mark of this folder."""
    config.addinivalue_line("markers", "last(place): ends the model server, so it runs after the others, in this order")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test waits for the teaching and for vLLM to load; those that kill the server come last."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(900))
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    mark = item.get_closest_marker("last")
    return int(mark.args[0]) if mark else 0


@pytest.fixture(scope="session", autouse=True)
def _vllm() -> None:
    if not list((REPOSITORY / ".venv-llm").glob(".installed-*")):
        pytest.fail("vLLM is not set up: run `make llm`, or `make test-llm`, which does")


@pytest.fixture(scope="session")
def taught(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Taught:
    """The model's folders and what it was taught."""
    kept: Path | None = request.config.getoption("--taught")
    if kept is not None:
        return Taught(kept, kept / "home")
    folder = tmp_path_factory.mktemp("model")
    starter_home: Path = request.getfixturevalue("starter_home")
    make(folder, starter_home)
    return Taught(folder, starter_home)


@pytest.fixture(scope="session")
def model_server(taught: Taught, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """vLLM with the model as ``taught`` and its adapter as ``brief``."""
    server = ModelServer(taught.preset, [f"brief={taught.adapter}"], tmp_path_factory.mktemp("vllm") / "log")
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def application(taught: Taught, model_server: ModelServer) -> Iterator[Application]:
    """The product in this process, answering with the taught model."""
    with product(taught, model_server) as opened:
        opened.warm_up()
        yield opened


@pytest.fixture(scope="session")
def web(taught: Taught, model_server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of ``medqa serve``, answering with the taught model."""
    port = free_port()
    variables = {**os.environ, **taught.variables(), "MEDQA_LLM_BASE_URL": model_server.url, "MEDQA_LLM_API_KEY": KEY}
    command = [sys.executable, "-m", "medqa", "serve", "--port", str(port)]
    with (
        (tmp_path_factory.mktemp("web") / "log").open("w") as log,
        subprocess.Popen(command, env={**variables, "MEDQA_LLM_MODEL": "taught"}, stderr=log) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=200) as client,
    ):
        try:
            assert within(120, lambda: _is_ready(client)), Path(log.name).read_text()[-3000:]
            client.post("/v1/ask", json={"question": taught.lessons("answer")[0]["question"]})  # loads what is lazy
            yield client
        finally:
            process.terminate()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False
