"""A real HTTP server that speaks OpenAI's protocol; what it writes is decided by a function of the request."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str]


@dataclass
class ProtocolServer:
    """``answer`` gives the text for a request's body; ``requests`` are the bodies that came in.

    Where it counts, ``/metrics`` tells of 100 tokens a prompt, 60 of them cached, and 10 written for each.
    """

    answer: Answer
    counts: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    base_url: str = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[ProtocolServer]:
        """The server on a free loopback port."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.base_url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _handler(mine: ProtocolServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            if self.path == "/metrics" and mine.counts:
                self._send("text/plain", _figures(len(mine.requests)))
            else:
                self._send("application/json", json.dumps({"data": [{"id": "small-model"}]}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            mine.requests.append(body)
            text = mine.answer(body)
            if body.get("stream"):
                self._send("text/event-stream", "".join(_event(piece) for piece in [*_pieces(text), None]))
            else:
                self._send("application/json", json.dumps({"choices": [_choice(text, body)]}))

        def _send(self, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _figures(requests: int) -> str:
    counters = {"prompt_tokens": 100, "prefix_cache_hits": 60, "generation_tokens": 10}
    return "".join(
        f"# TYPE vllm:{name} counter\nvllm:{name}_total {each * requests}\n" for name, each in counters.items()
    )


def _pieces(text: str) -> list[str]:
    return [text[at : at + 12] for at in range(0, len(text), 12)]


def _event(piece: str | None) -> str:
    choice = {"index": 0, "delta": {"content": piece or ""}, "finish_reason": None if piece else "stop"}
    return "data: " + json.dumps({"choices": [choice]}) + "\n\n" + ("" if piece else "data: [DONE]\n\n")


def _choice(text: str, body: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    if body.get("logprobs"):
        top = [{"token": text, "logprob": -0.1}, {"token": "Z", "logprob": -3.0}]
        choice["logprobs"] = {"content": [{"token": text, "logprob": -0.1, "top_logprobs": top}]}
    return choice
