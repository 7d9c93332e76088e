"""``GET /v1/passages/{id}``: one passage with its document's metadata."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from medqa.serve.dependencies import ServerDep
from medqa.serve.presenting import Json, passage_json
from medqa.serve.responses import ErrorResponse, PassageResponse

router = APIRouter(tags=["search"])

ContextQuery = Annotated[int, Query(ge=0, le=5, description="How many passages before and after it to add.")]


@router.get(
    "/v1/passages/{passage_id:path}",
    summary="One passage",
    response_model=PassageResponse,
    responses={404: {"model": ErrorResponse, "description": "No passage has this id"}},
)
async def passage(passage_id: str, server: ServerDep, context: ContextQuery = 0) -> Response:
    """A passage and what is known about its document. Ids hold `#`: send it as `%23`."""
    found = await asyncio.to_thread(_look_up, server, passage_id, context)
    if found is None:
        raise HTTPException(404, "no passage has this id; in a URL, '#' is written %23")
    return JSONResponse(found)


def _look_up(server: ServerDep, passage_id: str, context: int) -> Json | None:
    store = server.application.snapshot.passages
    found = store.by_id(passage_id)
    if found is None:
        return None
    around = store.neighbours(found[0], before=context, after=context) if context else []
    return passage_json(*found, around)
