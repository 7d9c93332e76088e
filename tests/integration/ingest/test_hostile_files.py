"""A bad file costs one clear line and nothing else: real bombs, real locks, real parser processes."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from medqa.domain.document import Source
from medqa.domain.ingestion import DocumentRead, IngestEvent, Skipped
from medqa.errors import ParseError
from medqa.ingest.chunkers.sections import SectionChunker
from medqa.ingest.run import IngestOptions, ingest
from medqa.ingest.sandbox import Limits, WorkerPool

DATA = Path(__file__).resolve().parents[2] / "data" / "ingest"
PDF = (DATA / "leaflet.pdf").read_bytes()
DOCX = (DATA / "guide.docx").read_bytes()
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + ']><article article-type="x"><front/><body><p>&a9;</p></body></article>'
)
XXE = (
    '<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<article article-type="x"><front/><body><p>&x;</p></body></article>'
)


def locked_pdf(password: str) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(PDF)))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb_pdf() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"(A) Tj " * 1_000_000) for _ in range(20)) + packer.flush()
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font"
        b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
        + str(len(packed)).encode()
        + b">>stream\n"
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF"
    )


def repacked_docx(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(DOCX)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "locked.pdf": (locked_pdf("secret"), "encrypted"),
    "truncated.pdf": (PDF[: len(PDF) // 2], "truncated"),
    "bomb.pdf": (bomb_pdf(), "too_large"),
    "garbage.pdf": (bytes(range(256)) * 20, "malformed"),
    "laughs.nxml": (LAUGHS.encode(), "unsafe_xml"),
    "laughs16.xml": (LAUGHS.encode("utf-16"), "unsafe_xml"),
    "xxe.xml": (XXE.encode(), "unsafe_xml"),
    "other.xml": (b"<?xml version='1.0'?><invoice><total>5</total></invoice>", "unknown_format"),
    "cut.nxml": ((DATA / "article.nxml").read_bytes()[:1500], "truncated"),
    "cut.xml.gz": (gzip.compress((DATA / "citations.xml").read_bytes())[:400], "truncated"),
    "bomb.xml.gz": (gzip.compress(b"<PubmedArticleSet>" + (b"<!--" + b"y" * 1_000 + b"-->") * 100_000), "too_large"),
    "elements.xml.gz": (gzip.compress(b"<PubmedArticleSet>" + b"<x/>" * 8_000_000), "memory_limit"),
    "bomb.jsonl.gz": (gzip.compress(b'{"_id": "a", "text": "' + b"A" * 300_000_000), "too_large"),
    "bomb.docx": (repacked_docx(b"<w>" + b"A" * 50_000_000), "too_large"),
    "entities.docx": (repacked_docx(b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'), "unsafe_xml"),
    "truncated.docx": (DOCX[: len(DOCX) // 2], "truncated"),
    "locked.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "old.doc": (OLE, "unknown_format"),
    "sheet.zip": (b"PK\x03\x04" + bytes(100), "unknown_format"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(range(1, 200)), "unknown_format"),
    "binary.txt": (bytes(range(1, 256)) * 20, "undecodable"),
    "empty.md": (b"", "empty"),
    "blank.txt": (b" \n\n ", "empty"),
    "menu.html": (b"<!doctype html><html><body><nav>Home</nav></body></html>", "empty"),
    "front.md": (b"---\ntitle: [\n---\n\ntext", "malformed"),
}
GOOD: dict[str, tuple[bytes, str]] = {
    "open.pdf": (locked_pdf(""), "narrows the airways"),
    "page.pdf": (b"<!doctype html><html><body><p>A page saved under a wrong name.</p></body></html>", "wrong name"),
    "gb.txt": ("高血压\n\n高血压通常没有症状。".encode("gb18030"), "高血压通常没有症状。"),
    "wide.txt": ("Fever\n\nA fever is 38 °C or more.".encode("utf-16"), "A fever is 38 °C or more."),
    "nul.txt": (b"Some\0text that has a NUL byte in it.", "Some text that has"),
    "script.html": (b"<html><body><script>evil()</script><p>Plain words.</p></body></html>", "Plain words."),
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[IngestEvent]:
    """One run over a folder of them all, with good files between."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (data, _) in {**HOSTILE, **GOOD}.items():
        (folder / name).write_bytes(data)
    (folder / "out.txt").symlink_to("/etc/hostname")
    options = IngestOptions(workers=2, seconds=20, max_file_mb=50, memory_mb=512)
    return list(ingest([folder], options=options, chunker=SectionChunker(160), known=lambda s, p: None))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_costs_one_line_with_its_reason(events: list[IngestEvent], name: str) -> None:
    lines = [event for event in events if isinstance(event, Skipped) and event.path == name]
    assert [(line.path, line.reason) for line in lines] == [(name, HOSTILE[name][1])]
    assert 10 < len(lines[0].message) < 150


