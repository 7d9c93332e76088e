"""``POST /v1/uploads``: a document attached to one conversation, and its removal."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from medqa.serve import failures, wording
from medqa.serve.dependencies import AddressDep, ServerDep
from medqa.serve.responses import ERRORS, UploadResponse

router = APIRouter(tags=["ask"])

# A header of ours: a browser lets a foreign page send it only after asking this server, which says no.
FileName = Annotated[str, Header(alias="X-File-Name", description="The file's name, percent-encoded.", max_length=600)]


@router.post(
    "/v1/uploads",
    status_code=201,
    summary="Attach a document to a conversation",
    response_model=UploadResponse,
    responses=ERRORS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(request: Request, server: ServerDep, address: AddressDep, name: FileName) -> Response:
    """Reads a .txt, .md, .pdf, .docx or .html file; pass its `upload_id` in `uploads` of `/v1/ask`.

    Only whoever knows the id can ask about it. It is kept in memory and forgotten when it is not used for a while.
    """
    server.admission.count(address)
    data = await request.body()
    await server.admission.gate.enter()
    try:
        made = await asyncio.to_thread(server.application.uploads.add, unquote(name), data)
    finally:
        server.admission.gate.leave()
    language = failures.language_of_caller(request.scope)
    body = {
        "upload_id": made.id,
        "name": made.name,
        "passages": made.passages,
        "characters": made.characters,
        "warnings": [wording.warning(each, language) for each in made.warnings],
        "expires": made.expires.isoformat(timespec="seconds"),
    }
    return JSONResponse(body, 201)


@router.delete("/v1/uploads/{upload_id}", status_code=204, summary="Forget an attached document", responses=ERRORS)
async def forget(upload_id: str, server: ServerDep) -> Response:
    """The document is gone at once."""
    if not server.application.uploads.discard(upload_id):
        raise HTTPException(404, "there is no such upload, or no longer")
    return Response(status_code=204)
