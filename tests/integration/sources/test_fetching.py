"""The HTTP client against a publisher that is slow, broken, moved or hostile."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from loopback_publisher import Publisher, Reply

from medqa.errors import FetchError
from medqa.ingest.fetching import Checksum, Fetcher, UnfitAnswerError, Validators
from medqa.ingest.requesting import Manners

FILE = bytes(range(256)) * 4_000  # about 1 MB


def md5(data: bytes) -> Checksum:
    return Checksum(algorithm="md5", digest=hashlib.md5(data).hexdigest())


def test_waits_as_long_as_the_publisher_asks_then_goes_on(
    publisher: Publisher, web: Fetcher, waits: list[float]
) -> None:
    publisher.routes["/a"] = b"hello"
    publisher.faults["/a"] = [Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503)]
    assert web.read(f"{publisher.url}/a").content == b"hello"
    assert waits[0] == 7
    assert 0 <= waits[1] <= 2  # full jitter below a doubling bound


def test_reads_a_date_in_retry_after(publisher: Publisher, web: Fetcher, waits: list[float]) -> None:
    publisher.routes["/a"] = b"hello"
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    publisher.faults["/a"] = [Reply(status=503, headers={"Retry-After": soon})]
    web.read(f"{publisher.url}/a")
    assert 25 < waits[0] <= 30


def test_gives_up_at_once_when_told_to_come_back_much_later(
    publisher: Publisher, web: Fetcher, waits: list[float]
) -> None:
    publisher.faults["/a"] = [Reply(status=429, headers={"Retry-After": "86400"})]
    with pytest.raises(FetchError, match="come back in 86,400 s"):
        web.read(f"{publisher.url}/a")
    assert not waits


def test_gives_up_after_a_bounded_number_of_attempts(publisher: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = Reply(status=503)
    with pytest.raises(FetchError, match="tried 6 times") as failed:
        web.read(f"{publisher.url}/a")
    assert failed.value.status == 503
    assert len(publisher.asked) == 6


def test_does_not_ask_again_for_what_is_not_there(publisher: Publisher, web: Fetcher) -> None:
    with pytest.raises(FetchError, match="status 404"):
        web.read(f"{publisher.url}/missing")
    assert len(publisher.asked) == 1


def test_a_publisher_that_is_away_is_one_clear_error(publisher: Publisher, web: Fetcher) -> None:
    publisher.close()
    with pytest.raises(FetchError, match="connection failed"):
        web.read(f"{publisher.url}/a")
    publisher.__init__()  # type: ignore[misc]  # so that the fixture can close it


def test_asks_again_for_an_answer_that_is_not_what_was_asked_for(publisher: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = b'{"whole": true}'
    publisher.faults["/a"] = [Reply(b'{"error": "busy"'), Reply(b"<html>")]
    assert web.read_json(f"{publisher.url}/a") == {"whole": True}

    def never(content: bytes) -> None:
        raise UnfitAnswerError("it is no such thing")

    with pytest.raises(FetchError, match="no such thing"):
        web.read(f"{publisher.url}/a", check=never)


def test_a_redirect_to_another_host_is_refused(publisher: Publisher, mirror: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = Reply(status=302, headers={"Location": f"{mirror.url}/a"})
    mirror.routes["/a"] = b"not the publisher's"
    with pytest.raises(FetchError, match="redirects to another address"):
        web.read(f"{publisher.url}/a")
    assert not mirror.asked


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "//evil.example/a", "gopher://x"])
def test_a_redirect_to_another_kind_of_address_is_refused(publisher: Publisher, web: Fetcher, target: str) -> None:
    publisher.routes["/a"] = Reply(status=301, headers={"Location": target})
    with pytest.raises(FetchError, match="refused"):
        web.read(f"{publisher.url}/a")


def test_follows_a_redirect_on_the_same_host_but_not_in_circles(publisher: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = Reply(status=308, headers={"Location": "/b"})
    publisher.routes["/b"] = b"moved"
    publisher.routes["/c"] = Reply(status=302, headers={"Location": "/c"})
    assert web.read(f"{publisher.url}/a").content == b"moved"
    with pytest.raises(FetchError, match="redirects more than"):
        web.read(f"{publisher.url}/c")


def test_an_answer_without_end_is_refused(publisher: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = b"x" * (5 << 20)
    with pytest.raises(FetchError, match="more than 4 MB"):
        web.read(f"{publisher.url}/a")


def test_a_key_never_shows_in_a_message(publisher: Publisher, waits: list[float]) -> None:
    fetcher = Fetcher(Manners(pause_s=0, attempts=1, secrets=("s3cr3t",)), sleep=waits.append)
    with pytest.raises(FetchError) as failed:
        fetcher.read(f"{publisher.url}/a?api_key=s3cr3t")
    fetcher.close()
    assert "s3cr3t" not in str(failed.value)


def test_keeps_the_pace_that_the_publisher_wants(publisher: Publisher) -> None:
    publisher.routes["/a"] = b"x"
    fetcher = Fetcher(Manners(pause_s=0.1))
    began = time.monotonic()
    for _ in range(4):
        fetcher.read(f"{publisher.url}/a")
    fetcher.close()
    assert time.monotonic() - began >= 0.3


def test_says_who_is_asking(publisher: Publisher, web: Fetcher) -> None:
    publisher.routes["/a"] = b"x"
    web.read(f"{publisher.url}/a")
    assert publisher.asked[0].headers["User-Agent"] == "MedQA/test"


def test_a_download_goes_on_where_it_was_cut_off(publisher: Publisher, web: Fetcher, tmp_path: Path) -> None:
    publisher.routes["/f"] = FILE
    publisher.faults["/f"] = [Reply(cut_after=300_000), Reply(cut_after=400_000)]
    got = web.download(f"{publisher.url}/f", tmp_path / "part", checksum=md5(FILE))
    assert got is not None
    assert (tmp_path / "part").read_bytes() == FILE
    assert got.sha256 == hashlib.sha256(FILE).hexdigest()
    ranges = [asked.headers.get("Range") for asked in publisher.asked]
    assert ranges[0] is None
    assert all(each and each.startswith("bytes=") for each in ranges[1:])


def test_a_download_that_was_interrupted_goes_on_in_the_next_run(publisher: Publisher, tmp_path: Path) -> None:
    publisher.routes["/f"] = FILE
    publisher.faults["/f"] = [Reply(cut_after=500_000), Reply(status=404)]
    impatient = Fetcher(Manners(pause_s=0, attempts=1))
    with pytest.raises(FetchError):
        impatient.download(f"{publisher.url}/f", tmp_path / "part")
    impatient.close()
    held = (tmp_path / "part").stat().st_size
    assert 0 < held < len(FILE)
    later = Fetcher(Manners(pause_s=0))
    later.download(f"{publisher.url}/f", tmp_path / "part", checksum=md5(FILE))
    later.close()
    assert publisher.asked[-1].headers["Range"] == f"bytes={held}-"
    assert (tmp_path / "part").read_bytes() == FILE


def test_a_download_begins_anew_when_the_file_has_changed_meanwhile(
    publisher: Publisher, web: Fetcher, tmp_path: Path
) -> None:
    publisher.routes["/f"] = FILE
    publisher.faults["/f"] = [Reply(cut_after=300_000), Reply(status=404)]
    with pytest.raises(FetchError):
        web.download(f"{publisher.url}/f", tmp_path / "part")
    publisher.routes["/f"] = FILE[::-1]
    web.download(f"{publisher.url}/f", tmp_path / "part", checksum=md5(FILE[::-1]))
    assert (tmp_path / "part").read_bytes() == FILE[::-1]


def test_a_download_that_was_whole_but_not_yet_filed_is_not_fetched_again(
    publisher: Publisher, web: Fetcher, tmp_path: Path
) -> None:
    publisher.routes["/f"] = FILE
    web.download(f"{publisher.url}/f", tmp_path / "part")
    got = web.download(f"{publisher.url}/f", tmp_path / "part", checksum=md5(FILE))
    assert got is not None
    assert got.size == len(FILE)
    assert got.validators.etag


def test_a_wrong_checksum_is_tried_again_and_then_refused(publisher: Publisher, web: Fetcher, tmp_path: Path) -> None:
    publisher.routes["/f"] = FILE
    publisher.faults["/f"] = [Reply(FILE[:-1] + b"?")]
    assert web.download(f"{publisher.url}/f", tmp_path / "one", checksum=md5(FILE)) is not None
    publisher.routes["/f"] = FILE + b"tampered"
    with pytest.raises(FetchError, match="differs from its published MD5"):
        web.download(f"{publisher.url}/f", tmp_path / "two", checksum=md5(FILE))
    assert not (tmp_path / "two").exists()


def test_nothing_is_fetched_when_nothing_has_changed(publisher: Publisher, web: Fetcher, tmp_path: Path) -> None:
    publisher.routes["/f"] = FILE
    got = web.download(f"{publisher.url}/f", tmp_path / "part")
    assert got is not None
    again = web.download(f"{publisher.url}/f", tmp_path / "other", validators=got.validators)
    assert again is None
    assert web.download(f"{publisher.url}/f", tmp_path / "other", validators=Validators(etag='"old"')) is not None


def test_a_file_larger_than_allowed_is_refused_before_it_is_fetched(
    publisher: Publisher, web: Fetcher, tmp_path: Path
) -> None:
    publisher.routes["/f"] = b"x" * (5 << 20)
    with pytest.raises(FetchError, match="larger than 4 MB"):
        web.download(f"{publisher.url}/f", tmp_path / "part")
    assert not (tmp_path / "part").exists()
