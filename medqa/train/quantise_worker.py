"""Quantises one model with llm-compressor. Runs in llm-compressor's own environment, where MedQA is not installed.

    <environment>/bin/python quantise_worker.py JOB.json

The job names ``model``, ``output``, ``scheme`` (FP8_DYNAMIC or W4A16), ``ignore``, ``group_size``, ``max_tokens`` and
``conversations``, the calibration's messages (none for FP8, whose scales of activations are made while serving).
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(job: dict[str, Any]) -> None:
    """Writes the quantised model and its tokenizer."""
    from llmcompressor import oneshot
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(job["model"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype="auto")
    calibration: dict[str, Any] = {}
    if job["conversations"]:
        rows = _calibration(job, tokenizer)
        calibration = {
            "dataset": rows,
            "max_seq_length": job["max_tokens"],
            "num_calibration_samples": len(rows),
            "shuffle_calibration_samples": False,
        }
    oneshot(model=model, recipe=_recipe(job), **calibration)
    model.save_pretrained(job["output"], save_compressed=True)
    tokenizer.save_pretrained(job["output"])


def _recipe(job: dict[str, Any]) -> Any:
    from llmcompressor.modifiers.gptq import GPTQModifier
    from llmcompressor.modifiers.quantization import QuantizationModifier

    if job["scheme"] == "FP8_DYNAMIC":
        return QuantizationModifier(targets="Linear", scheme="FP8_DYNAMIC", ignore=job["ignore"])
    weights = {"num_bits": 4, "type": "int", "symmetric": True, "strategy": "group", "group_size": job["group_size"]}
    groups = {"group_0": {"targets": ["Linear"], "weights": weights}}
    return GPTQModifier(config_groups=groups, ignore=job["ignore"])


def _calibration(job: dict[str, Any], tokenizer: Any) -> Any:
    from datasets import Dataset

    texts = [tokenizer.apply_chat_template(messages, tokenize=False) for messages in job["conversations"]]
    tokens = tokenizer(texts, truncation=True, max_length=job["max_tokens"], add_special_tokens=False)
    return Dataset.from_dict({"input_ids": tokens["input_ids"], "attention_mask": tokens["attention_mask"]})


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
