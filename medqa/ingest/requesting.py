"""One request at a time to one publisher: paced, patient within bounds, and staying with the host that was named.

A redirect to another host is refused: what is fetched becomes medical evidence, so it must come from the publisher or
from the mirror that a person named.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from medqa.errors import FetchError

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = frozenset({200})
_MOST_HOPS = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How to behave towards a publisher. Times are seconds.

    ``pause_s`` lies between two requests; ``patience_s`` is the longest wait that is accepted between two attempts.
    ``hosts`` are the further hosts to which the publisher may redirect. ``secrets`` never appear in messages.
    ``sign`` gives the headers by which a publisher knows that we may read an address.
    """

    agent: str = "MedQA"
    pause_s: float = 0.34
    attempts: int = 6
    first_wait_s: float = 1.0
    patience_s: float = 120.0
    timeout_s: float = 60.0
    most_answer_mb: int = 256
    most_file_mb: int = 8_192
    hosts: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()
    sign: Callable[[str], Mapping[str, str]] | None = None

    def shown(self, url: str) -> str:
        """The address as it may appear in a message."""
        for secret in filter(None, self.secrets):
            url = url.replace(secret, "***")
        return url[:300]


class TransientError(Exception):
    """Worth another attempt, after ``retry_after_s`` where the server said so."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.status = status


class PatienceLostError(FetchError):
    """Every attempt failed for a reason that passes."""


class Line:
    """The connection to a publisher. Close it after use."""

    def __init__(self, manners: Manners, sleep: Callable[[float], None] = time.sleep) -> None:
        import httpx

        self.manners = manners
        self._sleep = sleep
        self._free_at = 0.0
        self._client = httpx.Client(
            headers={"User-Agent": manners.agent}, timeout=httpx.Timeout(manners.timeout_s), follow_redirects=False
        )

    def close(self) -> None:
        """Ends all connections."""
        self._client.close()

    def patiently(self, attempt: Callable[[], _T], url: str) -> _T:
        """What the attempt returns, made again while it fails for reasons that pass. Raises FetchError."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except TransientError as err:
            tried = f"tried {self.manners.attempts} times"
            raise PatienceLostError(f"{self.manners.shown(url)}: {err}; {tried}", status=err.status) from err

    @contextmanager
    def sent(
        self,
        method: str,
        url: httpx.URL | str,
        *,
        form: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        expected: frozenset[int] = _OK,
    ) -> Iterator[httpx.Response]:
        """The response, its body still to be read, after redirects. Raises FetchError or TransientError."""
        import httpx

        data = {name: str(value) for name, value in form.items()} if form else None
        shown = self.manners.shown(str(url))
        try:
            address = httpx.URL(url)
            for _ in range(_MOST_HOPS):
                self._pace()
                signed = self.manners.sign(str(address)) if self.manners.sign else {}
                all_headers = {**(headers or {}), **signed}
                with self._client.stream(method, address, data=data, headers=all_headers) as response:
                    if response.status_code in _REDIRECTS:
                        address = self._redirected(address, response)
                    elif response.status_code in expected:
                        yield response
                        return
                    else:
                        raise self._refused(response)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as err:
            raise FetchError(f"{shown!r} is no http or https address") from err
        except httpx.TransportError as err:
            raise TransientError(f"the connection failed ({type(err).__name__})") from err
        raise FetchError(f"{shown} redirects more than {_MOST_HOPS} times")

    def _redirected(self, address: httpx.URL, response: httpx.Response) -> httpx.URL:
        target = address.join(response.headers.get("Location", ""))
        is_same = (target.scheme, target.host, target.port) == (address.scheme, address.host, address.port)
        is_upgrade = target.host == address.host and (address.scheme, target.scheme) == ("http", "https")
        is_named = target.scheme == "https" and target.host in self.manners.hosts
        if is_same or is_upgrade or is_named:
            return target
        raise FetchError(
            f"{self.manners.shown(str(address))} redirects to another address "
            f"({target.scheme}://{target.netloc.decode()}), which is refused: if the publisher has moved, "
            "name the new address with --option base_url=..."
        )

    def _refused(self, response: httpx.Response) -> Exception:
        status = response.status_code
        shown = self.manners.shown(str(response.url))
        if status not in _TRANSIENT:
            return FetchError(f"{shown} answers with status {status}", status=status)
        wait = _retry_after_s(response.headers.get("Retry-After", ""))
        if wait is not None and wait > self.manners.patience_s:
            asked = f"{response.url.host} asks to come back in {wait:,.0f} s"
            return FetchError(f"{asked}: run the same command again then; what has been fetched is kept", status=status)
        return TransientError(f"it answers with status {status}", retry_after_s=wait, status=status)

    def _pace(self) -> None:
        wait = self._free_at - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._free_at = time.monotonic() + self.manners.pause_s

    def _wait(self, state: RetryCallState) -> float:
        """As long as the server asked for, else a random time below a doubling bound (full jitter)."""
        from tenacity import wait_random_exponential

        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, TransientError) and failure.retry_after_s is not None:
            return failure.retry_after_s
        return wait_random_exponential(multiplier=self.manners.first_wait_s, max=self.manners.patience_s)(state)


def _retry_after_s(value: str) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date; ``None`` where it says nothing."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None
