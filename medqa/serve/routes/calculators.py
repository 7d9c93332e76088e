"""``/v1/calculators``: clinical instruments. Never queued, never limited: a marked answer may call for a card."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from medqa.serve import failures
from medqa.serve.answer_sheets import read_sheet
from medqa.serve.dependencies import ServerDep, require_json
from medqa.serve.presenting import assessment_json, instrument_json
from medqa.serve.requests import AnswersRequest
from medqa.serve.responses import ERRORS, AssessmentResponse, CalculatorsResponse, ErrorResponse, InstrumentResponse
from medqa.telemetry import new_id
from medqa.wiring import calculating

router = APIRouter(tags=["calculators"])

_UNKNOWN = {"model": ErrorResponse, "description": "No calculator has this name"}


@router.get("/v1/calculators", summary="Which calculators there are", response_model=CalculatorsResponse)
async def listed() -> Response:
    """Name, version, title and source of each."""
    keys = ("name", "version", "title", "source")
    forms = (instrument_json(each.instrument) for each in calculating.calculators())
    return JSONResponse({"calculators": [{key: form[key] for key in keys} for form in forms]})


@router.get("/v1/calculators/{name}", summary="One form", response_model=InstrumentResponse, responses={404: _UNKNOWN})
async def form(name: str) -> Response:
    """Items, choices and bands in English and Chinese. Send the answers as they are given: one may call for a card."""
    return JSONResponse(instrument_json(calculating.calculator(name).instrument))


@router.post(
    "/v1/calculators/{name}",
    summary="What the answers come to",
    response_model=AssessmentResponse,
    responses={404: _UNKNOWN, **{status: ERRORS[status] for status in (400, 413, 415, 422)}},
    dependencies=[Depends(require_json)],
)
async def calculate(name: str, request: Request, body: AnswersRequest, server: ServerDep) -> Response:
    """The total with its band, and the crisis card whenever an answer calls for it. Nothing is stored."""
    failures.speak(request, body.language, None)
    calculator = calculating.calculator(name)
    row = body.model_dump()
    if body.language in (None, "auto"):
        row["language"] = failures.language_of_caller(request.scope)
    sheet = read_sheet(row, calculator.instrument, settings=server.settings)
    assessment = calculating.assess(
        calculator,
        sheet.answers,
        language=sheet.language,
        jurisdiction=sheet.jurisdiction,
        auditor=server.application.auditor,
    )
    return JSONResponse(assessment_json(assessment, new_id() if body.id is None else body.id))
