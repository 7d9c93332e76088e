"""OpenAI's own client uses MedQA as a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from local_servers import running

from medqa.serve.api import create_app
from medqa.wiring import Application

Check = Callable[[str, Any], None]


@pytest.fixture(scope="module")
def chat(application: Application) -> Iterator[openai.OpenAI]:
    with running(create_app(application.settings, application)) as url:
        yield openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def asked(text: str) -> list[Any]:
    return [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": [{"type": "text", "text": text}]},
    ]


def test_models_are_listed(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["medqa", "medqa-clinician"]


def test_a_completion_carries_sources_in_its_text_and_beside_it(chat: openai.OpenAI, fits: Check) -> None:
    done = chat.chat.completions.create(model="medqa", messages=asked("What is high blood pressure?"), temperature=0)
    fits("completion", done.model_dump(mode="json"))
    text = done.choices[0].message.content or ""
    assert "[1]" in text
    assert "Sources:" in text
    assert done.medqa["status"] == "answered"  # type: ignore[attr-defined]


def test_a_stream_joins_to_the_completion(chat: openai.OpenAI) -> None:
    whole = chat.chat.completions.create(model="medqa", messages=asked("What is high blood pressure?"))
    chunks = list(
        chat.chat.completions.create(
            model="medqa",
            messages=asked("What is high blood pressure?"),
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.split() == (whole.choices[0].message.content or "").split()
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0


def test_an_emergency_begins_with_the_card(chat: openai.OpenAI) -> None:
    said = asked("crushing chest pain going into my left arm")
    for stream in (False, True):
        answer: Any = chat.chat.completions.create(
            model="medqa", messages=said, stream=stream, extra_body={"jurisdiction": "US"}
        )
        pieces = (
            (chunk.choices[0].delta.content or "" for chunk in answer)
            if stream
            else [answer.choices[0].message.content]
        )
        assert "911" in "".join(pieces)[:300]


def test_the_models_name_chooses_the_audience(chat: openai.OpenAI) -> None:
    done = chat.chat.completions.create(model="medqa-clinician", messages=asked("What is high blood pressure?"))
    assert done.medqa["audience"] == "clinician"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"model": "gpt-9"}, openai.NotFoundError),
        ({"messages": []}, openai.UnprocessableEntityError),
        ({"messages": [{"role": "user", "content": ""}]}, openai.UnprocessableEntityError),
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, openai.UnprocessableEntityError),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, openai.UnprocessableEntityError),
        ({"n": 3}, openai.UnprocessableEntityError),
        ({"messages": [{"role": "user", "content": "a" * 100_000}]}, openai.APIStatusError),
    ],
)
def test_errors_come_in_openais_shape(
    chat: openai.OpenAI, fits: Check, body: dict[str, Any], kind: type[openai.APIStatusError]
) -> None:
    with pytest.raises(kind) as caught:
        chat.chat.completions.create(**{"model": "medqa", "messages": asked("What is flu?"), **body})
    fits("openai_error", caught.value.response.json())
