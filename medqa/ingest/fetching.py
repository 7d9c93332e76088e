"""What a publisher offers on the web, brought whole: answers into memory, files onto the disk.

Bodies have a size limit. A download that is cut off goes on where it stopped, and a published checksum is verified.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.errors import FetchError
from medqa.ingest.requesting import Line, Manners, PatienceLostError, TransientError
from medqa.ingest.saving import PartialFile

if TYPE_CHECKING:
    import httpx

_CHUNK = 1 << 16
_MOST_ROUNDS = 200
_FILE_STATUS = frozenset({200, 206, 304, 416})
Parameters = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """A published checksum. ``algorithm`` is ``md5`` or ``sha256``, ``digest`` hexadecimal."""

    algorithm: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server said about a version of a file, by which it can say that there is no newer one."""

    etag: str = ""
    last_modified: str = ""

    def condition(self) -> dict[str, str]:
        """Request headers that ask for the file only if it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer in memory. ``links`` are the addresses of its Link header by relation."""

    content: bytes
    url: str
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file that has arrived whole."""

    sha256: str
    size: int
    validators: Validators


class UnfitAnswerError(Exception):
    """Raised by a ``check`` for an answer with status 200 that is not what was asked for: it is asked for again."""


class Fetcher:
    """Reads answers and downloads files from one publisher. Close it after use."""

    def __init__(self, manners: Manners, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.manners = manners
        self._line = Line(manners, sleep)

    def close(self) -> None:
        """Ends all connections."""
        self._line.close()

    def read(
        self,
        url: str,
        parameters: Parameters | None = None,
        *,
        form: Parameters | None = None,
        check: Callable[[bytes], None] | None = None,
    ) -> Answer:
        """The answer to a GET, or to a POST of ``form``. Raises FetchError."""
        return self._line.patiently(lambda: self._read_once(_with(url, parameters), form, check), url)

    def read_json(self, url: str, parameters: Parameters | None = None) -> Any:
        """The value that a JSON answer holds. Raises FetchError."""
        return json.loads(self.read(url, parameters, check=_is_json).content)

    def download(
        self, url: str, part: Path, *, validators: Validators | None = None, checksum: Checksum | None = None
    ) -> Downloaded | None:
        """Brings a file to ``part``, going on where it was cut off; ``None`` when there is no newer one.

        Patience begins anew whenever some of the file arrived. Raises FetchError, also when every attempt brings a
        file that differs from its checksum; it is deleted then.
        """
        known, held = validators or Validators(), PartialFile(part)
        for _ in range(_MOST_ROUNDS):
            before = held.size
            try:
                return self._line.patiently(lambda: self._download_once(url, held, known, checksum), url)
            except PatienceLostError:
                if held.size <= before:
                    raise
        raise FetchError(f"{self.manners.shown(url)} is cut off again and again: run the same command again later")

    def _read_once(
        self, url: str | httpx.URL, form: Parameters | None, check: Callable[[bytes], None] | None
    ) -> Answer:
        most = self.manners.most_answer_mb << 20
        body = bytearray()
        with self._line.sent("POST" if form else "GET", url, form=form) as response:
            for chunk in response.iter_bytes(_CHUNK):
                body += chunk
                if len(body) > most:
                    raise FetchError(f"{self.manners.shown(str(url))} answers with more than {most >> 20} MB")
        content = bytes(body)
        if check is not None:
            try:
                check(content)
            except UnfitAnswerError as err:
                raise TransientError(str(err)) from err
        links = {str(name): each["url"] for name, each in response.links.items() if name and "url" in each}
        return Answer(content=content, url=str(response.url), links=links)

    def _download_once(
        self, url: str, part: PartialFile, known: Validators, checksum: Checksum | None
    ) -> Downloaded | None:
        headers = {"Accept-Encoding": "identity", **(part.resume_headers() or known.condition())}
        with self._line.sent("GET", url, headers=headers, expected=_FILE_STATUS) as response:
            if response.status_code == 304:
                return None
            validators = Validators(
                etag=response.headers.get("ETag", "") or part.etag,
                last_modified=response.headers.get("Last-Modified", ""),
            )
            if response.status_code != 416:
                self._save(response, part, validators.etag)
            elif response.headers.get("Content-Range") != f"bytes */{part.size}":  # else all of it is here already
                part.discard()
                raise TransientError("the server has another version of the file by now")
        if checksum and part.digest(checksum.algorithm) != checksum.digest.lower():
            part.discard()
            raise TransientError(f"the file differs from its published {checksum.algorithm.upper()} checksum")
        return Downloaded(sha256=part.digest("sha256"), size=part.size, validators=validators)

    def _save(self, response: httpx.Response, part: PartialFile, etag: str) -> None:
        """Appends to the part when the server goes on with it, else begins anew."""
        is_rest = response.status_code == 206
        if is_rest and not _begins_at(response, part.size):
            part.discard()
            raise TransientError("the server sends another part of the file than was asked for")
        written = part.size if is_rest else 0
        most = self.manners.most_file_mb << 20
        coming = response.headers.get("Content-Length", "")
        too_large = FetchError(f"{self.manners.shown(str(response.url))} is larger than {most >> 20} MB")
        if coming.isdigit() and written + int(coming) > most:
            raise too_large
        with part.open(written, etag) as file:
            for chunk in response.iter_raw(_CHUNK):
                written += len(chunk)
                if written > most:
                    raise too_large
                file.write(chunk)


def _with(url: str, parameters: Parameters | None) -> str | httpx.URL:
    if not parameters:
        return url
    import httpx

    return httpx.URL(url).copy_merge_params({name: str(value) for name, value in parameters.items()})


def _is_json(content: bytes) -> None:
    try:
        json.loads(content)
    except ValueError as err:
        raise UnfitAnswerError("the answer is not the JSON that was asked for") from err


def _begins_at(response: httpx.Response, at: int) -> bool:
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return found is not None and int(found.group(1)) == at
