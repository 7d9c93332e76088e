"""What a command costs as a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence


def cpu_seconds(command: Sequence[str], *, rounds: int = 3) -> float:
    """User and system seconds of a command: the least of some runs, which other work on the machine disturbs least.

    Compiled modules are kept, as in an installation.
    """
    quiet = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet["HF_HUB_OFFLINE"] = "1"
    return min(_once(command, quiet) for _ in range(rounds))


def _once(command: Sequence[str], environment: dict[str, str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
