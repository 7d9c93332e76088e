from __future__ import annotations

from pathlib import Path

import pytest

from medqa.errors import ConfigError
from medqa.train import config as configs
from medqa.train.config import DataConfig, QuantiseConfig, SftConfig, example, read_config

STEPS = {"data": "DataConfig", "sft": "SftConfig", "prefer": "PreferConfig", "merge": "MergeConfig"}
STEPS |= {"quantise": "QuantiseConfig", "report": "ReportConfig"}


def written(folder: Path, text: str) -> Path:
    path = folder / "step.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("step", "kind"), STEPS.items())
def test_every_example_is_valid_and_shows_the_defaults(step: str, kind: str, tmp_path: Path) -> None:
    model = getattr(configs, kind)
    read = read_config(written(tmp_path, example(step)), model)
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    for name, field in model.model_fields.items():
        if name not in required and name in read.model_fields_set and name not in ("lora", "model"):
            assert getattr(read, name) == field.get_default(call_default_factory=True), name


def test_an_unknown_field_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"epoch: there is no such field\nknown fields: .*epochs"):
        read_config(written(tmp_path, 'model = "m"\ndata = "d"\noutput = "o"\nepoch = 1\n'), SftConfig)


def test_a_wrong_value_names_file_and_field(tmp_path: Path) -> None:
    text = 'model = "m"\ndata = "d"\noutput = "o"\n[lora]\nrank = 0\n'
    with pytest.raises(ConfigError, match=r"step.toml: lora.rank: .*greater than or equal to 1"):
        read_config(written(tmp_path, text), SftConfig)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"output: Field required"):
        read_config(written(tmp_path, "rows = 1"), DataConfig)


def test_shares_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="refusals"):
        read_config(written(tmp_path, 'output = "o"\nrefusals = 0.9\nsafety = 0.5\n'), DataConfig)


def test_four_bits_need_rows_to_calibrate_with(tmp_path: Path) -> None:
    text = 'model = "m"\noutput = "o"\nenvironment = "e"\nscheme = "w4a16"\n'
    with pytest.raises(ConfigError, match="w4a16 is calibrated"):
        read_config(written(tmp_path, text), QuantiseConfig)


def test_paths_are_relative_to_the_file_and_hub_names_stay(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    read = read_config(written(tmp_path, 'model = "base"\ndata = "d"\noutput = "o"\n'), SftConfig)
    assert (read.model, read.data, read.output) == (str(tmp_path / "base"), tmp_path / "d", tmp_path / "o")
    named = read_config(written(tmp_path, 'model = "Qwen/Qwen3-8B"\ndata = "d"\noutput = "o"\n'), SftConfig)
    assert named.model == "Qwen/Qwen3-8B"


def test_broken_toml_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no TOML"):
        read_config(written(tmp_path, "rows ="), DataConfig)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "nowhere.toml", DataConfig)
