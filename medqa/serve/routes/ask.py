"""``POST /v1/ask``: one grounded answer, whole or as server-sent events."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.domain.answer import Event
from medqa.domain.conversation import Language
from medqa.errors import MedQAError
from medqa.serve import failures, wording
from medqa.serve.answering import CLIENT_GONE, admit, last_reply, while_connected
from medqa.serve.dependencies import AddressDep, ServerDep, require_json
from medqa.serve.event_stream import EventStream, frame
from medqa.serve.failures import INTERNAL, INTERNAL_MESSAGE
from medqa.serve.presenting import event_json, reply_json
from medqa.serve.questions import read_row
from medqa.serve.requests import AskRequest
from medqa.serve.responses import ERRORS, AskResponse

_log = logging.getLogger("medqa.serve")
_STREAM = {
    "schema": {"type": "string"},
    "description": "events in this order: safety, passages, token (many), claims, done; or error at any point",
    "example": 'event: token\ndata: {"text":"..."}\n\n',
}

router = APIRouter(tags=["ask"])


@router.post(
    "/v1/ask",
    summary="One grounded answer",
    response_model=AskResponse,
    responses={200: {"content": {"text/event-stream": _STREAM}}, **ERRORS},
    dependencies=[Depends(require_json)],
)
async def ask(request: Request, body: AskRequest, server: ServerDep, address: AddressDep) -> Response:
    """Answers from the knowledge base, each sentence with its source, or says that it cannot.

    With `Accept: text/event-stream` the answer streams while it is written.
    """
    failures.speak(request, body.language, body.question)
    question = read_row(body.model_dump(), field="question", settings=server.settings)
    admitted = await admit(server, question, address, uploads=body.uploads)
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(
            _frames(admitted.events, body.id, failures.language_of_caller(request.scope)), release=admitted.release
        )
    try:
        reply = await while_connected(request, last_reply(admitted.events))
    finally:
        admitted.release()
    if reply is None:
        return Response(status_code=CLIENT_GONE)
    return JSONResponse(reply_json(reply, body.id))


async def _frames(events: AsyncIterator[Event], id_: str | int | None, language: Language) -> AsyncIterator[str]:
    try:
        async for event in events:
            name, data = event_json(event, id_)
            yield frame(data, event=name)
    except MedQAError as err:
        _log.warning("stream failed: %s: %s", err.code, err)
        yield frame({"code": err.code, "message": wording.message_of(err, language)}, event="error")
    except Exception as err:
        _log.exception("stream failed: unexpected %s", type(err).__name__)
        message = wording.message(INTERNAL, INTERNAL_MESSAGE, language=language)
        yield frame({"code": INTERNAL, "message": message}, event="error")
