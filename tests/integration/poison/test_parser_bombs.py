"""Bombs, loops and mazes in files: each ends inside its limits, with one clear line, while other files are read."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from medqa.domain.ingestion import DocumentRead, IngestEvent, Skipped
from medqa.ingest.chunkers.sections import SectionChunker
from medqa.ingest.run import IngestOptions, ingest

SECONDS = 2.0
MEMORY_MB = 500
GOOD = "Asthma narrows the airways and makes breathing hard."
FONT = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
WORDS = b"BT /F1 12 Tf 50 700 Td (Plain words stand here.) Tj ET"


def pdf(objects: dict[int, bytes], trailer: bytes = b"<</Root 1 0 R>>", tail: bytes = b"") -> bytes:
    """A PDF of numbered objects with a true cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    return bytes(out) + b"trailer" + trailer + tail + b"\nstartxref\n%d\n%%%%EOF" % start


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<" + entries + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream "


def page_of(content: bytes, resources: bytes = FONT, **more: bytes) -> dict[int, bytes]:
    return {
        1: b"<</Type/Catalog/Pages 2 0 R" + more.get("catalog", b"") + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources" + resources + b">>",
        4: content,
    }


def circular_xref() -> bytes:
    body = pdf(page_of(stream(WORDS)))
    start = body.rindex(b"startxref\n") + len(b"startxref\n")
    place = body[start:].split()[0]
    return body.replace(b"trailer<</Root 1 0 R>>", b"trailer<</Root 1 0 R/Prev " + place + b">>")


def circular_pages() -> bytes:
    objects = page_of(stream(WORDS))
    objects[2] = b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>"
    return pdf(objects)


def circular_outlines() -> bytes:
    objects = page_of(stream(WORDS), catalog=b"/Outlines 5 0 R")
    objects[5] = b"<</First 6 0 R/Last 6 0 R/Count 2>>"
    objects[6] = b"<</Title(a)/Parent 5 0 R/Next 7 0 R/First 7 0 R>>"
    objects[7] = b"<</Title(b)/Parent 5 0 R/Next 6 0 R/First 6 0 R>>"
    return pdf(objects)


def deep_outlines() -> bytes:
    objects = page_of(stream(WORDS), catalog=b"/Outlines 5 0 R")
    for number in range(5, 20_000):
        objects[number] = b"<</Title(a)/First %d 0 R>>" % (number + 1)
    return pdf(objects)


def deep_arrays() -> bytes:
    return pdf(page_of(stream(WORDS)) | {9: b"[" * 200_000 + b"]" * 200_000}, b"<</Root 1 0 R/Info 9 0 R>>")


def many_forms() -> bytes:
    """Ten thousand forms, each drawn by the one before it."""
    resources = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</X 5 0 R>>>>"
    objects = page_of(stream(WORDS + b" /X Do"), resources)
    for number in range(5, 10_005):
        inner = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        objects[number] = stream(b"/X Do", inner)
    return pdf(objects)


def doubling_forms() -> bytes:
    """Thirty forms, each drawing the next one twice."""
    objects = page_of(stream(WORDS + b" /X Do"), b"<</XObject<</X 5 0 R>>>>")
    for number in range(5, 35):
        inner = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        objects[number] = stream(b"/X Do /X Do", inner)
    objects[35] = stream(WORDS, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources" + FONT)
    return pdf(objects)


def endless_image() -> bytes:
    return pdf(page_of(stream(b"BI /W 9 /H 9 /BPC 8 /CS /G ID " + b"\x00E I" * 2_000_000)))


def flate_bomb() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"0" * (1 << 20)) for _ in range(600)) + packer.flush()
    return pdf(page_of(stream(packed, b"/Filter/FlateDecode")))


def nested_flate_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"(A) Tj " * 40_000_000, 9), 9)
    return pdf(page_of(stream(packed, b"/Filter[/FlateDecode/FlateDecode]")))


def xml(declarations: str, body: str) -> bytes:
    head = f'<?xml version="1.0"?><!DOCTYPE article [{declarations}]>'
    return (head + f'<article article-type="x"><front/><body><p>{body}</p></body></article>').encode()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return xml(f'<!ENTITY a0 "lol">{entities}', "&a11;")


def quadratic() -> bytes:
    return xml(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 50_000)


def external(target: str) -> Callable[[], bytes]:
    return lambda: xml(f'<!ENTITY x SYSTEM "{target}">', "&x;")


def parameter_entities() -> bytes:
    return xml('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', "x")


def deep_xml() -> bytes:
    return b"<article>" + b"<sec>" * 300_000 + b"x" + b"</sec>" * 300_000 + b"</article>"


def attribute_flood() -> bytes:
    attributes = b" ".join(b'a%d="1"' % n for n in range(400_000))
    return b'<article article-type="x" ' + attributes + b"><body><p>x</p></body></article>"


