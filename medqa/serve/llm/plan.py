"""Which flags vLLM is started with, for the configured model on this machine."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from medqa.errors import ConfigError
from medqa.serve.llm import adapters, preset
from medqa.serve.llm.choices import Choices
from medqa.serve.llm.environment import Environment
from medqa.serve.llm.fitting import USED, misfit
from medqa.serve.llm.machine import Machine
from medqa.serve.llm.preset import Preset

if TYPE_CHECKING:
    from medqa.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Any whitespace would let a model that is held to a form fill its answer with spaces.
_STRUCTURED = {"backend": "xgrammar", "disable_any_whitespace": True}


@dataclass(frozen=True, slots=True)
class Model:
    """What is served: where its weights are, the names that clients may call it by, and its preset, if it has one."""

    weights: str
    names: tuple[str, ...]
    preset: Preset | None

    @property
    def is_folder(self) -> bool:
        """Whether the weights lie on this machine, so that nothing is looked for on a hub."""
        return Path(self.weights).is_dir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A command with the variables it needs besides this process's own. ``url`` is the server's root.

    ``misfit`` says why the model cannot be served on the machine and what could, where that is so.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str]
    url: str
    names: tuple[str, ...]
    misfit: str | None = None

    def shown(self) -> str:
        """The command as one would type it; the key is not in it."""
        given = [f"{name}={shlex.quote(value)}" for name, value in self.variables.items() if name != "VLLM_API_KEY"]
        key = ['VLLM_API_KEY="$MEDQA_LLM_API_KEY"'] if "VLLM_API_KEY" in self.variables else []
        return " ".join([*given, *key, shlex.join(self.command)])


def plan(settings: Settings, choices: Choices, environment: Environment, machine: Machine) -> Launch:
    """The command. Raises ConfigError when the model is not there or would be open to the network."""
    model = _model(settings, choices)
    host, port = _address(settings)
    if environment.build == "cpu":
        machine = replace(machine, gpus=())  # which that vLLM cannot use
    parallel, there_gb = _parallel(model.preset, choices, environment, machine)
    arguments = [
        *("--served-model-name", *model.names),
        *("--host", host, "--port", str(port)),
        *_ours(),
        *_of_preset(model.preset, choices),
        *_quantised(model, choices, environment),
        *(("--max-model-len", str(choices.context)) if choices.context else ()),
        *_spread(parallel, choices),
        *(("--enforce-eager",) if environment.build == "cpu" else ()),
        *adapters.arguments(choices.loras),
        *choices.extra,
    ]
    address = f"[{host}]" if ":" in host else host
    return Launch(
        command=(*environment.launcher, "serve", model.weights, *arguments),
        variables=_variables(settings, model, environment, machine),
        url=f"http://{address}:{port}",
        names=model.names,
        misfit=misfit(model.preset, choices, machine, there_gb) if model.preset else None,
    )


def _model(settings: Settings, choices: Choices) -> Model:
    given = settings.llm_model
    if given is None:
        known = ", ".join(preset.names())
        raise ConfigError(f"no model is configured: give --model or MEDQA_LLM_MODEL a folder or one of {known}")
    found = preset.find(given)
    weights = given if found is None else found.compressed.get(choices.quantise or "", found.model)
    called = [choices.name, found.name, found.model] if found else [choices.name, given]
    named = tuple(dict.fromkeys(name for name in called if name))
    folder = Path(weights).expanduser()
    if folder.is_dir() or weights.startswith((".", "/", "~")):
        if not (folder / "config.json").is_file():
            raise ConfigError(f"{folder} is no model's folder: there is no config.json in it")
        weights = str(folder.absolute())
    return Model(weights, named, found)


def _address(settings: Settings) -> tuple[str, int]:
    """Host and port of MEDQA_LLM_BASE_URL. Only this machine may reach a server that has no key."""
    address = urlsplit(settings.llm_base_url)
    host = address.hostname or "127.0.0.1"
    if host not in _LOOPBACK and settings.llm_api_key is None:
        raise ConfigError(
            f"{host} can be reached from elsewhere: set a key with MEDQA_LLM_API_KEY,"
            " or let MEDQA_LLM_BASE_URL name 127.0.0.1"
        )
    return host, address.port or 8000


def _ours() -> list[str]:
    """What MedQA wants of every server: few routes, few events, no copies of prompts in logs, their beginning kept."""
    return [
        *("--middleware", "allowed_routes.AllowedRoutes"),
        "--disable-fastapi-docs",
        "--disable-uvicorn-access-log",
        "--no-enable-log-requests",
        "--enable-prefix-caching",
        # Readers are shown whole sentences, so four tokens may share an event: it spares both servers' processors.
        *("--stream-interval", "4"),
        *("--structured-outputs-config", json.dumps(_STRUCTURED)),
        # The model's own defaults are not applied unseen; MedQA sends every sampling parameter itself.
        *("--generation-config", "vllm"),
    ]


def _of_preset(found: Preset | None, choices: Choices) -> list[str]:
    if found is None:
        return []
    flags = [*found.flags]
    if choices.context is None:
        flags += ["--max-model-len", str(found.context_tokens)]
    if found.reasoning_parser:
        flags += ["--reasoning-parser", found.reasoning_parser]
    if found.chat_template:
        flags += ["--default-chat-template-kwargs", json.dumps(found.chat_template)]
    if found.sampling:
        flags += ["--override-generation-config", json.dumps(found.sampling)]
    return flags


def _quantised(model: Model, choices: Choices, environment: Environment) -> list[str]:
    """FP8 is made while loading, on a GPU; four bits are made ahead, and the model's folder says so itself."""
    wanted, found = choices.quantise, model.preset
    if wanted is None or (found is not None and wanted in found.compressed):
        return []
    if found is not None and wanted not in found.forms:
        published = f"it is published in {found.quantisation}" if found.quantisation else f"no {wanted} form is known"
        raise ConfigError(f"{found.name}: {published}; choose --quantise {' or '.join(found.forms) or 'nothing'}")
    config = Path(model.weights) / "config.json"
    is_plain = not config.is_file() or "quantization_config" not in config.read_text(encoding="utf-8")
    if wanted == "fp8" and is_plain:
        if environment.build == "cpu":
            raise ConfigError("a CPU cannot compress while loading: make it ahead with `medqa train quantise`")
        return ["--quantization", "fp8"]
    if wanted != "fp8" and config.is_file() and is_plain:
        raise ConfigError(f"{model.weights} is not compressed: make it with `medqa train quantise`, or use fp8")
    return []


