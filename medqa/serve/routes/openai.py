"""OpenAI's protocol, so that any chat client can use MedQA as a model."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.domain.answer import Done, Event
from medqa.domain.conversation import Language, Question
from medqa.domain.plain_text import piece
from medqa.errors import MedQAError
from medqa.serve import completions, failures, wording
from medqa.serve.answering import CLIENT_GONE, admit, last_reply, while_connected
from medqa.serve.dependencies import AddressDep, ServerDep, require_json
from medqa.serve.event_stream import EventStream, frame
from medqa.serve.failures import INTERNAL, INTERNAL_MESSAGE, error_body
from medqa.serve.requests import ChatRequest
from medqa.telemetry import new_id

_log = logging.getLogger("medqa.serve")
_PATH = "/v1/chat/completions"

router = APIRouter(tags=["openai"])


@router.get("/v1/models", summary="The models of OpenAI's protocol")
async def models() -> dict[str, object]:
    """`medqa` answers patients, `medqa-clinician` clinicians."""
    return completions.models_json()


@router.post(_PATH, summary="A chat completion", dependencies=[Depends(require_json)])
async def chat_completions(request: Request, body: ChatRequest, server: ServerDep, address: AddressDep) -> Response:
    """One grounded answer as a chat completion; sources in the text, and in `citations` and `medqa`."""
    last = body.messages[-1].content
    failures.speak(request, body.language, last if isinstance(last, str) else None)
    question = completions.question_of(body, server.settings)
    admitted = await admit(server, question, address, uploads=body.uploads)
    if body.stream:
        return EventStream(
            _frames(admitted.events, body, question, failures.language_of_caller(request.scope)),
            release=admitted.release,
        )
    try:
        reply = await while_connected(request, last_reply(admitted.events))
    finally:
        admitted.release()
    if reply is None:
        return Response(status_code=CLIENT_GONE)
    return JSONResponse(completions.completion_json(reply, body.model, question))


async def _frames(
    events: AsyncIterator[Event], body: ChatRequest, question: Question, language: Language
) -> AsyncIterator[str]:
    id_ = new_id()
    shown = ""
    yield frame(completions.chunk_json(id_, body.model, {"role": "assistant", "content": ""}))
    try:
        async for event in events:
            text = piece(event, shown)
            if text:
                shown += text
                yield frame(completions.chunk_json(id_, body.model, {"content": text}))
            if isinstance(event, Done):
                yield frame(completions.chunk_json(id_, body.model, {}, event.reply))
        if body.stream_options and body.stream_options.include_usage:
            usage = completions.usage_json(question, shown)
            yield frame({**completions.chunk_json(id_, body.model, {}), "choices": [], "usage": usage})
        yield frame("[DONE]")
    except MedQAError as err:
        _log.warning("stream failed: %s: %s", err.code, err)
        yield frame(error_body(_PATH, 503, code=err.code, message=wording.message_of(err, language)))
    except Exception as err:
        _log.exception("stream failed: unexpected %s", type(err).__name__)
        message = wording.message(INTERNAL, INTERNAL_MESSAGE, language=language)
        yield frame(error_body(_PATH, 500, code=INTERNAL, message=message))
