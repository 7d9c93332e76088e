"""With no network but the loopback, everything works: in a network namespace that has no way out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Runs inside the namespace: switches the loopback on, shows that nothing else answers, then uses the whole app.
_INSIDE = """
import fcntl, json, os, signal, socket, struct, subprocess, sys, time, urllib.request
home = sys.argv[1]
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
with socket.socket() as s:
    s.settimeout(2)
    cut = s.connect_ex(("192.0.2.1", 80)) != 0
medqa = [sys.executable, "-m", "medqa"]
server = subprocess.Popen([*medqa, "serve", "--home", home, "--port", "7861"], stderr=subprocess.PIPE)
address = "http://127.0.0.1:7861"
for _ in range(600):
    try:
        urllib.request.urlopen(address + "/readyz", timeout=10).close()
        break
    except OSError:
        time.sleep(0.1)
def ask(question):
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(address + "/v1/ask", body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))["status"]
found = {
    "cut": cut,
    "page": b"gradio" in urllib.request.urlopen(address + "/", timeout=60).read(),
    "widget": urllib.request.urlopen(address + "/widget.js", timeout=60).status,
    "en": ask("What is asthma?"),
    "zh": ask("高血压有什么症状？"),
    "emergency": ask("crushing chest pain going into my left arm"),
}
server.send_signal(signal.SIGINT)
server.wait(30)
print(json.dumps(found))
"""


def test_the_whole_app_works_with_the_network_cut(starter_home: Path, network_cut: list[str]) -> None:
    """The index of ``starter_home`` was built with the network cut too."""
    if not network_cut:
        pytest.skip("this system lets no test make a network namespace: the network was not cut")
    done = subprocess.run(
        [*network_cut, sys.executable, "-c", _INSIDE, str(starter_home)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "cut": True,
        "page": True,
        "widget": 200,
        "en": "answered",
        "zh": "answered",
        "emergency": "emergency",
    }
