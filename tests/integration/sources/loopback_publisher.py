"""A publisher on loopback that speaks HTTP as real ones do, and fails as real ones do when told to."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came in; ``values`` are those of the query and of a posted form."""

    method: str
    path: str
    values: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What is sent. ``cut_after`` closes the connection after so many bytes of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None


Route = bytes | Reply | Callable[[Asked], "bytes | Reply"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class Publisher:
    """``routes`` by path, ``*`` for any other; ``faults`` by path are sent first, one a request.

    Files get an ETag and answer Range.
    """

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.faults: dict[str, list[Reply]] = defaultdict(list)
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.asked]

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.faults[asked.path]:
            return _cut(self.faults[asked.path].pop(0), self._of(asked))
        return self._of(asked)

    def _of(self, asked: Asked) -> Reply:
        route = self.routes.get(asked.path, self.routes.get("*"))
        if route is None:
            return Reply(b"not here", 404)
        found = route(asked) if callable(route) else route
        return found if isinstance(found, Reply) else _file(found, asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _serve(self, posted: bytes) -> None:
                parts = urlsplit(self.path)
                values = dict(parse_qsl(parts.query, True) + parse_qsl(posted.decode(), True))
                reply = publisher.reply(Asked(self.command, parts.path, values, dict(self.headers)))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut_after])
                self.close_connection = self.close_connection or reply.cut_after is not None

            def log_message(self, *args: object) -> None:
                """Silence."""

        return Handler


def _cut(fault: Reply, whole: Reply) -> Reply:
    """A fault that only cuts takes body and headers of what would have been sent."""
    if fault.status == 200 and fault.cut_after is not None and not fault.body:
        return Reply(whole.body, whole.status, whole.headers, fault.cut_after)
    return fault


def _file(content: bytes, asked: Asked) -> Reply:
    etag = f'"{hashlib.md5(content).hexdigest()}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    if asked.headers.get("If-None-Match") == etag:
        return Reply(b"", 304, headers)
    wanted = asked.headers.get("Range", "")
    if wanted and asked.headers.get("If-Range", etag) == etag:
        at = int(wanted.removeprefix("bytes=").rstrip("-"))
        if at >= len(content):
            return Reply(b"", 416, {"Content-Range": f"bytes */{len(content)}"})
        return Reply(content[at:], 206, {**headers, "Content-Range": f"bytes {at}-{len(content) - 1}/{len(content)}"})
    return Reply(content, 200, headers)
