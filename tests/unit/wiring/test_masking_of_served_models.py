"""Which models hear the user's words as they are, and which only masked."""

from __future__ import annotations

import pytest

from medqa.wiring.masking import masker


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/v1", "http://localhost:8000/v1", "http://[::1]:8000/v1", "http://127.9.9.9/v1"],
)
def test_a_model_on_this_machine_hears_the_words_as_they_are(url: str) -> None:
    assert masker(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "http://192.168.1.5:8000/v1",
        "http://localhost.example.org/v1",
        "http://127.0.0.1.example.org/v1",
        "http://127.0.0.1@example.org/v1",
        "http://0.0.0.0:8000/v1",
        "http:///v1",
        "nonsense",
    ],
)
def test_a_model_elsewhere_hears_them_masked(url: str) -> None:
    vault = masker(url)
    assert vault is not None
    assert vault.mask("My name is John Smith.")[0] == "My name is [NAME_1]."