@pytest.mark.parametrize("name", GOOD)
def test_the_files_beside_it_are_read(events: list[IngestEvent], name: str) -> None:
    (read,) = [event for event in events if isinstance(event, DocumentRead) and event.file.path == name]
    assert GOOD[name][1] in read.passages[0].text
    assert "evil" not in read.passages[0].text


def test_nothing_else_comes_in(events: list[IngestEvent]) -> None:
    assert {event.file.path for event in events if isinstance(event, DocumentRead)} == set(GOOD)
    assert [event.path for event in events if isinstance(event, Skipped) and event.path not in HOSTILE] == ["out.txt"]


# --- the processes themselves ---

SOURCE = Source(id="s", title="S")


@pytest.fixture
def pool(request: pytest.FixtureRequest) -> Iterator[WorkerPool]:
    one = WorkerPool(1, Limits(memory_mb=300, seconds=request.param))
    yield one
    one.close()


def reason(pool: WorkerPool, path: Path, parser: str) -> str:
    worker = pool.take()
    try:
        worker.submit(path, parser, SOURCE)
        list(worker.items())
    except ParseError as err:
        return err.reason
    finally:
        pool.give_back(worker)
    return "read"


@pytest.mark.parametrize("pool", [3.0], indirect=True)
def test_a_parser_that_takes_too_long_is_killed_and_the_next_file_is_read(pool: WorkerPool, tmp_path: Path) -> None:
    slow, good = tmp_path / "slow.md", tmp_path / "good.md"
    slow.write_text("[" * 3_000_000)
    good.write_text("A good file.")
    began = time.monotonic()
    assert reason(pool, slow, "markdown") == "time_limit"
    assert time.monotonic() - began < 30
    assert reason(pool, good, "markdown") == "read"


@pytest.mark.parametrize("pool", [30.0], indirect=True)
def test_a_parser_that_needs_too_much_memory_is_stopped_and_the_next_file_is_read(
    pool: WorkerPool, tmp_path: Path
) -> None:
    large, good = tmp_path / "large.txt", tmp_path / "good.txt"
    with large.open("wb") as file:
        for _ in range(60):
            file.write(b"A line of text that is not long.\n\n" * 30_000)
    good.write_text("A good file.")
    assert reason(pool, large, "text") == "memory_limit"
    assert reason(pool, good, "text") == "read"


def test_a_parser_process_can_neither_write_nor_connect(tmp_path: Path) -> None:
    """The same limits as the worker's, tried from the inside."""
    import subprocess
    import sys

    script = (
        "import socket, sys\n"
        "from medqa.ingest import worker\n"
        "worker._limit_memory(512)\n"
        "sys.addaudithook(worker._refuse)\n"
        "for attempt in (lambda: open(sys.argv[1], 'w'), lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "                lambda: __import__('subprocess').run(['true'])):\n"
        "    try:\n"
        "        attempt()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, str(tmp_path / "x")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["refused"] * 3
    assert not (tmp_path / "x").exists()
