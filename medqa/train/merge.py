"""Puts an adapter into its model: one folder that any server takes."""

from __future__ import annotations

from pathlib import Path

from medqa.errors import ConfigError
from medqa.train.card import settings_block, write_card
from medqa.train.config import MergeConfig
from medqa.train.models import base_of, load_model, load_tokenizer
from medqa.train.running import quiet

_SERVE = """```sh
medqa llm serve --model {folder}
MEDQA_CHAT_MODEL=openai medqa serve
```"""


def merge(config: MergeConfig) -> Path:
    """The output folder with the merged weights, tokenizer and card.

    The base is ``config.model``, or the one that the adapter names. Raises ConfigError when the adapter is none.
    """
    from peft import PeftModel

    quiet()
    named = base_of(str(config.adapter))
    if named is None:
        raise ConfigError(f"adapter: {config.adapter} holds no adapter_config.json: name a folder of `medqa train sft`")
    base = config.model or named
    tokenizer = load_tokenizer(str(config.adapter))
    model = load_model(base, config.precision)
    try:
        merged = PeftModel.from_pretrained(model, str(config.adapter)).merge_and_unload(safe_merge=True)
    except (RuntimeError, ValueError) as err:
        raise ConfigError(f"adapter: does not fit {base}: {str(err).splitlines()[0]}") from err
    config.output.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(str(config.output))
    tokenizer.save_pretrained(str(config.output))
    write_card(
        config.output,
        f"{Path(base).name} with {config.adapter.name} merged into it",
        front={"base_model": base, "library_name": "transformers", "tags": ["medqa", "merged"]},
        sections={
            "How to serve it": _SERVE.format(folder=config.output.name),
            "Adapter": _card_of(config.adapter),
            "Settings": settings_block({"precision": config.precision}),
        },
    )
    return config.output


def _card_of(folder: Path) -> str:
    """The adapter's own card below a heading, without its front matter."""
    path = folder / "README.md"
    if not path.is_file():
        return f"`{folder.name}`, without a card of its own."
    text = path.read_text("utf-8")
    body = text.partition("\n---\n")[2] if text.startswith("---\n") else text
    return "\n".join(f"##{line}" if line.startswith("#") else line for line in body.strip().splitlines())
