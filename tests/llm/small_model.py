"""Makes the small model that the tests serve: a Qwen3 shape, a tokenizer of its own, and what it was taught.

python tests/llm/small_model.py FOLDER      then: pytest tests/llm --taught FOLDER
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from lessons import TESTED, Lesson, Recorder, make_lessons, settings_for, write_lessons

from medqa.answer.engine import Engine
from medqa.domain.conversation import Question
from medqa.settings import Settings
from medqa.wiring import Application

_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"]
# Qwen3's way of not thinking: the answer follows an empty thought.
_TEMPLATE = (
    "{% set begin = '<|im_start|>assistant\n' ~ "
    "('<think>\n\n</think>\n\n' if enable_thinking is defined and not enable_thinking else '') %}"
    "{% for message in messages %}"
    "{% if message.role == 'assistant' %}{{ begin }}{% else %}<|im_start|>{{ message.role }}\n{% endif %}"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}{{ begin }}{% endif %}"
)
_PRESET = """
model = "{model}"
weights_gb = 0.1
cache_kb_per_token = 2
context_tokens = 4096
reasoning_parser = "qwen3"

[chat_template]
enable_thinking = false

[sampling]
temperature = 0.7
"""
_STEP = """
model = "{model}"
data = "lessons/{data}"
output = "{output}"
method = "full"
learning_rate = {rate}
epochs = {epochs}
batch_size = 2
accumulate = 1
max_tokens = 4000
precision = "fp32"
save_steps = 50
log_steps = 20
"""
_BRIEF = """
model = "taught"
data = "lessons/brief"
output = "brief"
method = "lora"
learning_rate = 4e-3
epochs = {epochs}
batch_size = 4
accumulate = 1
max_tokens = 4000
precision = "fp32"
save_steps = 50
log_steps = 20

[lora]
rank = 16
alpha = 32
dropout = 0.0
"""


def make(folder: Path, home: Path) -> None:
    """Writes lessons, the taught model (``taught``), its adapter (``brief``) and a preset into the folder.

    Broken off, it goes on where it was.
    """
    if not (folder / "untaught").exists():
        lessons = make_lessons(home)
        write_lessons(folder / "lessons", lessons)
        untaught(folder / "untaught", _texts(lessons))
    steps = {
        "learnt": _STEP.format(model="untaught", data="short", output="learnt", rate=2e-3, epochs=45),
        "taught": _STEP.format(model="learnt", data="whole", output="taught", rate=1e-3, epochs=18),
        "brief": _BRIEF.format(epochs=16),
    }
    for output, config in steps.items():
        path = folder / f"{output}.toml"
        path.write_text(config)
        if not (folder / output / "losses.jsonl").exists():
            teach(path)
    (folder / "taught.preset.toml").write_text(_PRESET.format(model=folder / "taught"))


def teach(config: Path) -> None:
    """Runs ``medqa train sft``. Its threads sleep while they wait: spinning ones starve each other on two cores."""
    command = [sys.executable, "-m", "medqa", "train", "sft", str(config)]
    variables = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    sys.stderr.write(done.stdout)


def untaught(folder: Path, texts: Iterable[str]) -> None:
    """A model that knows nothing, in the shape of Qwen3, whose tokenizer knows the words of the texts."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=5000, special_tokens=_SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    words.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=_TEMPLATE
    )
    torch.manual_seed(0)
    shape = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=576,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=48,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    model = Qwen3ForCausalLM(shape)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


class Taught:
    """What ``make`` made: the model, its adapter and the lessons, and the home that these are about."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.preset = folder / "taught.preset.toml"
        self.adapter = folder / "brief"
        self.home = home
        self._lessons: list[dict[str, str]] = json.loads((folder / "lessons" / "lessons.json").read_text("utf-8"))

    def lessons(self, kind: str) -> list[dict[str, str]]:
        """The lessons of one kind: ``question``, ``language``, ``answer``, ``brief``, ``wrong``."""
        return [lesson for lesson in self._lessons if lesson["kind"] == kind]

    def settings(self, **more: object) -> Settings:
        """The product as it was when the lessons were made, with a served model."""
        return settings_for(self.home, **more)

    def variables(self, **more: object) -> dict[str, str]:
        """The same as environment variables."""
        given = {"home": self.home, "chat_model": "openai", **TESTED, **more}
        return {f"MEDQA_{name.upper()}": str(value) for name, value in given.items()}

    async def written(self, application: Application, lesson: dict[str, str]) -> str:
        """What the model itself writes to a question, before anything is checked."""
        recorder = Recorder()
        made = replace(application.engine.parts, chat_model=recorder)
        engine = Engine(made, snapshot_id=application.snapshot.id)
        await engine.ask(Question(text=lesson["question"], language=lesson["language"]))  # type: ignore[arg-type]
        assert recorder.given is not None
        model = application.engine.parts.chat_model
        return "".join([piece async for piece in model.stream(*recorder.given, audience="patient")])


def _texts(lessons: Sequence[Lesson]) -> list[str]:
    return [message["content"] for lesson in lessons for message in (*lesson.row.prompt, *lesson.row.completion)]


if __name__ == "__main__":
    target = Path(sys.argv[1])
    subprocess.run([sys.executable, "-m", "medqa", "index", "build", "--home", str(target / "home")], check=True)
    make(target, target / "home")
