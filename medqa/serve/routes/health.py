"""``/healthz`` (alive), ``/readyz`` (able to answer, with reasons), ``/metrics`` (Prometheus)."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from medqa.serve.dependencies import ServerDep
from medqa.serve.model_server import degradations
from medqa.serve.responses import HealthResponse

router = APIRouter(tags=["health"])


@router.get("/livez", include_in_schema=False)
@router.get("/healthz", summary="Alive", response_model=HealthResponse)
async def healthz() -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok", "reasons": []})


@router.get(
    "/readyz",
    summary="Able to answer",
    response_model=HealthResponse,
    responses={503: {"model": HealthResponse, "description": "Not able to answer, with the reasons"}},
)
async def readyz(server: ServerDep) -> Response:
    """`ready`, or `degraded` with the reasons while it still answers, or 503 when it cannot."""
    reasons = [*server.application.troubles, *await degradations(server.settings)]
    passages = len(server.application.snapshot.passages)
    if passages == 0:
        empty = "the index holds no passages; add documents with: medqa ingest PATH"
        return JSONResponse({"status": "unready", "reasons": [empty, *reasons]}, 503)
    return JSONResponse(
        {
            "status": "degraded" if reasons else "ready",
            "reasons": reasons,
            "index_snapshot": server.application.snapshot.id,
            "passages": passages,
        }
    )


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(server: ServerDep) -> Response:
    """Counts and times. Numbers only."""
    return Response(server.metrics.exposition(), headers={"Content-Type": server.metrics.content_type})
