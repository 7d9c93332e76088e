"""Which files a run meets, under which source, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medqa.domain.ingestion import Skipped
from medqa.errors import IngestError, UsageError
from medqa.ingest.identity import file_id
from medqa.ingest.manifest import read_manifest, slug
from medqa.ingest.walk import FoundFile, Root, roots, walk


def fill(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    return root


def met(root: Root) -> list[str]:
    return [item.relative for item in walk(root) if isinstance(item, FoundFile)]


def refused(root: Root) -> dict[str, str]:
    return {item.path: item.reason for item in walk(root) if isinstance(item, Skipped)}


def test_files_come_in_the_same_order_every_time(tmp_path: Path) -> None:
    fill(tmp_path, "b.md", "a/z.md", "a/b/c.md", "a.md")
    (root,) = roots([tmp_path], "s")
    assert met(root) == ["a/b/c.md", "a/z.md", "a.md", "b.md"]


def test_files_about_the_source_and_hidden_files_are_no_content(tmp_path: Path) -> None:
    fill(tmp_path, "README.md", "LICENSE", ".git/config", ".x.md", "~$a.docx", "__MACOSX/a.md", "a/README.md", "a.md")
    (root,) = roots([tmp_path], "s")
    assert met(root) == ["a/README.md", "a.md"]


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", "secret.md")
    folder = fill(tmp_path / "folder", "a.md", "sub/b.md")
    (folder / "out.md").symlink_to(outside / "secret.md")
    (folder / "outdir").symlink_to(outside)
    (folder / "inside.md").symlink_to(folder / "a.md")
    (folder / "loop").symlink_to(folder)
    (folder / "broken.md").symlink_to(folder / "nothing")
    (root,) = roots([folder], None)
    assert met(root) == ["a.md", "sub/b.md"]
    assert refused(root) == {"out.md": "outside_folder", "outdir": "outside_folder", "broken.md": "unreadable"}


def test_a_pipe_does_not_hang_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (root,) = roots([tmp_path], "s")
    assert refused(root) == {"pipe.txt": "unreadable"}


def test_a_beir_folder_is_its_corpus_not_its_questions(tmp_path: Path) -> None:
    fill(tmp_path, "corpus.jsonl", "queries.jsonl", "qrels/dev.tsv")
    (root,) = roots([tmp_path], "s")
    assert met(root) == ["corpus.jsonl"]


def test_a_manifest_names_the_source_and_chooses_files(tmp_path: Path) -> None:
    fill(tmp_path, "files/en/a.md", "files/b.md", "files/notes.txt", "drafts/c.md")
    (tmp_path / "manifest.toml").write_text(
        'id = "starter"\ntitle = "Starter"\npublisher = "Us"\nlicence = "CC-BY-4.0"\nretrieved = 2026-11-22\n'
        'clinically_reviewed = false\ninclude = ["files/**/*.md"]\nexclude = ["files/b.md"]\n'
    )
    (root,) = roots([tmp_path], None)
    source = root.manifest.source
    assert met(root) == ["files/en/a.md"]
    assert (source.id, source.publisher, source.retrieved) == ("starter", "Us", "2026-11-22")
    assert source.clinically_reviewed is False


def test_each_source_of_a_knowledge_base_is_found(tmp_path: Path) -> None:
    for name in ("one", "two"):
        fill(tmp_path / name, "files/a.md")
        (tmp_path / name / "manifest.toml").write_text(f'id = "{name}"\n')
    fill(tmp_path, "README.md", "loose/b.md")
    found = {root.manifest.source.id: met(root) for root in roots([tmp_path], "all")}
    assert found == {"all": ["loose/b.md"], "one": ["files/a.md"], "two": ["files/a.md"]}


def test_a_source_without_manifest_is_named_after_its_folder(tmp_path: Path) -> None:
    folder = fill(tmp_path / "My Guidelines (2024)", "a.md")
    assert read_manifest(folder).source.id == "my-guidelines-2024"
    assert slug("指南").startswith("source-")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id = ", "TOML"),
        ("schema = 9", "schema"),
        ('id = "Has Space"', "source id"),
        ("title = true", "title"),
        ('clinically_reviewed = "no"', "clinically_reviewed"),
        ('include = "x"', "include"),
    ],
)
def test_a_bad_manifest_stops_the_run_and_names_the_field(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(IngestError, match=part):
        read_manifest(tmp_path)


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        roots([tmp_path / "nowhere"], None)


@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        ("files/en/hypertension.md", "s/en/hypertension"),
        ("files/en/hypertension.clinician.md", "s/en/hypertension.clinician"),
        ("pubmed24n0001.xml.gz", "s/pubmed24n0001"),
        ("a/b.pdf", "s/a/b"),
    ],
)
def test_a_document_is_named_after_its_file(relative: str, expected: str) -> None:
    assert file_id("s", relative) == expected
