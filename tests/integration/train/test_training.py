"""Every step of training on a tiny model, for a few steps each."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from evals.tasks.bench_train import BenchTrain
from medqa.errors import ConfigError, UsageError
from medqa.settings import Settings
from medqa.train.config import Judged, MergeConfig, PreferConfig, SftConfig, checked
from medqa.train.generating import LocalModel
from medqa.train.merge import merge
from medqa.train.prefer import prefer
from medqa.train.rows import read_rows
from medqa.train.sft import fine_tune
from medqa.wiring import training

QUICK = {"batch_size": 2, "accumulate": 1, "log_steps": 1, "save_steps": 100, "max_tokens": 400}


def sft_config(output: Path, model: Path, data: Path, **values: object) -> SftConfig:
    given = {"output": str(output), "model": str(model), "data": str(data), **QUICK, "max_steps": 3, **values}
    return checked(given, SftConfig)


@pytest.fixture(scope="module")
def adapter(tiny: Path, short_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter after a few steps at a high rate, so that it differs from its base."""
    config = sft_config(tmp_path_factory.mktemp("sft") / "taught", tiny, short_data, learning_rate=0.05, max_steps=4)
    run = fine_tune(config)
    assert run.steps == 4
    assert 0 < run.trained_parameters < run.all_parameters
    return config.output


def test_an_adapter_comes_with_tokenizer_losses_plot_and_card(adapter: Path, tiny: Path) -> None:
    names = {path.name for path in adapter.iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors", "tokenizer.json", "losses.jsonl"} <= names
    assert not any(path.suffix in (".bin", ".pt", ".pkl") for path in adapter.rglob("*"))
    assert not (adapter / "checkpoints").exists()
    assert (adapter / "losses.svg").read_text().lstrip().startswith("<?xml")
    losses = [json.loads(line) for line in (adapter / "losses.jsonl").read_text().splitlines()]
    assert [row["step"] for row in losses if "loss" in row] == [1, 2, 3, 4]
    card = (adapter / "README.md").read_text()
    assert f"base_model: {tiny}" in card
    assert "medqa llm serve" in card
    assert "manifest SHA-256" in card


def test_all_weights_learn_the_rows(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    config = sft_config(tmp_path / "full", tiny, short_data, method="full", learning_rate=0.005, max_steps=24)
    run = fine_tune(config)
    losses = [row["loss"] for row in run.losses if "loss" in row]
    assert min(losses[-4:]) < losses[0]
    assert (config.output / "model.safetensors").is_file()
    assert run.trained_parameters == run.all_parameters


def test_a_run_that_was_broken_off_is_taken_up_again(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    config = sft_config(tmp_path / "run", tiny, short_data, max_steps=4, save_steps=2)

    def stop(stage: str, done: int, total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(config, stop)
    seen: list[int] = []
    run = fine_tune(config, lambda stage, done, total: seen.append(done))
    assert seen == [3, 4], "it began at the checkpoint of step 2"
    assert run.steps == 4


def test_an_unfinished_run_with_other_settings_is_not_taken_up(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    def stop(stage: str, done: int, total: int | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(sft_config(tmp_path / "run", tiny, short_data, save_steps=1), stop)
    with pytest.raises(ConfigError, match="unfinished run with other settings"):
        fine_tune(sft_config(tmp_path / "run", tiny, short_data, save_steps=1, learning_rate=0.5))
    with pytest.raises(ConfigError, match="resume"):
        fine_tune(sft_config(tmp_path / "run", tiny, short_data, save_steps=1, resume=False))


def test_qlora_without_a_gpu_says_what_to_take_instead(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ConfigError, match='Take method = "lora"'):
        fine_tune(sft_config(tmp_path / "q", tiny, short_data, method="qlora"))


def test_rows_that_are_too_long_are_left_out_whole(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    with pytest.raises(ConfigError, match="every row is longer"):
        fine_tune(sft_config(tmp_path / "none", tiny, short_data, max_tokens=32))


def test_a_folder_without_a_model_is_named(tmp_path: Path, short_data: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="holds no tokenizer"):
        fine_tune(sft_config(tmp_path / "out", tmp_path / "empty", short_data))


def test_compressed_weights_are_said_to_need_a_server(tmp_path: Path, tiny: Path, short_data: Path) -> None:
    compressed = tmp_path / "compressed"
    shutil.copytree(tiny, compressed)
    config = json.loads((compressed / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "compressed-tensors", "format": "pack-quantized"}
    (compressed / "config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match="base_url"):
        LocalModel(Judged(model=str(compressed)))


def test_an_adapter_is_no_model_to_begin_with(tmp_path: Path, adapter: Path, short_data: Path) -> None:
    with pytest.raises(ConfigError, match="merge it first"):
        fine_tune(sft_config(tmp_path / "out", adapter, short_data))


def test_preferring_goes_on_from_an_adapter(tmp_path: Path, adapter: Path, tiny: Path, short_data: Path) -> None:
    given = {"output": str(tmp_path / "pref"), "model": str(adapter), "data": str(short_data), **QUICK}
    config = checked({**given, "max_steps": 2, "pairs": 8, "learning_rate": 1e-3, "max_tokens": 600}, PreferConfig)
    pairs = training.pairs(Settings(), config)
    assert pairs
    run = prefer(config, pairs)
    assert run.steps == 2
    assert any("rewards/margins" in row for row in run.losses)
    card = (config.output / "README.md").read_text()
    assert "What was rejected" in card
    assert f"base_model: {tiny}" in card
    assert (config.output / "adapter_model.safetensors").is_file()
    assert not (config.output / "ref").exists()


def test_a_merged_model_answers_as_base_and_adapter_do(tmp_path: Path, adapter: Path, short_data: Path) -> None:
    given = {"output": str(tmp_path / "merged"), "adapter": str(adapter), "precision": "fp32"}
    folder = merge(checked(given, MergeConfig))
    prompts = [row.prompt for row in read_rows(short_data, "test")][:3]
    apart, together = (LocalModel(Judged(model=str(each))) for each in (adapter, folder))
    assert apart.answers(prompts, max_new_tokens=8) == together.answers(prompts, max_new_tokens=8)
    one, other = apart.choose(prompts[0], "ABCD"), together.choose(prompts[0], "ABCD")
    assert one == pytest.approx(other, abs=1e-4)
    assert sum(one.values()) == pytest.approx(1.0, abs=1e-6)
    assert "Adapter" in (folder / "README.md").read_text()


def test_a_folder_that_is_no_adapter_cannot_be_merged(tmp_path: Path, tiny: Path) -> None:
    with pytest.raises(ConfigError, match="holds no adapter_config"):
        merge(checked({"output": str(tmp_path / "m"), "adapter": str(tiny)}, MergeConfig))


def test_the_speed_of_training_is_measured_on_a_model_of_a_given_shape(tiny: Path, short_data: Path) -> None:
    sizes = {"shape": "2m", "steps": "2", "batch_size": "2", "max_tokens": "400"}
    report = BenchTrain().run(short_data, {"like": str(tiny), **sizes})
    assert report["steps"] == 2
    assert report["tokens"] > 0
    assert report["tokens/s"] > 0
    assert report["most memory, GB"] > 0.1
    assert 0 < report["trained parameters"] < report["parameters"]


def test_measuring_needs_rows_and_a_tokenizer(tiny: Path, short_data: Path) -> None:
    with pytest.raises(UsageError, match="--data"):
        BenchTrain().run(None, {"like": str(tiny)})
    with pytest.raises(UsageError, match="like=FOLDER"):
        BenchTrain().run(short_data, {})
