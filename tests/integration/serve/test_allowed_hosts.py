"""Under which names the server answers."""

from __future__ import annotations

import httpx
import pytest
from local_servers import client_of

from medqa.serve.api import create_app
from medqa.wiring import Application


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "10.0.0.7", "medqa.localhost"])
async def test_numeric_addresses_and_localhost_are_answered(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "127.0.0.1.attacker.example", "localhost.attacker.example:7860", "", "127.0.0.1@x.example"],
)
@pytest.mark.parametrize("path", ["/healthz", "/v1/passages/x", "/", "/widget.js"])
async def test_a_foreign_name_is_turned_away_on_every_path(client: httpx.AsyncClient, host: str, path: str) -> None:
    refused = await client.get(path, headers={"Host": host})
    assert refused.status_code == 421
    assert "MEDQA_ALLOWED_HOSTS" in refused.json()["error"]["message"]


async def test_a_rebound_name_cannot_ask_a_question(client: httpx.AsyncClient) -> None:
    headers = {"Host": "attacker.example", "Origin": "http://attacker.example"}
    assert (await client.post("/v1/ask", json={"question": "hi"}, headers=headers)).status_code == 421


@pytest.mark.parametrize(
    ("names", "host", "status"),
    [
        (("medqa.example.org",), "medqa.example.org", 200),
        (("medqa.example.org",), "MEDQA.example.org.:443", 200),
        (("medqa.example.org",), "other.example.org", 421),
        (("*.example.org",), "a.b.example.org", 200),
        (("*.example.org",), "example.org", 421),
        (("*.example.org",), "evilexample.org", 421),
        (("*",), "anything.example", 200),
    ],
)
async def test_an_operator_names_further_hosts(
    application: Application, names: tuple[str, ...], host: str, status: int
) -> None:
    settings = application.settings.model_copy(update={"allowed_hosts": names})
    async with client_of(create_app(settings, application)) as client:
        assert (await client.get("/healthz", headers={"Host": host})).status_code == status


async def test_the_name_that_it_listens_on_is_one_of_them(application: Application) -> None:
    settings = application.settings.model_copy(update={"host": "ward-7.internal"})
    async with client_of(create_app(settings, application)) as client:
        assert (await client.get("/healthz", headers={"Host": "ward-7.internal:7860"})).status_code == 200
