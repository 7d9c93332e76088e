"""S3 signatures, against the examples that AWS publishes."""

from __future__ import annotations

from datetime import UTC, datetime

from medqa.ingest.signing import Signer

# S3 API reference, "Signature Calculations for the Authorization Header", examples of 24 May 2013.
EXAMPLE = Signer(access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
MOMENT = datetime(2013, 5, 24, tzinfo=UTC)


def signature(url: str) -> str:
    return EXAMPLE(url, MOMENT)["Authorization"].rpartition("Signature=")[2]


def test_the_listing_of_a_bucket_is_signed_as_in_the_published_example() -> None:
    expected = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    assert signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J") == expected


def test_a_query_without_value_is_signed_as_in_the_published_example() -> None:
    expected = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    assert signature("https://examplebucket.s3.amazonaws.com/?lifecycle") == expected


def test_the_secret_does_not_show() -> None:
    assert EXAMPLE.secret_key not in repr(EXAMPLE)
    assert EXAMPLE.secret_key not in str(EXAMPLE("https://examplebucket.s3.amazonaws.com/a"))
