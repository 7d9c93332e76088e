"""The cards of what training makes: adapters, models, merged and quantised ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.train.card import settings_block, table, write_card
from medqa.train.models import base_of
from medqa.train.running import TrainingRun

if TYPE_CHECKING:
    from medqa.train.config import TrainingConfig

_METHODS = {
    "lora": "LoRA adapter",
    "qlora": "LoRA adapter, trained on a four-bit base (QLoRA)",
    "full": "all weights",
}
_SERVE_ADAPTER = """```sh
medqa llm serve --model {model} --lora {name}={folder}
MEDQA_CHAT_MODEL=openai MEDQA_LLM_MODEL={name} medqa serve
```

Or merge it first (`medqa train merge`), and serve the merged folder as `--model`."""
_SERVE_MODEL = """```sh
medqa llm serve --model {folder}
MEDQA_CHAT_MODEL=openai medqa serve
```"""
_THINKING = "\n\nAnswers were taught without thoughts: serve with `enable_thinking` off (chat_template_kwargs)."


def write_training_card(
    config: TrainingConfig, run: TrainingRun, *, step: str, thinks: bool, flaws: Mapping[str, int] | None = None
) -> None:
    """``README.md`` beside an adapter or a model that has been trained; ``flaws`` of the rejected answers, by name."""
    facts = [
        ("method", f"{step}, {_METHODS[config.method]}"),
        ("rows", run.rows),
        ("rows left out as too long", run.too_long),
        ("steps", run.steps),
        ("tokens", run.tokens),
        ("most memory, GB", round(run.memory_gb, 1)),
        ("trained parameters", run.trained_parameters),
        ("of", run.all_parameters),
        ("last training loss", run.final_loss),
    ]
    serve = _SERVE_MODEL if config.method == "full" else _SERVE_ADAPTER
    base = base_of(config.model) or config.model
    served = serve.format(model=base, name=config.output.name, folder=config.output.name)
    write_card(
        config.output,
        f"{Path(config.model).name}, taught to answer from numbered passages ({step})",
        front={
            "base_model": base,
            "library_name": "transformers" if config.method == "full" else "peft",
            "tags": ["medqa", step],
        },
        sections={
            "What it does": "Reads MedQA's prompt (rules, numbered passages, a question) and writes sentences that "
            "end with the `[number]` of their passage, or a refusal where the passages do not answer.",
            "How to serve it": served + (_THINKING if thinks else ""),
            "Training": table(("what", "value"), facts) + "\n\n![losses by step](losses.svg)",
            "What was rejected": table(("flaw", "pairs"), sorted(flaws.items())) if flaws else "",
            "Data": data_facts(config.data),
            "Settings": settings_block(config.model_dump(mode="json", exclude={"output", "data", "model"})),
        },
    )


def data_facts(folder: Path) -> str:
    """What the data's manifest says of itself, for a card."""
    path = folder / "manifest.json"
    if not path.is_file():
        return "Rows without a manifest."
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    facts = [
        ("manifest SHA-256", hashlib.sha256(path.read_bytes()).hexdigest()),
        *((name, manifest.get(name, "not recorded")) for name in ("snapshot", "prompt_sha256", "writer")),
        *((f"licence of {source}", licence) for source, licence in manifest.get("licences", {}).items()),
    ]
    return table(("what", "value"), facts)
