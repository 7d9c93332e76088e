"""What vLLM's many lines come down to, and how the presets read."""

from __future__ import annotations

import pytest

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


def test_the_presets_read_smallest_first_with_each_form_that_they_come_in() -> None:
    lines = table(rows()).splitlines()
    assert lines[1].startswith("qwen3-0.6b")
    assert "fp8 12, awq" in next(line for line in lines if line.startswith("qwen3-8b"))
    assert "fp8" not in next(line for line in lines if line.startswith("gpt-oss-20b"))
