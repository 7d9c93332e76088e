"""The HTTP API over a real index."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from local_servers import client_of

from medqa.serve.api import MAX_BODY_BYTES, create_app
from medqa.settings import Settings
from medqa.wiring import Application

Check = Callable[[str, Any], None]

QUESTION = "What is high blood pressure?"
EMERGENCY = "crushing chest pain going into my left arm"


def events_of(body: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in body.split("\n\n") if block and not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


async def test_an_answer_fits_the_contract_and_quotes_exactly(client: httpx.AsyncClient, fits: Check) -> None:
    for question in (QUESTION, "高血压有什么症状？"):
        response = await client.post("/v1/ask", json={"question": question})
        reply = response.json()
        assert (response.status_code, reply["status"]) == (200, "answered")
        fits("ask", reply)
        for citation in reply["citations"]:
            passage = await client.get(f"/v1/passages/{citation['passage_id'].replace('#', '%23')}")
            fits("passage", passage.json())
            assert passage.json()["text"][citation["start"] : citation["end"]] == citation["quote"]


async def test_a_stream_tells_its_events_in_order(client: httpx.AsyncClient, fits: Check) -> None:
    response = await client.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[:2] == ["safety", "passages"]
    assert set(names[2:-2]) == {"token"}
    assert names[-2:] == ["claims", "done"]
    done = events[-1][1]
    fits("ask", done)
    assert "".join(data["text"] for name, data in events if name == "token").strip() == done["answer"].strip()
    assert events[-2][1] == {"claims": done["claims"], "citations": done["citations"]}


async def test_an_emergency_shows_its_card_first(client: httpx.AsyncClient, fits: Check) -> None:
    asked = {"question": EMERGENCY, "jurisdiction": "gb"}
    reply = (await client.post("/v1/ask", json=asked)).json()
    fits("ask", reply)
    assert reply["status"] == "emergency"
    assert reply["answer"].startswith(f"**{reply['safety']['card']['headline']}**")
    stream = await client.post("/v1/ask", json=asked, headers={"Accept": "text/event-stream"})
    name, data = events_of(stream.text)[0]
    assert (name, data["card"]) == ("safety", reply["safety"]["card"])


async def test_a_question_beyond_the_knowledge_base_is_an_abstention(client: httpx.AsyncClient, fits: Check) -> None:
    response = await client.post("/v1/ask", json={"question": "How do I repair a bicycle chain?"})
    fits("ask", response.json())
    assert (response.status_code, response.json()["status"]) == (200, "abstained")


async def test_a_language_that_is_not_spoken_here_is_told_so(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/ask", json={"question": "糖尿病の症状は何ですか"})
    assert (response.status_code, response.json()["status"]) == (200, "abstained")


async def test_search_finds_filters_and_names_the_callers_id(client: httpx.AsyncClient, fits: Check) -> None:
    asked = {"query": "fever in children", "k": 4, "filters": {"language": ["zh"]}, "id": "mine"}
    found = (await client.post("/v1/search", json=asked)).json()
    fits("search", found)
    assert found["id"] == "mine"
    assert 0 < len(found["hits"]) <= 4
    assert {hit["language"] for hit in found["hits"]} == {"zh"}


async def test_screen_reads_a_text_or_a_conversation(client: httpx.AsyncClient, fits: Check) -> None:
    for body in ({"text": EMERGENCY}, {"turns": ["hello", EMERGENCY]}):
        screening = (await client.post("/v1/screen", json={**body, "jurisdiction": "US"})).json()
        fits("screen", screening)
        assert screening["takeover"]
        assert "911" in json.dumps(screening["card"])


async def test_a_passage_comes_with_its_surroundings(client: httpx.AsyncClient) -> None:
    hit = (await client.post("/v1/search", json={"query": QUESTION, "k": 1})).json()["hits"][0]
    path = f"/v1/passages/{hit['passage_id'].replace('#', '%23')}"
    passage = (await client.get(path, params={"context": 1})).json()
    assert passage["passage_id"] in [near["passage_id"] for near in passage["context"]]
    assert passage["document"]["source_id"] == "medqa-starter"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/v1/ask", {"question": ""}, 422, "question"),
        ("/v1/ask", {"question": "\u200b"}, 422, "question"),
        ("/v1/ask", {"question": "a" * 100_000}, 413, "question"),
        ("/v1/ask", {"question": 5}, 422, "question"),
        ("/v1/ask", {}, 422, "question"),
        ("/v1/ask", {"question": "flu", "audience": "nurse"}, 422, "audience"),
        ("/v1/ask", {"question": "flu", "language": "fr"}, 422, "language"),
        ("/v1/ask", {"question": "flu", "jurisdiction": "ZZ"}, 422, "jurisdiction"),
        ("/v1/ask", {"question": "flu", "juristiction": "US"}, 422, "juristiction"),
        ("/v1/ask", {"question": "flu", "turns": "x"}, 422, "turns"),
        ("/v1/ask", {"question": "flu", "turns": [{"role": "system", "content": "x"}]}, 422, "turns[0].role"),
        ("/v1/ask", [], 422, None),
        ("/v1/search", {"query": " "}, 422, "query"),
        ("/v1/search", {"query": "flu", "k": 0}, 422, "k"),
        ("/v1/search", {"query": "flu", "k": 1_000_000}, 422, "k"),
        ("/v1/search", {"query": "flu", "filters": "year"}, 422, "filters"),
        ("/v1/search", {"query": "flu", "filters": ["year"]}, 422, "filters"),
        ("/v1/search", {"query": "flu", "filters": {"colour": "red"}}, 422, "filters"),
        ("/v1/search", {"query": "flu", "filters": {"year": "soon"}}, 422, "filters"),
        ("/v1/screen", {}, 422, "text"),
        ("/v1/screen", {"text": "a" * 20_001}, 413, "text"),
    ],
)
async def test_bad_input_names_its_field(
    client: httpx.AsyncClient, fits: Check, path: str, body: object, status: int, field: str | None
) -> None:
    response = await client.post(path, json=body)
    fits("error", response.json())
    assert (response.status_code, response.json()["error"]["field"]) == (status, field)


@pytest.mark.parametrize(
    ("path", "body", "header", "is_chinese"),
    [
        ("/v1/ask", {"question": " "}, "zh-CN,zh;q=0.9", True),
        ("/v1/ask", {"question": " ", "language": "en"}, "zh-CN", False),
        ("/v1/ask", {"question": " ", "language": "zh"}, "en-US", True),
        ("/v1/ask", {"question": "糖" * 9000}, "", True),
        ("/v1/ask", {"question": "flu " * 3000}, "", False),
        ("/v1/ask", {"question": ["糖"]}, "zh", True),
        ("/v1/search", {"query": "", "k": 3}, "zh", True),
        ("/v1/screen", {}, "zh", True),
        ("/v1/chat/completions", {"model": "none", "messages": [{"role": "user", "content": "发烧怎么办"}]}, "", True),
        ("/v1/nothing", {}, "zh", True),
        ("/v1/ask", {"question": "a" * MAX_BODY_BYTES}, "zh", True),
    ],
)
async def test_what_is_wrong_is_said_in_the_callers_language(
    client: httpx.AsyncClient, path: str, body: object, header: str, is_chinese: bool
) -> None:
    response = await client.post(path, json=body, headers={"Accept-Language": header} if header else {})
    assert 400 <= response.status_code < 500
    assert bool(re.search("[\u4e00-\u9fff]", response.json()["error"]["message"])) is is_chinese


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/v1/ask", {"content": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/v1/ask", {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/v1/ask", {"content": '{"question": "flu"}', "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", "/v1/ask", {"data": {"question": "flu"}}, 415),
        ("POST", "/v1/ask", {"json": {"question": "a" * MAX_BODY_BYTES}}, 413),
        ("GET", "/v1/ask", {}, 405),
        ("DELETE", "/v1/search", {}, 405),
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/v1/passages/no%23such", {}, 404),
        ("GET", "/v1/passages/../../etc/passwd", {}, 404),
        ("GET", "/v1/passages/x?context=1000", {}, 422),
    ],
)
async def test_a_request_that_is_not_one_gets_our_shape_too(
    client: httpx.AsyncClient, fits: Check, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    response = await client.request(method, path, **options)
    assert response.status_code == status
    fits("error", response.json())
    if status == 405:
        assert response.headers["allow"]


async def test_a_body_that_hides_its_length_is_cut_off(client: httpx.AsyncClient, fits: Check) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"a" * 65_536

    response = await client.post("/v1/ask", content=endless(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    fits("error", response.json())


async def test_browsers_are_told_what_no_page_of_ours_needs(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/healthz")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    page = (await client.get("/widget/demo")).headers["content-security-policy"]
    assert "default-src 'self'" in page
    assert "http" not in page


async def test_only_listed_origins_may_ask_from_a_page(application: Application) -> None:
    settings = Settings(home=application.settings.home, widget_origins=("https://clinic.example",))
    async with client_of(create_app(settings, application)) as client:
        for origin, allowed in (("https://clinic.example", True), ("https://evil.example", False)):
            asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            preflight = await client.options(
                "/v1/ask", headers={**asks, "Access-Control-Request-Headers": "content-type"}
            )
            answer = await client.post("/v1/screen", json={"text": "hello"}, headers={"Origin": origin})
            assert (preflight.headers.get("access-control-allow-origin") == origin) is allowed
            assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


async def test_every_response_has_an_id_and_a_callers_own_is_kept(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/healthz")).headers["x-request-id"]) == 32
    named = await client.get("/healthz", headers={"X-Request-Id": "trace-7"})
    assert named.headers["x-request-id"] == "trace-7"
    forged = await client.get("/healthz", headers={"X-Request-Id": "a b\tc"})
    assert len(forged.headers["x-request-id"]) == 32


async def test_no_question_reaches_the_log(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("medqa")
    logger.addHandler(caplog.handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        await client.post("/v1/ask", json={"question": "Does Zebediah have flu?"})
        await client.post("/v1/search", json={"query": "Zebediah", "k": 0})
        await client.get("/v1/nothing?question=Zebediah")
    finally:
        logger.removeHandler(caplog.handler)
        logger.setLevel(level)
    assert "/v1/ask" in caplog.text
    assert "Zebediah" not in caplog.text


async def test_health_and_metrics(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json()["status"] == "ok"
    assert (await client.get("/livez")).status_code == 200
    ready = (await client.get("/readyz")).json()
    assert (ready["status"], ready["reasons"]) == ("ready", [])
    await client.post("/v1/ask", json={"question": QUESTION})
    figures = (await client.get("/metrics")).text
    assert 'medqa_replies_total{degraded="false",language="en",status="answered"} 1.0' in figures
    assert 'medqa_http_requests_total{method="POST",route="/v1/ask",status="200"} 1.0' in figures


async def test_readiness_says_why_answers_are_poorer(application: Application) -> None:
    home = application.settings.home
    settings = Settings(home=home, chat_model="openai", llm_model="m", llm_base_url="http://127.0.0.1:9/v1")
    async with client_of(create_app(settings, application)) as client:
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert "medqa llm serve" in ready.json()["reasons"][0]


async def test_openapi_describes_every_route(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    paths = described["paths"]
    for path in ("/v1/ask", "/v1/search", "/v1/screen", "/v1/chat/completions"):
        assert paths[path]["post"]["summary"]
    for path in ("/v1/passages/{passage_id}", "/v1/models", "/healthz", "/readyz", "/metrics"):
        assert paths[path]["get"]["summary"]
    assert "text/event-stream" in paths["/v1/ask"]["post"]["responses"]["200"]["content"]
    assert described["components"]["schemas"]["AskResponse"]["properties"]["status"]["enum"]
