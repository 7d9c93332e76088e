"""What this machine has to serve a model with: cores, memory, GPUs."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

_QUERY = ["--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits"]
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU. ``capability`` is its CUDA compute capability: 8.9 and above compute in FP8."""

    name: str
    memory_gb: float
    capability: float


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores that this process may use, memory, and GPUs."""

    cores: int
    memory_gb: float
    gpus: tuple[Gpu, ...] = ()


def look() -> Machine:
    """This machine."""
    return Machine(_cores(), _memory_gb(), _gpus())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_gb() -> float:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0.0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _gpus() -> tuple[Gpu, ...]:
    """What NVIDIA's tool lists; none where there is no such tool or it fails."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    try:
        done = subprocess.run([tool, *_QUERY], capture_output=True, text=True, check=True, timeout=_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return ()
    return read_gpus(done.stdout)


def read_gpus(listing: str) -> tuple[Gpu, ...]:
    """GPUs from lines of ``name, MiB, capability``. What is no such line is left out."""
    rows = [[part.strip() for part in line.split(",")] for line in listing.splitlines()]
    return tuple(Gpu(row[0], float(row[1]) / 1024, float(row[2])) for row in rows if len(row) == 3 and _is_gpu(row))


def _is_gpu(row: list[str]) -> bool:
    return row[1].isdigit() and row[2].replace(".", "", 1).isdigit()
