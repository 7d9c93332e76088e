"""OpenAI's protocol, so that any chat client can use MedQA as a model."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.domain.answer import Done, Event, Reply, SafetyScreened, Token
from medqa.domain.conversation import Question
from medqa.errors import MedQAError
from medqa.serve import completions
from medqa.serve.answering import CLIENT_GONE, admit, last_reply, while_connected
from medqa.serve.dependencies import AddressDep, ServerDep, require_json
from medqa.serve.event_stream import EventStream, frame
from medqa.serve.failures import INTERNAL, INTERNAL_MESSAGE, error_body
from medqa.serve.presenting import answer_text, card_text
from medqa.serve.requests import ChatRequest
from medqa.telemetry import new_id

_log = logging.getLogger("medqa.serve")
_PATH = "/v1/chat/completions"
_CORRECTED = {
    "en": "\n\n---\nSome sentences above did not stand up to the check. The checked answer is:\n\n",
    "zh": "\n\n---\n上面有些句子没有通过核查。核查后的回答是：\n\n",
}

router = APIRouter(tags=["openai"])


@router.get("/v1/models", summary="The models of OpenAI's protocol")
async def models() -> dict[str, object]:
    """`medqa` answers patients, `medqa-clinician` clinicians."""
    return completions.models_json()


@router.post(_PATH, summary="A chat completion", dependencies=[Depends(require_json)])
async def chat_completions(request: Request, body: ChatRequest, server: ServerDep, address: AddressDep) -> Response:
    """One grounded answer as a chat completion; sources in the text, and in `citations` and `medqa`."""
    question = completions.question_of(body, server.settings)
    admitted = await admit(server, question, address)
    if body.stream:
        return EventStream(_frames(admitted.events, body, question), release=admitted.release)
    try:
        reply = await while_connected(request, last_reply(admitted.events))
    finally:
        admitted.release()
    if reply is None:
        return Response(status_code=CLIENT_GONE)
    return JSONResponse(completions.completion_json(reply, body.model, question))


async def _frames(events: AsyncIterator[Event], body: ChatRequest, question: Question) -> AsyncIterator[str]:
    id_ = new_id()
    shown = ""
    yield frame(completions.chunk_json(id_, body.model, {"role": "assistant", "content": ""}))
    try:
        async for event in events:
            piece = _piece(event, shown)
            if piece:
                shown += piece
                yield frame(completions.chunk_json(id_, body.model, {"content": piece}))
            if isinstance(event, Done):
                yield frame(completions.chunk_json(id_, body.model, {}, event.reply))
        if body.stream_options and body.stream_options.include_usage:
            usage = completions.usage_json(question, shown)
            yield frame({**completions.chunk_json(id_, body.model, {}), "choices": [], "usage": usage})
        yield frame("[DONE]")
    except MedQAError as err:
        _log.warning("stream failed: %s: %s", err.code, err)
        yield frame(error_body(_PATH, 503, code=err.code, message=str(err)))
    except Exception as err:
        _log.exception("stream failed: unexpected %s", type(err).__name__)
        yield frame(error_body(_PATH, 500, code=INTERNAL, message=INTERNAL_MESSAGE))


def _piece(event: Event, shown: str) -> str:
    """The text that an event adds to what has been shown."""
    match event:
        case SafetyScreened():
            card = event.screening.card
            return f"{card_text(card)}\n\n" if card else ""
        case Token():
            return event.text
        case Done():
            return _ending(event.reply, shown)
        case _:
            return ""


def _ending(reply: Reply, shown: str) -> str:
    """What is still to be said: the rest of the answer, or the whole of it where dropped claims changed it."""
    final = completions.head_text(reply) + answer_text(reply.outcome)
    if final.strip() == shown.strip():
        rest = ""
    elif final.startswith(shown.rstrip()):
        rest = final[len(shown.rstrip()) :]
    else:
        rest = _CORRECTED[reply.language] + answer_text(reply.outcome)
    return rest + completions.tail_text(reply)
