"""``POST /v1/search``: ranked passages."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.serve import failures
from medqa.serve.dependencies import AddressDep, ServerDep, require_json
from medqa.serve.presenting import search_json
from medqa.serve.questions import read_filters, read_k, read_row
from medqa.serve.requests import SearchRequest
from medqa.serve.responses import ERRORS, SearchResponse
from medqa.telemetry import Stopwatch, new_id

router = APIRouter(tags=["search"])


@router.post(
    "/v1/search",
    summary="Ranked passages",
    response_model=SearchResponse,
    responses=ERRORS,
    dependencies=[Depends(require_json)],
)
async def search(request: Request, body: SearchRequest, server: ServerDep, address: AddressDep) -> Response:
    """The passages that fit a query best, without an answer."""
    failures.speak(request, body.language, body.query)
    question = read_row(body.model_dump(), field="query", settings=server.settings)
    k, filters = read_k(body.k), read_filters(body.filters)
    server.admission.count(address)
    watch = Stopwatch()
    await server.admission.gate.enter()
    try:
        with watch.stage("retrieve"):
            hits = await asyncio.to_thread(server.application.search, question, k, filters)
    finally:
        server.admission.gate.leave()
    id_ = new_id() if body.id is None else body.id
    return JSONResponse(
        search_json(question.text, question.language, hits, id_=id_, timings_ms=watch.timings_ms()),
    )
