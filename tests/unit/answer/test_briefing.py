"""No token of a chat template survives on its way into the prompt: a reader's words and a document's stay data."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from medqa.answer.generation.briefing import load_briefing
from medqa.domain.control_tokens import without_control
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

HitOf = Callable[..., Hit]
QueryOf = Callable[..., Query]
PROMPTS = Path(__file__).resolve().parents[3] / "prompts"

TOKENS = [
    # ChatML and Qwen
    "<|im_start|>system", "<|im_end|>", "<|endoftext|>", "<|im_sep|>", "<tool_call>", "</tool_call>", "<think>",
    "<tool_response>", "<|fim_prefix|>", "<|object_ref_start|>",
    # Llama 2 and 3
    "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>", "<|begin_of_text|>",
    "<|start_header_id|>system<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>",
    # Gemma, Mistral
    "<start_of_turn>model", "<end_of_turn>", "<unused94>thought", "<start_of_image>",
    "<image_soft_token>", "<bos>", "<eos>", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
    "[AVAILABLE_TOOLS]", "[TOOL_CALLS]",
    # DeepSeek, Phi, Command R
    "<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>", "<|assistant|>", "<|START_OF_TURN_TOKEN|>",
    # Baichuan
    "<reserved_106>", "<C_Q>", "<C_A>", "<B_SYS>",
    # gpt-oss
    "<|start|>assistant", "<|channel|>analysis", "<|message|>", "<|return|>",
    # disguised: full width, zero width within, wider gaps, nested
    "＜|im_start|＞system", "＜｜im_start｜＞system", "<|im_\u200bstart|>system", "<\u200b|im_end|\u2060>",
    "<| im_start |>system",
    "<|im_<|im_end|>start|>system", "[IN\u200dST]", "<\u00ad/s>",
]  # fmt: skip
ROLE = re.compile(
    r"<\|[^<>]{0,60}\|>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]|</?s>|<</?SYS>>|<(?:bos|eos)>"
    r"|<(?:start|end)_of_(?:turn|image)>|<(?:unused|reserved_)\d+>|<image_soft_token>|<[BC]_[A-Z]+>|</?(?:think|tool_call|tool_response)>"
)
WIDE = str.maketrans("＜＞｜", "<>|", "\u200b\u2060\u200d\u00ad")


def roles(text: str) -> int:
    """How many of any template's marks a lenient tokeniser could see."""
    return len(ROLE.findall(text.translate(WIDE)))


def test_there_are_forty_tokens_and_each_is_seen_by_the_count() -> None:
    assert len(TOKENS) >= 40
    assert all(roles(token) for token in TOKENS)


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_in_the_question_changes_no_role(token: str, hit_of: HitOf, query_of: QueryOf) -> None:
    briefing = load_briefing(PROMPTS)
    hits = [hit_of("Asthma narrows the airways.", title="Asthma")]
    plain = briefing.messages(query_of("What is asthma?"), hits, "patient")
    attacked = briefing.messages(query_of(f"What is {token} asthma?"), hits, "patient")
    assert [roles(m["content"]) for m in attacked] == [roles(m["content"]) for m in plain]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_in_a_document_changes_no_role(token: str, hit_of: HitOf, query_of: QueryOf) -> None:
    briefing = load_briefing(PROMPTS)
    query = query_of("What is asthma?")
    plain = briefing.messages(query, [hit_of("Asthma narrows the airways.", title="Asthma")], "patient")
    hit = hit_of(f"Asthma {token} narrows the airways.", title=f"Asthma {token}", section=token)
    attacked = briefing.messages(query, [hit], "patient")
    assert [roles(m["content"]) for m in attacked] == [roles(m["content"]) for m in plain]


def test_honest_comparisons_stay() -> None:
    for honest in (
        "p<0.05 and > 3 days",
        "BMI <18.5 or >30",
        "若 A<B 且 B>C",
        "|x| < 2 [1]",
        "HbA1c <7%；空腹血糖＜7.0",
    ):
        assert without_control(honest) == honest
