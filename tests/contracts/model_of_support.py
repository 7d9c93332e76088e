"""A loopback server that judges claims as a model would: absent where the claim speaks of bananas, else supported."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any


class _Judge(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        claim = body["messages"][-1]["content"].partition("<claim>")[2].partition("</claim>")[0]
        self.server.asked.append(body)  # type: ignore[attr-defined]
        word = "absent" if "anana" in claim or "香蕉" in claim else "supported"
        other = "supported" if word == "absent" else "partly"
        top = [{"token": word[:4], "logprob": -0.05}, {"token": other[:4], "logprob": -3.1}]
        message = {"role": "assistant", "content": word}
        choice = {"message": message, "finish_reason": "stop", "logprobs": {"content": [{"top_logprobs": top}]}}
        self._send({"choices": [choice]} if self.server.works else {"detail": "broken"})  # type: ignore[attr-defined]

    def _send(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Keeps the test's output clean."""


@contextlib.contextmanager
def judging(*, works: bool = True) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The base URL of a running server and the requests that it has had."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Judge) as server:
        server.asked, server.works = [], works  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", server.asked  # type: ignore[attr-defined]
        server.shutdown()
