"""Answers and choices of a local model, for judging what training did: greedy, and without a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medqa.train.config import Judged
from medqa.train.models import base_of, load_model, load_tokenizer, thinking_options
from medqa.train.rows import Message
from medqa.train.running import quiet
from medqa.train.workshop import Progress

_BATCH = 4


class LocalModel:
    """A model's folder, with an adapter if one is named, loaded here."""

    def __init__(self, judged: Judged) -> None:
        from peft import PeftModel

        quiet()
        named = base_of(judged.model)  # the folder of an adapter stands for its base with it
        adapter = judged.model if named else str(judged.adapter) if judged.adapter else None
        self._tokenizer: Any = load_tokenizer(judged.model)
        self._tokenizer.padding_side = "left"
        model = load_model(named or judged.model, "auto")
        self._model = (PeftModel.from_pretrained(model, adapter) if adapter else model).eval()

    def answers(
        self, prompts: Sequence[Sequence[Message]], *, max_new_tokens: int, progress: Progress | None = None
    ) -> list[str]:
        """What the model writes to each prompt, in order."""
        import torch

        found: list[str] = []
        for start in range(0, len(prompts), _BATCH):
            batch = self._encoded(prompts[start : start + _BATCH])
            with torch.inference_mode():
                written = self._model.generate(
                    **batch, max_new_tokens=max_new_tokens, do_sample=False, pad_token_id=self._tokenizer.pad_token_id
                )
            new = written[:, batch["input_ids"].shape[1] :]
            found += [text.strip() for text in self._tokenizer.batch_decode(new, skip_special_tokens=True)]
            if progress:
                progress("answers", len(found), len(prompts))
        return found

    def choose(self, prompt: Sequence[Message], options: Sequence[str]) -> dict[str, float]:
        """The probability of each option as the first token of the answer, in [0, 1], together 1."""
        import torch

        with torch.inference_mode():
            logits = self._model(**self._encoded([prompt])).logits[0, -1]
        first = [self._tokenizer.encode(option, add_special_tokens=False)[0] for option in options]
        shares = torch.softmax(logits[first].float(), dim=0).tolist()
        return dict(zip(options, shares, strict=True))

    def _encoded(self, prompts: Sequence[Sequence[Message]]) -> Any:
        options = thinking_options(self._tokenizer)
        return self._tokenizer.apply_chat_template(
            [list(prompt) for prompt in prompts],
            add_generation_prompt=True,
            padding=True,
            return_tensors="pt",
            return_dict=True,
            **options,
        ).to(self._model.device)
