"""What every test gets: no network beyond this machine, and a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
STARTER = REPOSITORY / "knowledge_base" / "medqa-starter"

# No test may depend on what the person who runs it has configured.
for _name in [name for name in os.environ if name.startswith("MEDQA_")]:
    del os.environ[_name]
os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")


# A suite started in the background inherits an ignored Ctrl-C, and so would every process that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Blocks every connection that would leave the machine."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def some_articles(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Puts the starter articles of the given names into a folder, a source of their own: ``some_articles("gout")``.

    English and Chinese, for patients; ``editions=True`` adds those for clinicians.
    """

    def copied(*slugs: str, editions: bool = False) -> Path:
        folder = tmp_path_factory.mktemp("articles") / STARTER.name
        for path in sorted(STARTER.glob("files/*/*.md")):
            if (path.name.partition(".")[0] if editions else path.stem) in slugs:
                target = folder / path.relative_to(STARTER)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        shutil.copyfile(STARTER / "manifest.toml", folder / "manifest.toml")
        return folder

    return copied


@pytest.fixture(scope="session")
def network_cut() -> list[str]:
    """What to put before a command so that it has no network at all; empty where a system lets no test do that."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        return []
    return command


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory, network_cut: list[str]) -> Path:
    """A home with the starter knowledge base, built once a session by the command itself. Never change it.

    It is built with the network cut, where that can be done: building needs none.
    """
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # one for all that test at the same time
    home = shared / "starter-home"
    with FileLock(shared / "starter-home.lock"):
        if not (home / "current").exists():
            command = [*network_cut, sys.executable, "-m", "medqa", "index", "build", "--home", str(home)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
            assert done.returncode == 0, done.stderr
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: their driver keeps an event loop running, which others must not meet."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """With ``-n``, the tests of a folder run in one process, since they share fixtures; folders keep their order."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0].rpartition("/")[0]

    config.option.loadscopereorder = False
    return ByFolder(config, log)
