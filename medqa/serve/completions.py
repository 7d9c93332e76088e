"""MedQA in OpenAI's words: its models, a chat turned into a question, a reply turned into a completion."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from medqa.domain.answer import Reply
from medqa.domain.conversation import Audience, Question
from medqa.domain.plain_text import evidence_of, whole_text
from medqa.errors import UsageError
from medqa.serve.presenting import citation_json, reply_json
from medqa.serve.questions import read_row

if TYPE_CHECKING:
    from medqa.serve.requests import ChatMessage, ChatRequest
    from medqa.settings import Settings

MODELS: dict[str, Audience] = {"medqa": "patient", "medqa-clinician": "clinician"}
_CREATED = 1_767_225_600  # 2026-01-01; the protocol wants a time, a stable one keeps clients' caches quiet


def models_json() -> dict[str, Any]:
    """What ``GET /v1/models`` returns."""
    data = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "medqa"} for name in MODELS]
    return {"object": "list", "data": data}


def question_of(body: ChatRequest, settings: Settings) -> Question:
    """The last user message as a question, what came before as turns. Raises UsageError.

    System messages steer a language model and are left out: here nothing but the knowledge base speaks.
    """
    if body.model not in MODELS:
        known = ", ".join(MODELS)
        message = f"no model of this name: choose one of {known}"
        raise UsageError(message, field="model", code="model_not_found", facts={"known": known})
    if body.n not in (None, 1):
        raise UsageError("n must be 1: a question has one answer here", field="n")
    said = [message for message in body.messages if message.role in ("user", "assistant")]
    if not said or said[-1].role != "user":
        raise UsageError("the last message must be the user's", field="messages")
    earlier = said[:-1][-settings.max_turns :]
    row = {
        "messages": _text_of(said[-1]),
        "turns": [{"role": message.role, "content": _text_of(message)} for message in earlier],
        "audience": body.audience or MODELS[body.model],
        "language": body.language,
        "jurisdiction": body.jurisdiction,
    }
    return read_row(row, field="messages", settings=settings)


def completion_json(reply: Reply, model: str, question: Question) -> dict[str, Any]:
    """A finished ``chat.completion``, with the citations and the whole reply in extra fields."""
    text = whole_text(reply)
    return {
        "id": f"chatcmpl-{reply.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": usage_json(question, text),
        **_evidence(reply),
    }


def chunk_json(id_: str, model: str, delta: dict[str, Any], reply: Reply | None = None) -> dict[str, Any]:
    """One ``chat.completion.chunk``; with the reply, the one that ends the text."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": "stop" if reply else None}
    head = {"id": f"chatcmpl-{id_}", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    return {**head, "choices": [choice], **(_evidence(reply) if reply else {})}


def usage_json(question: Question, text: str) -> dict[str, int]:
    """Rough token counts, four characters each for Latin script and one for Chinese: quoting spends no tokens."""
    prompt = _tokens(question.text) + sum(_tokens(turn.content) for turn in question.turns)
    completion = _tokens(text)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _evidence(reply: Reply) -> dict[str, Any]:
    _, citations = evidence_of(reply.outcome)
    return {"citations": [citation_json(citation) for citation in citations], "medqa": reply_json(reply)}


def _tokens(text: str) -> int:
    wide = sum(character >= "\u2e80" for character in text)
    return wide + -(-(len(text) - wide) // 4)


def _text_of(message: ChatMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    texts = []
    for part in message.content or []:
        if part.get("type") not in ("text", "input_text") or not isinstance(part.get("text"), str):
            raise UsageError("only text parts are understood: images and files are not", field="messages")
        texts.append(part["text"])
    return "\n".join(texts)
