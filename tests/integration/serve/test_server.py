"""`medqa serve` as a process: starts, says where it is, serves, stops."""

from __future__ import annotations

import contextlib
import http.server
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from local_servers import free_port, serving

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(("stop", "with_page"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_it_serves_logs_no_question_and_stops_cleanly(
    built_home: Path, tmp_path: Path, stop: signal.Signals, with_page: bool
) -> None:
    port, log = free_port(), tmp_path / "log"
    with serving(built_home, port, log, page=with_page, MEDQA_LOG_LEVEL="info") as process, ExitStack() as open_pages:
        url = f"http://127.0.0.1:{port}"
        answer = httpx.post(f"{url}/v1/ask", json={"question": "What is high blood pressure?"}, timeout=30)
        assert answer.json()["status"] == "answered"
        assert "attachShadow" in httpx.get(f"{url}/widget.js").text
        with httpx.stream(
            "POST", f"{url}/v1/ask", json={"question": "What is a fever?"}, headers={"Accept": "text/event-stream"}
        ) as stream:
            assert b"event: done" in b"".join(stream.iter_raw())
        if with_page:  # a page holds a connection for as long as it is open
            held = open_pages.enter_context(httpx.stream("GET", f"{url}/gradio_api/heartbeat/a-page", timeout=60))
            assert b"ALIVE" in next(held.iter_raw())
        process.send_signal(stop)
        asked_at = time.monotonic()
        out, _ = process.communicate(timeout=20)
        assert time.monotonic() - asked_at < 9, "it waited for pages that stay open"
    said = log.read_text()
    assert process.returncode == 0, said
    assert out == b""
    assert f"MedQA is ready: {url}" in said
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said
    assert "blood pressure" not in said
    entries = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert any("/v1/ask 200" in entry["message"] for entry in entries)


def test_a_port_in_use_is_named_with_the_fix_before_anything_slow(medqa: Run, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = medqa("serve", "--port", port, "--home", home)
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr
    assert not home.exists()


def test_an_address_that_is_not_ours_is_named(medqa: Run, home: Path) -> None:
    done = medqa("serve", "--host", "203.0.113.7", "--home", home)
    assert done.returncode == 1
    assert "203.0.113.7" in done.stderr


def test_ctrl_c_while_the_first_index_is_built_ends_in_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "medqa", "serve", "--no-page", "--home", str(home), "--port", str(free_port())]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    first = process.stderr.readline()  # the first word of progress
    assert first
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().rstrip().endswith("Interrupted.")
    assert "Traceback" not in err.decode()


class Drip(http.server.BaseHTTPRequestHandler):
    """A served model that writes a word a second for as long as it is read."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                piece = {"choices": [{"delta": {"content": "High blood pressure often has no symptoms. [1] "}}]}
                self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
                self.wfile.flush()
                time.sleep(1)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def drip() -> Iterator[str]:
    """The address of that model."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_an_answer_that_does_not_end_is_broken_off_with_a_word_to_its_reader(
    built_home: Path, tmp_path: Path, drip: str
) -> None:
    port, log = free_port(), tmp_path / "log"
    model = {"MEDQA_CHAT_MODEL": "openai", "MEDQA_LLM_BASE_URL": drip, "MEDQA_LLM_MODEL": "drip"}
    url, asked = f"http://127.0.0.1:{port}", {"question": "What is high blood pressure?"}
    with (
        serving(built_home, port, log, **model) as process,
        httpx.Client(base_url=url, timeout=60) as client,
        ThreadPoolExecutor() as readers,
    ):
        whole = readers.submit(client.post, "/v1/ask", json=asked)
        with client.stream("POST", "/v1/ask", json=asked, headers={"Accept": "text/event-stream"}) as stream:
            lines = stream.iter_lines()
            assert any(line == "event: token" for line in lines)
            process.send_signal(signal.SIGINT)
            rest = list(lines)
        process.communicate(timeout=30)
    assert rest[-3] == "event: error"
    assert json.loads(rest[-2].removeprefix("data: "))["code"] == "stopping"
    assert whole.result().status_code == 503
    assert whole.result().json()["error"]["code"] == "stopping"
    said = log.read_text()
    assert process.returncode == 0, said
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said
    assert "Exception" not in said
    assert "Task" not in said
