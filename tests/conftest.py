"""What every test gets: no network beyond this machine, and a home of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# No test may depend on what the person who runs it has configured.
for _name in [name for name in os.environ if name.startswith("MEDQA_")]:
    del os.environ[_name]
os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Blocks every connection that would leave the machine."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"
