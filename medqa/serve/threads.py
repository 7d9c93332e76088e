"""How many threads NumPy may use in a process that answers people."""

from __future__ import annotations

import os


def one_a_product() -> None:
    """To be called before NumPy loads. Its products here take microseconds; threads that wait for each other cost more.

    With 32 readers on two cores an answer takes 45 instead of 62 ms of CPU.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
