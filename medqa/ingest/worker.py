"""The parser process: reads jobs from stdin, writes parsed items to stdout, within limits that it cannot lift.

One JSON object a line each way. The process says ``{"ready": true}`` once. A job is ``{"path", "parser", "source"}``;
the answer to it is any number of items, then ``{"end": true}`` or ``{"failed": reason, "message": ...}``.
Started as ``python -m medqa.ingest.worker <memory_mb> <seconds>`` by ``sandbox``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from medqa.domain.document import Source
from medqa.errors import ParseError
from medqa.ingest.formats import parsers
from medqa.ingest.wire import item_to_json

# Parsing reads one file. A parser that is tricked into more is stopped here, and the run reports it.
_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "os.startfile",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "shutil.",
    "urllib.Request", "ctypes.dlopen", "webbrowser.", "ftplib.", "http.client.", "smtplib.",
)  # fmt: skip


def main(memory_mb: int, seconds: float) -> None:
    """Serves jobs until stdin closes."""
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # a parser that prints must not write into the answers
    _limit_memory(memory_mb)
    sys.addaudithook(_refuse)
    _write({"ready": True}, answers)
    answers.flush()
    for line in sys.stdin.buffer:
        _limit_cpu(seconds)
        if not _answer(json.loads(line), answers):
            return


def _answer(job: dict[str, Any], answers: BinaryIO) -> bool:
    """Writes the answer to one job. ``False`` when this process is not fit for another one."""
    is_fit = True
    try:
        parser = parsers()[job["parser"]]
        for item in parser.parse(Path(job["path"]), Source(**job["source"])):
            _write(item_to_json(item), answers)
        last: dict[str, Any] = {"end": True}
    except ParseError as err:
        last = {"failed": err.reason, "message": str(err)}
    except MemoryError:
        last, is_fit = {"failed": "memory_limit", "message": "needs more memory than a file may take"}, False
    except RecursionError:
        last = {"failed": "malformed", "message": "is nested too deeply"}
    except Exception as err:  # a parser library met what its authors did not foresee: this file's fault, not the run's
        last = {"failed": "malformed", "message": f"cannot be read as {job['parser']} ({type(err).__name__})"}
    _write(last, answers)
    answers.flush()
    return is_fit


def _write(value: dict[str, Any], answers: BinaryIO) -> None:
    answers.write(json.dumps(value).encode("ascii") + b"\n")


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    is_write = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if is_write or event.startswith(_REFUSED):
        raise PermissionError(f"a parser may not do this: {event}")


def _limit_memory(memory_mb: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    # macOS knows no limit of address space; there the time limits and the file size limit remain.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(seconds: float) -> None:
    """The CPU time used so far and ``seconds`` more; the kernel ends the process beyond it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
