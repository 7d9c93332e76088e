"""What the middleware inside vLLM lets through."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from medqa.serve.llm.inside.allowed_routes import METHODS, AllowedRoutes


async def everything(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.method} {request.url.path}")


def client() -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])])
    app.add_middleware(AllowedRoutes)
    return TestClient(app)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("VLLM_API_KEY", "hush")
    return "hush"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_API_KEY", raising=False)


@pytest.mark.parametrize(("path", "method"), METHODS.items())
def test_the_wanted_routes_pass(path: str, method: str) -> None:
    assert client().request(method, path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/invocations"),
        ("POST", "/v1/load_lora_adapter"),
        ("POST", "/tokenize"),
        ("GET", "/version"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "/v1/responses"),
        ("POST", "/v1/chat/completions/"),
        ("POST", "//v1/chat/completions"),
        ("POST", "/V1/chat/completions"),
        ("GET", "/v1/chat/completions"),
        ("DELETE", "/v1/models"),
        ("OPTIONS", "/v1/chat/completions"),
        ("POST", "/health"),
        ("GET", "/"),
    ],
)
def test_nothing_else_passes(method: str, path: str) -> None:
    refused = client().request(method, f"http://testserver{path}")
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("given", [None, "Bearer wrong", "hush", "Basic hush", "Bearer ", "Bearer hush2"])
@pytest.mark.parametrize("path", [path for path in METHODS if path != "/health"])
def test_every_route_but_health_needs_the_key(key: str, path: str, given: str | None) -> None:
    headers = {"Authorization": given} if given else {}
    assert client().request(METHODS[path], path, headers=headers).status_code == 401
    assert client().get("/health").status_code == 200


def test_the_key_opens_them(key: str) -> None:
    for path, method in METHODS.items():
        assert client().request(method, path, headers={"Authorization": f"bearer {key}"}).status_code == 200


def test_web_sockets_are_closed() -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/v1/realtime"):
        pass