def _parallel(found: Preset | None, choices: Choices, environment: Environment, machine: Machine) -> tuple[int, float]:
    """Over how many GPUs the weights are split, as few as hold them, and the memory in GB that these give."""
    asked = choices.tensor_parallel
    if environment.build == "cpu":
        return asked or 1, machine.memory_gb
    count = len(machine.gpus)
    if not count:
        raise ConfigError("this vLLM is built for GPUs, and none is here: set up the other with `make llm LLM_FOR=cpu`")
    if (asked or 1) * choices.data_parallel > count:
        raise ConfigError(
            f"{choices.data_parallel} copies on {asked or 1} GPU each are asked for, and {count} are here"
        )
    needed = found.memory_gb(quantise=choices.quantise, context=choices.context) if found else 0.0
    each = min(gpu.memory_gb for gpu in machine.gpus) * USED
    splits = [n for n in (1, 2, 4, 8) if n * choices.data_parallel <= count]
    split = asked or next((n for n in splits if n * each >= needed), splits[-1])
    return split, split * each


def _spread(parallel: int, choices: Choices) -> list[str]:
    flags = ["--tensor-parallel-size", str(parallel)] if parallel > 1 else []
    return [*flags, "--data-parallel-size", str(choices.data_parallel)] if choices.data_parallel > 1 else flags


def _variables(settings: Settings, model: Model, environment: Environment, machine: Machine) -> dict[str, str]:
    """Nothing is reported home; the key stays off the process list."""
    given = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_MAX_N_SEQUENCES": "16"}
    if model.is_folder:
        given |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    if environment.build == "cpu" and "VLLM_CPU_KVCACHE_SPACE" not in os.environ:
        given["VLLM_CPU_KVCACHE_SPACE"] = str(min(40, max(1, int(machine.memory_gb // 10))))  # GiB
    key = settings.llm_api_key
    return {**given, "VLLM_API_KEY": key.get_secret_value()} if key else given
