"""What vLLM's many lines come down to, and how the presets read."""

from __future__ import annotations

import pytest

from medqa.serve.llm.machine import Machine, described
from medqa.serve.llm.preset_list import rows, table
from medqa.serve.llm.process import cause


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("ValueError: No available memory for the cache blocks. Try increasing ...", "shorter --context"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", "--quantise fp8"),
        (
            "OSError: We couldn't connect to 'https://huggingface.co' to load the files",
            "model's folder on this machine",
        ),
        ("OSError: [Errno 98] Address already in use", "another with MEDQA_LLM_BASE_URL"),
        ("vllm: error: unrecognized arguments: --bogus", "given behind --"),
        ("something nobody has seen before", "last lines above"),
    ],
)
def test_a_failed_start_is_told_in_one_line(line: str, meaning: str) -> None:
    assert meaning in cause(["INFO starting", line, "Traceback (most recent call last):"])


LAPTOP = Machine(cores=8, memory_gb=32.0)


def line_of(name: str, machine: Machine) -> str:
    return next(line for line in table(rows(machine)).splitlines() if line.startswith(f"{name} "))


def test_the_presets_read_smallest_first_with_each_form_that_they_come_in() -> None:
    assert table(rows(LAPTOP)).splitlines()[1].startswith("qwen3-0.6b")
    assert "awq 8" in line_of("qwen3-8b", LAPTOP)
    assert "fp8 12, awq 8" in line_of("qwen3-8b", described("1x80"))
    assert "fp8" not in line_of("gpt-oss-20b", described("1x80"))


def test_no_form_is_said_to_fit_that_the_processor_cannot_compute() -> None:
    tiled = Machine(cores=8, memory_gb=32.0, has_tiles=True)
    fits = {row["name"]: row["fits"] for row in rows(LAPTOP)}
    assert fits["gpt-oss-20b"] == []
    assert fits["qwen3-8b"] == ["as published", "awq"]
    fits = {row["name"]: row["fits"] for row in rows(tiled)}
    assert fits["gpt-oss-20b"] == ["as published"]
    assert fits["qwen3-8b"] == ["as published", "fp8", "awq"]


def test_the_models_of_a_machine_with_two_gpus_are_known_before_it_is_bought() -> None:
    fits = {row["name"]: row["fits"] for row in rows(described("2x80"))}
    assert all(fits.values()), "every preset is served by two GPUs of 80 GB"
