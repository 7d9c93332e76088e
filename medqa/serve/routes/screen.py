"""``POST /v1/screen``: safety screening alone. Never queued, never limited: it must work when all else is busy."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.serve import answering, failures
from medqa.serve.dependencies import ServerDep, require_json
from medqa.serve.presenting import safety_json
from medqa.serve.questions import read_conversation
from medqa.serve.requests import ScreenRequest
from medqa.serve.responses import ERRORS, ScreenResponse
from medqa.telemetry import new_id

router = APIRouter(tags=["screen"])


@router.post(
    "/v1/screen",
    summary="Emergencies and crises in a text",
    response_model=ScreenResponse,
    responses={status: ERRORS[status] for status in (400, 413, 415, 422)},
    dependencies=[Depends(require_json)],
)
async def screen(request: Request, body: ScreenRequest, server: ServerDep) -> Response:
    """What must be seen before anything else, with the card for the jurisdiction."""
    failures.speak(request, body.language, body.text)
    conversation = read_conversation(body.model_dump(), settings=server.settings)
    screening = await answering.screen(server, conversation)
    if auditor := server.application.auditor:
        auditor.screened(conversation, screening)
    return JSONResponse({"id": new_id() if body.id is None else body.id, **safety_json(screening)})
