"""Limits by arithmetic: of the right size, and moving the right way."""

from __future__ import annotations

import pytest

from evals.overhead.limits import Device, Work, answers_per_s, tokens_per_s
from evals.overhead.shapes import SHAPES, shape_of
from medqa.errors import UsageError

QWEN_VOCABULARY = 151_936
H200 = Device(bytes_per_s=4.8e12, operations_per_s=9.89e14)
WORK = Work(read=3000.0, context=3000.0, written=300.0)


def test_the_shapes_weigh_what_their_names_say() -> None:
    sizes = {name: shape.parameters(QWEN_VOCABULARY) for name, shape in SHAPES.items()}
    assert 7.0e9 < sizes["8b"] < 8.2e9
    assert 1.2e9 < sizes["1.4b"] < 2.0e9
    assert sorted(sizes.values()) == list(sizes.values())
    assert shape_of("8b").cache_bytes == 144 * 1024


def test_one_stream_is_bound_by_reading_the_weights_once_a_token() -> None:
    alone = tokens_per_s(shape_of("8b"), QWEN_VOCABULARY, H200, Work(read=0, context=0, written=1e-9), 1)
    assert alone == pytest.approx(4.8e12 / (2 * shape_of("8b").parameters(QWEN_VOCABULARY)))


def test_more_streams_write_more_and_each_of_them_less() -> None:
    rates = [tokens_per_s(shape_of("8b"), QWEN_VOCABULARY, H200, WORK, n) for n in (1, 32, 256)]
    assert rates == sorted(rates)
    assert [rate / n for rate, n in zip(rates, (1, 32, 256), strict=True)] == sorted(
        (rate / n for rate, n in zip(rates, (1, 32, 256), strict=True)), reverse=True
    )


def test_what_is_cached_need_not_be_read() -> None:
    cached = Work(read=1000.0, context=3000.0, written=300.0)
    assert answers_per_s(shape_of("8b"), QWEN_VOCABULARY, H200, cached, 256) > answers_per_s(
        shape_of("8b"), QWEN_VOCABULARY, H200, WORK, 256
    )


def test_an_unknown_shape_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="50m, 150m"):
        shape_of("9b")
