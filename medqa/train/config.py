"""The TOML file of each training step, checked before any work. Paths in a file are relative to its folder."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from medqa.domain.conversation import Audience, Language
from medqa.errors import ConfigError

Share = Annotated[float, Field(ge=0, le=1)]


def _placed(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return Path(folder, path.expanduser())


Place = Annotated[Path, AfterValidator(_placed)]
"""A path, relative to the folder of the file that names it."""


def _model_name(name: str, info: ValidationInfo) -> str:
    """A folder beside the file where there is one, else a name as it is."""
    folder = Path((info.context or {}).get("folder", Path()), Path(name).expanduser())
    return str(folder) if folder.is_dir() or name.startswith((".", "/", "~")) else name


ModelName = Annotated[str, Field(min_length=1), AfterValidator(_model_name)]
"""A model's folder (relative to the file that names it), or its name on a hub."""


class StepConfig(BaseModel):
    """What every step's file holds. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Place


class DataConfig(StepConfig):
    """``medqa train data``: rows of instructions from the ingested knowledge base."""

    seed: int = 0
    sources: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ("en", "zh")
    audiences: tuple[Audience, ...] = ("patient", "clinician")
    rows: int = Field(2000, ge=1)
    passages: int = Field(6, ge=2, le=32)
    refusals: Share = 0.15
    follow_ups: Share = 0.1
    safety: Share = 0.1
    validation: Share = 0.05
    test: Share = 0.1
    writer: Literal["extractive", "teacher"] = "extractive"
    teacher_requests: int = Field(8, ge=1, le=256)
    exclude_questions: tuple[Place, ...] = ()

    @model_validator(mode="after")
    def _shares_fit(self) -> DataConfig:
        if self.refusals + self.follow_ups + self.safety > 0.9:
            raise ValueError("refusals + follow_ups + safety leave less than a tenth for plain answers")
        if self.validation + self.test > 0.8:
            raise ValueError("validation + test leave less than a fifth of the documents for training")
        return self


class Lora(BaseModel):
    """The adapter's shape: Hu et al. 2021, arXiv:2106.09685. ``modules`` are linear layers by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(16, ge=1, le=512)
    alpha: int = Field(32, ge=1)
    dropout: Share = 0.05
    modules: Literal["all-linear"] | tuple[str, ...] = "all-linear"


class TrainingConfig(StepConfig):
    """What every kind of training is told."""

    model: ModelName
    data: Place
    method: Literal["lora", "qlora", "full"] = "lora"
    lora: Lora = Field(default_factory=lambda: Lora.model_validate({}))
    learning_rate: float = Field(2e-4, gt=0, lt=1)
    epochs: float = Field(3.0, gt=0)
    max_steps: int | None = Field(None, ge=1)
    batch_size: int = Field(4, ge=1)
    accumulate: int = Field(4, ge=1)
    max_tokens: int = Field(4096, ge=32)
    warmup: Share = 0.03
    weight_decay: float = Field(0.0, ge=0)
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    gradient_checkpointing: bool = False
    seed: int = 0
    save_steps: int = Field(200, ge=1)
    log_steps: int = Field(10, ge=1)
    resume: bool = True


class SftConfig(TrainingConfig):
    """``medqa train sft``: teaches a model the rows of ``medqa train data``."""


class PreferConfig(TrainingConfig):
    """``medqa train prefer``: DPO (Rafailov et al. 2023, arXiv:2305.18290) on pairs that the claim ledger ranked."""

    learning_rate: float = Field(5e-6, gt=0, lt=1)
    epochs: float = Field(1.0, gt=0)
    beta: float = Field(0.1, gt=0)
    pairs: int = Field(1000, ge=1)
    candidates: Literal["corruptions", "served"] = "corruptions"
    samples: int = Field(4, ge=2, le=64)
    temperature: float = Field(0.8, gt=0, le=2)
    requests: int = Field(8, ge=1, le=256)


class MergeConfig(StepConfig):
    """``medqa train merge``: an adapter put into its model."""

    adapter: Place
    model: ModelName | None = None
    precision: Literal["bf16", "fp32"] = "bf16"


class QuantiseConfig(StepConfig):
    """``medqa train quantise``: a merged model in fewer bits, by llm-compressor in its own environment."""

    model: Place
    environment: Place
    scheme: Literal["fp8_dynamic", "w4a16"] = "fp8_dynamic"
    data: Place | None = None
    calibration_rows: int = Field(256, ge=1)
    max_tokens: int = Field(2048, ge=32)
    group_size: int = Field(128, ge=16)
    ignore: tuple[str, ...] = ("lm_head",)

    @model_validator(mode="after")
    def _calibrates(self) -> QuantiseConfig:
        if self.scheme == "w4a16" and self.data is None:
            raise ValueError("w4a16 is calibrated: name the rows of `medqa train data` as data")
        return self


class Judged(BaseModel):
    """One model to be judged: a folder or name to load here, or a name on an OpenAI-compatible server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: ModelName
    adapter: Place | None = None
    base_url: str | None = None


class ReportConfig(StepConfig):
    """``medqa train report``: two models on the same held-out rows."""

    before: Judged
    after: Judged
    data: Place
    split: Literal["validation", "test"] = "test"
    rows: int = Field(200, ge=1)
    max_new_tokens: int = Field(400, ge=1)
    multiple_choice: Place | None = None
    questions: int = Field(200, ge=1)


_C = TypeVar("_C", bound=StepConfig)


def read_config(path: Path, kind: type[_C]) -> _C:
    """The checked file of one step. Raises ConfigError that names file, field and what was expected."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as err:
        raise ConfigError(f"{path}: cannot be read: {err.strerror}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise ConfigError(f"{path}: is no TOML: {err}") from err
    return checked(table, kind, folder=path.absolute().parent, name=str(path))


def checked(table: dict[str, Any], kind: type[_C], *, folder: Path = Path(), name: str = "config") -> _C:
    """The same of values at hand."""
    try:
        return kind.model_validate(table, context={"folder": folder})
    except ValidationError as err:
        lines = [f"{name}: {_said(each['loc'], each['msg'])}" for each in err.errors()]
        known = ", ".join(kind.model_fields)
        hint = f"\nknown fields: {known}" if any(e["type"] == "extra_forbidden" for e in err.errors()) else ""
        raise ConfigError("\n".join(lines) + hint) from err


def example(step: str) -> str:
    """A file to start from, with a comment a line."""
    return files("medqa.train").joinpath(f"examples/{step}.toml").read_text("utf-8")


def _said(place: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, place))
    plain = message.replace("Extra inputs are not permitted", "there is no such field")
    return f"{field}: {plain}" if field else plain.removeprefix("Value error, ")
