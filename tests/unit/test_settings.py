"""Settings are checked at the edge and name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from medqa.errors import ConfigError
from medqa.settings import Settings, load_settings


def test_the_defaults_need_no_server_and_no_key() -> None:
    settings = load_settings()
    assert (settings.chat_model, settings.encoder, settings.llm_api_key) == ("extractive", "minilm", None)


def test_a_wrong_value_names_its_variable() -> None:
    with pytest.raises(ConfigError, match="MEDQA_PORT"):
        load_settings(port=99_999)


def test_the_environment_is_read_and_an_override_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_PORT", "7000")
    assert load_settings().port == 7000
    assert load_settings(port=7001).port == 7001
    assert load_settings(port=None).port == 7000


def test_the_home_becomes_an_absolute_path() -> None:
    assert load_settings(home=Path("~/x")).home.is_absolute()


def test_a_jurisdiction_is_folded_to_upper_case() -> None:
    assert load_settings(jurisdiction="gb").jurisdiction == "GB"


def test_a_key_is_not_shown() -> None:
    assert "secret-key" not in repr(load_settings(llm_api_key="secret-key"))


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:8000/v1", "http://:8000/v1", "http://127.0.0.1:abc/v1", ""])
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(ConfigError, match=r"MEDQA_LLM_BASE_URL\): write an address like http://127"):
        load_settings(llm_base_url=address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/v1", "https://models.example.org/v1", "http://[::1]:80/v1"])
def test_addresses_are_taken_as_they_are(address: str) -> None:
    assert load_settings(llm_base_url=address).llm_base_url == address
