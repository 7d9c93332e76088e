"""Clinical questionnaires over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Check = Callable[[str, Any], None]
PHQ_9 = "/v1/calculators/phq_9"
QUIET = [0] * 9


async def test_the_calculators_are_listed_and_each_tells_its_form(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/calculators")).json()["calculators"]
    assert "phq_9" in [each["name"] for each in listed]
    form = (await client.get(PHQ_9)).json()
    assert len(form["items"]) == 9
    assert [item["id"] for item in form["items"] if item["is_crisis_item"]] == ["9"]
    assert form["items"][0]["text"]["zh"] == "做事时提不起劲或没有兴趣"
    assert "2001" in form["source"]


async def test_a_whole_sheet_gets_its_total_its_band_and_the_notice(client: httpx.AsyncClient) -> None:
    made = (await client.post(PHQ_9, json={"answers": [2, 2, 1, 1, 1, 1, 1, 1, 0], "id": 7})).json()
    assert (made["id"], made["status"], made["total"]) == (7, "complete", 10)
    assert made["band"] == {"name": "Moderate", "lowest": 10, "highest": 14}
    assert made["safety"] == {"level": "none", "findings": [], "card": None, "takeover": False}
    assert "AI" in made["notice"]
    assert made["provenance"] == {"calculator": "phq_9", "version": "2001.1"}


@pytest.mark.parametrize(
    ("answers", "total"),
    [([0] * 8 + [1], 1), ([3] * 9, 27), ({"9": 1}, None), ([None] * 8 + [3], None), ([0] * 7 + [None, 2], None)],
)
async def test_a_marked_item_9_is_a_crisis_whatever_the_sum(
    client: httpx.AsyncClient, fits: Check, answers: object, total: int | None
) -> None:
    for language, place, number in (("en", "US", "988"), ("zh", "CN", "12356")):
        body = {"answers": answers, "language": language, "jurisdiction": place}
        made = (await client.post(PHQ_9, json=body)).json()
        assert (made["status"], made["total"], made["language"]) == ("crisis", total, language)
        assert (made["safety"]["level"], made["safety"]["takeover"]) == ("crisis", True)
        assert made["safety"]["card"]["phone"] == number
        fits("screen", {"id": made["id"], **made["safety"]})


async def test_the_language_follows_the_headers_where_none_is_asked_for(client: httpx.AsyncClient) -> None:
    made = (await client.post(PHQ_9, json={"answers": QUIET}, headers={"Accept-Language": "zh-CN,zh"})).json()
    assert (made["language"], made["band"]["name"]) == ("zh", "很轻或没有")
    assert (await client.post(PHQ_9, json={"answers": QUIET})).json()["language"] == "en"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (PHQ_9, {}, 422, "answers"),
        (PHQ_9, {"answers": []}, 422, "answers"),
        (PHQ_9, {"answers": [0] * 8}, 422, "answers"),
        (PHQ_9, {"answers": [0] * 8 + [4]}, 422, "answers"),
        (PHQ_9, {"answers": ["1"] * 9}, 422, "answers"),
        (PHQ_9, {"answers": [True] * 9}, 422, "answers"),
        (PHQ_9, {"answers": {"10": 1}}, 422, "answers"),
        (PHQ_9, {"answers": "000000000"}, 422, "answers"),
        (PHQ_9, {"answers": QUIET, "language": "fr"}, 422, "language"),
        (PHQ_9, {"answers": QUIET, "jurisdiction": "ZZ"}, 422, "jurisdiction"),
        (PHQ_9, {"answers": QUIET, "name": "Ann"}, 422, "name"),
        (PHQ_9, [], 422, None),
        ("/v1/calculators/nonsense", {"answers": QUIET}, 404, "calculator"),
    ],
)
async def test_bad_answers_name_their_field(
    client: httpx.AsyncClient, fits: Check, path: str, body: object, status: int, field: str | None
) -> None:
    for language in ("en", "zh"):
        response = await client.post(path, json=body, headers={"Accept-Language": language})
        fits("error", response.json())
        assert (response.status_code, response.json()["error"]["field"]) == (status, field)


async def test_a_form_that_there_is_not_is_a_404(client: httpx.AsyncClient, fits: Check) -> None:
    for name in ("nonsense", "__init__", "..%2f..", "phq_9/x"):
        response = await client.get(f"/v1/calculators/{name}")
        fits("error", response.json())
        assert response.status_code == 404


async def test_another_type_of_body_is_refused(client: httpx.AsyncClient) -> None:
    sent = json.dumps({"answers": QUIET})
    assert (await client.post(PHQ_9, content=sent, headers={"Content-Type": "text/plain"})).status_code == 415


async def test_no_answer_reaches_the_log(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "medqa")
    secret = [3, 1, 2, 3, 0, 1, 2, 3, 1]
    await client.post(PHQ_9, json={"answers": secret, "id": "row-of-ann"})
    await client.post(PHQ_9, json={"answers": [*secret, 9], "id": "row-of-ann"})
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for word in ("row-of-ann", "3, 1, 2", "crisis", "988"):
        assert word not in logged


async def test_openapi_describes_the_forms(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/v1/calculators"]["get"]["summary"]
    assert paths["/v1/calculators/{name}"]["get"]["summary"]
    assert paths["/v1/calculators/{name}"]["post"]["responses"]["404"]
