"""What this machine has to serve a model with: cores, memory, GPUs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from medqa.errors import UsageError

_QUERY = ["--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits"]
_TIMEOUT_S = 10.0
_CPUINFO = Path("/proc/cpuinfo")
_GPUS = re.compile(r"([1-9]\d?)x([1-9]\d{0,2})", re.ASCII)
_CAPABILITY = 9.0  # of a GPU that is only described: recent enough for everything


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU. ``capability`` is its CUDA compute capability: 8.9 and above compute in FP8."""

    name: str
    memory_gb: float
    capability: float


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores that this process may use, memory, and GPUs.

    ``has_tiles``: its processor has AMX (Intel's since Sapphire Rapids), without which vLLM computes neither in
    block-scaled FP8 nor in MXFP4 on a CPU.
    """

    cores: int
    memory_gb: float
    gpus: tuple[Gpu, ...] = ()
    has_tiles: bool = False

    def can_compute(self, form: str | None) -> bool:
        """Whether weights published in a form, such as ``fp8``, can be used here; ``None`` for 16 bits."""
        return bool(self.gpus) or self.has_tiles or form not in ("fp8", "mxfp4")


def look() -> Machine:
    """This machine."""
    return Machine(_cores(), _memory_gb(), _gpus(), _has_tiles())


def described(given: str) -> Machine:
    """A machine with GPUs such as ``2x80``: two of 80 GB each. Raises UsageError."""
    match = _GPUS.fullmatch(given.strip().lower().removesuffix("gb"))
    if match is None:
        raise UsageError(f"--gpus {given!r}: write how many of how many GB, such as 2x80", field="gpus")
    count, memory_gb = int(match[1]), float(match[2])
    gpu = Gpu(f"a GPU of {memory_gb:.0f} GB", memory_gb, _CAPABILITY)
    return Machine(_cores(), _memory_gb(), (gpu,) * count)


def _has_tiles() -> bool:
    """What the system tells of the processor; where it tells nothing (not Linux), there are none."""
    try:
        return "amx_tile" in _CPUINFO.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


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
