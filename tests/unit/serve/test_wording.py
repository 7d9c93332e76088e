"""Failures in the reader's language."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from medqa import errors
from medqa.domain.language import language_of
from medqa.errors import MedQAError, Overloaded, RateLimited, UsageError
from medqa.serve.questions import read_conversation, read_filters, read_k, read_question, read_row
from medqa.serve.wording import language_of_reader, message_of, warning
from medqa.settings import Settings

SETTINGS = Settings(home=Path("nowhere"))
CHINESE = tomllib.loads(files("medqa.serve").joinpath("data/failures.toml").read_text("utf-8"))["zh"]


def failing(call: object, *given: object, **named: object) -> MedQAError:
    with pytest.raises(UsageError) as caught:
        call(*given, **named)  # type: ignore[operator]
    return caught.value


WRONG = [
    failing(read_question, "  ", settings=SETTINGS),
    failing(read_question, "a" * 20_000, settings=SETTINGS),
    failing(read_question, None, settings=SETTINGS),
    failing(read_question, "flu", settings=SETTINGS, audience="nurse"),
    failing(read_question, "flu", settings=SETTINGS, language="fr"),
    failing(read_question, "flu", settings=SETTINGS, jurisdiction="XX"),
    failing(read_question, "flu", settings=SETTINGS, turns="before"),
    failing(read_question, "flu", settings=SETTINGS, turns=["x"] * 1000),
    failing(read_question, "flu", settings=SETTINGS, turns=["x" * 20_000]),
    failing(read_question, "flu", settings=SETTINGS, turns=[{"role": "system", "content": "x"}]),
    failing(read_row, {"query": "x" * 20_000}, field="query", settings=SETTINGS),
    failing(read_conversation, {}, settings=SETTINGS),
    failing(read_k, 0),
    failing(read_filters, "year"),
    Overloaded("busy", retry_after_s=7),
    RateLimited("busy", retry_after_s=7),
]


@pytest.mark.parametrize("err", WRONG, ids=lambda err: f"{err.code}-{getattr(err, 'field', None)}")
def test_what_was_wrong_is_said_in_chinese_with_its_numbers(err: MedQAError) -> None:
    said = message_of(err, "zh")
    assert language_of(said) == "zh"
    assert "{" not in said
    assert said not in (CHINESE["error"], CHINESE["bad_input"], CHINESE["too_long"])
    assert message_of(err, "en") == str(err)


def test_the_length_and_the_limit_are_named() -> None:
    said = message_of(WRONG[1], "zh")
    assert "20,000" in said
    assert f"{SETTINGS.max_question_chars:,}" in said


def test_every_kind_of_error_has_chinese_words() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MedQAError)]
    assert {kind.code for kind in kinds} <= CHINESE.keys()


def test_an_error_of_an_unknown_kind_still_speaks_chinese() -> None:
    class Odd(MedQAError):
        code = "odd"

    assert message_of(Odd("odd"), "zh") == CHINESE["error"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr-FR, zh-TW;q=0.7", "zh"),
        ("ZH", "zh"),
        ("*", None),
        ("", None),
    ],
)
def test_the_first_language_known_here_is_spoken(header: str, language: str | None) -> None:
    assert language_of_reader(header) == language


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2 of 9 pages hold no text: 3, 4", "全文 9 页中有 2 页没有文字：第 3, 4 页"),
        ("1 of 9 pages could not be read: 5", "全文 9 页中有 1 页无法读取：第 5 页"),
        ("named .txt, but read as PDF", "文件名以 .txt 结尾，但内容是 PDF，已按后者读取"),
        ("the file is long: only its first part can be searched", "文件很长，只能查找它的前一部分"),
    ],
)
def test_what_an_attached_document_holds_is_told_in_chinese(said: str, shown: str) -> None:
    assert warning(said, "zh") == shown
    assert warning(said, "en") == said


def test_a_warning_that_nobody_has_put_into_chinese_is_shown_as_it_is() -> None:
    assert warning("the moon is full", "zh").endswith("（英文提示）：the moon is full")