def zip_of_zips() -> bytes:
    data = b"0" * (10 << 20)
    for level in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{level}-{copy}.zip", data)
        data = out.getvalue()
    return data


def word(parts: dict[str, bytes], **raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            archive.writestr(name, data)
    return out.getvalue()


def word_with_zips() -> bytes:
    return word({"word/document.xml": b"<w/>", **{f"word/embeddings/{n}.zip": b"0" * (60 << 20) for n in range(5)}})


def word_of_many_parts() -> bytes:
    return word({"word/document.xml": b"<w/>", **{f"word/{n}.xml": b"" for n in range(6_000)}})


def deep_html() -> bytes:
    return b"<html><body>" + b"<div style='color:red'>" * 100_000 + b"words" + b"</div>" * 100_000


def styled_html() -> bytes:
    rules = b".a{" + b"left:-" * 200_000 + b"}"
    return b"<html><style>" + rules + b"</style><body><p style='" + b"color:" * 200_000 + b"'>words</p></body></html>"


BOMBS: dict[str, Callable[[], bytes]] = {
    "circular-xref.pdf": circular_xref,
    "circular-pages.pdf": circular_pages,
    "circular-outlines.pdf": circular_outlines,
    "deep-outlines.pdf": deep_outlines,
    "deep-arrays.pdf": deep_arrays,
    "many-forms.pdf": many_forms,
    "doubling-forms.pdf": doubling_forms,
    "endless-image.pdf": endless_image,
    "flate.pdf": flate_bomb,
    "nested-flate.pdf": nested_flate_bomb,
    "laughs.nxml": laughs,
    "quadratic.nxml": quadratic,
    "xxe-file.nxml": external("file:///etc/passwd"),
    "xxe-net.nxml": external("http://127.0.0.1:9/x"),
    "xxe-parameter.nxml": parameter_entities,
    "deep.nxml": deep_xml,
    "attributes.nxml": attribute_flood,
    "zips.zip": zip_of_zips,
    "zips.docx": zip_of_zips,
    "embedded.docx": word_with_zips,
    "many-parts.docx": word_of_many_parts,
    "deep.html": deep_html,
    "styled.html": styled_html,
    "brackets.md": lambda: b"[" * 3_000_000,
    "quotes.md": lambda: b">" * 500_000 + b"x",
    "emphasis.md": lambda: b"*a_ " * 500_000,
    "tags.md": lambda: b"<a " * 100_000 + b"<b style='" * 50_000,
    "comments.md": lambda: b"<!--" * 500_000,
    "aliases.md": lambda: (
        b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9))
        + b"---\n\nwords\n"
    ),
}
HARMLESS = {
    "circular-xref.pdf", "circular-pages.pdf", "circular-outlines.pdf", "deep-outlines.pdf", "deep-arrays.pdf",
    "many-forms.pdf", "doubling-forms.pdf", "endless-image.pdf", "deep.html", "styled.html", "quotes.md", "emphasis.md",
    "tags.md", "comments.md", "aliases.md", "deep.nxml", "attributes.nxml", "xxe-parameter.nxml",
}  # fmt: skip
"""Those that may also be read, as long as it is quick."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[float, IngestEvent]], float]:
    """Every event with its time, good files between the bombs; and the time of the whole run."""
    folder = tmp_path_factory.mktemp("bombs")
    for number, (name, make) in enumerate(BOMBS.items()):
        (folder / name).write_bytes(make())
        (folder / f"{name}.good.txt").write_text(f"{GOOD} Note {number}.")
    options = IngestOptions(workers=2, seconds=SECONDS, memory_mb=MEMORY_MB, max_file_mb=50)
    began = time.monotonic()
    events = ingest([folder], options=options, chunker=SectionChunker(160), known=lambda s, p: None)
    timed = [(time.monotonic() - began, event) for event in events]
    return timed, time.monotonic() - began


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_one_line_or_nothing(run: tuple[list[tuple[float, IngestEvent]], float], name: str) -> None:
    lines = [event for _, event in run[0] if isinstance(event, Skipped) and event.path == name]
    texts = [e.passages for _, e in run[0] if isinstance(e, DocumentRead) and e.file.path == name]
    assert len(lines) == 1 or (name in HARMLESS and texts), (lines, texts)
    assert not any("root:" in passage.text for passages in texts for passage in passages)


def test_the_files_beside_the_bombs_are_read(run: tuple[list[tuple[float, IngestEvent]], float]) -> None:
    read = {event.file.path for _, event in run[0] if isinstance(event, DocumentRead)}
    assert {f"{name}.good.txt" for name in BOMBS} <= read


def test_no_bomb_takes_longer_than_it_may(run: tuple[list[tuple[float, IngestEvent]], float]) -> None:
    times = [at for at, _ in run[0]]
    slowest = max(after - before for before, after in zip([0.0, *times], times, strict=False))
    assert slowest < SECONDS + 10.0
