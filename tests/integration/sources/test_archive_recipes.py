"""MedlinePlus, MedQuAD and DailyMed releases: archives from a loopback publisher, honest and hostile."""

from __future__ import annotations

import io
import stat
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback_publisher import Publisher, Reply

from medqa.errors import FetchError, IngestError, UsageError
from medqa.ingest.collection import CollectionReport, locked

Bring = Callable[..., CollectionReport]
TOPICS = Path(__file__).parents[2] / "data" / "sources" / "mplus_topics.xml"
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="000000%d" source="SAMPLE" url="https://example.org/%d"><Focus>Sample fever</Focus>
<QAPairs><QAPair pid="1"><Question qid="1-1" qtype="information">What is sample fever?</Question>
<Answer>Sample fever is a rise in body temperature.</Answer></QAPair></QAPairs></Document>"""


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def medquad(*numbers: int) -> bytes:
    return zipped({f"MedQuAD-master/1_Sample_QA/{n}.xml": (PAGE % (n, n)).encode() for n in numbers})


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "files").as_posix() for path in (folder / "files").rglob("*.*"))


# --- MedlinePlus ---


def publish_topics(publisher: Publisher, day: str, topics: bytes) -> None:
    name = f"mplus_topics_compressed_{day}.zip"
    publisher.routes["/xml.html"] = (
        '<a href="/xml/mplus_topics_compressed_2026-01-02.zip">old</a>'
        f'<a href="/xml/{name}">new</a> <a href="/xml/mplus_topic_groups_{day}.xml">groups</a>'
    ).encode()
    publisher.routes[f"/xml/{name}"] = zipped({f"mplus_topics_{day}.xml": topics})


def test_medlineplus_brings_the_newest_topics_in_the_language_asked_for(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    publish_topics(publisher, "2026-11-21", TOPICS.read_bytes())
    report = bring("medlineplus")
    text = (folder / "files" / "mplus_topics.xml").read_text()
    assert report.added == 1
    assert "Sample cough" in text
    assert "Tos de muestra" not in text


def test_medlineplus_fetches_again_only_when_a_newer_file_is_published(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    publish_topics(publisher, "2026-11-21", TOPICS.read_bytes())
    bring("medlineplus", language="both")
    assert bring("medlineplus", language="both").unchanged == 1
    assert publisher.paths().count("/xml/mplus_topics_compressed_2026-11-21.zip") == 1
    publish_topics(publisher, "2026-11-22", TOPICS.read_bytes().replace(b"Sample cough", b"Sample cough, revised"))
    assert bring("medlineplus", language="both").changed == 1
    assert files(folder) == ["mplus_topics.xml"]


def test_medlineplus_brings_no_more_topics_than_asked_for(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publish_topics(publisher, "2026-11-21", TOPICS.read_bytes())
    bring("medlineplus", language="both", limit=1)
    assert (folder / "files" / "mplus_topics.xml").read_text().count("<health-topic ") == 1


def test_medlineplus_says_so_when_the_site_has_been_rebuilt(publisher: Publisher, bring: Bring) -> None:
    publisher.routes["/xml.html"] = b"<html>Welcome to our new site</html>"
    with pytest.raises(FetchError, match="may have been rebuilt"):
        bring("medlineplus")


# --- MedQuAD ---


def test_medquad_brings_pages_and_a_manifest_with_licence_and_date(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    publisher.routes["/zip/master"] = medquad(1, 2)
    report = bring("medquad")
    assert report.added == 2
    assert files(folder) == ["1_Sample_QA/1.xml", "1_Sample_QA/2.xml"]
    manifest = tomllib.loads((folder / "manifest.toml").read_text())
    assert manifest["licence"] == "CC-BY-4.0"
    assert manifest["retrieved"] == "2026-11-22"
    assert manifest["recipe"]["name"] == "medquad"
    assert manifest["recipe"]["options"]["version"] == "master"


def test_medquad_follows_pages_that_change_and_go(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publisher.routes["/zip/master"] = medquad(1, 2)
    bring("medquad")
    assert bring("medquad").unchanged == 2
    publisher.routes["/zip/master"] = medquad(2, 3)
    report = bring("medquad")
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert files(folder) == ["1_Sample_QA/2.xml", "1_Sample_QA/3.xml"]


def test_an_archive_that_is_cut_off_is_completed(publisher: Publisher, bring: Bring) -> None:
    publisher.routes["/zip/master"] = medquad(*range(1, 40))
    publisher.faults["/zip/master"] = [Reply(cut_after=2_000), Reply(status=503, headers={"Retry-After": "1"})]
    assert bring("medquad").added == 39


def test_an_interruption_loses_nothing(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publisher.routes["/zip/master"] = medquad(*range(1, 40))

    def interrupt(stage: str, done: int, total: int | None) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring("medquad", progress=interrupt)
    assert len(files(folder)) == 20
    report = bring("medquad")
    assert (report.added, report.unchanged) == (19, 20)
    assert len([asked for asked in publisher.asked if "Range" not in asked.headers]) == 1  # the archive came once


def test_two_processes_cannot_fetch_into_one_folder(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publisher.routes["/zip/master"] = medquad(1)
    with locked(folder), pytest.raises(IngestError, match="another process"):
        bring("medquad")


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_text("changed")])
def test_a_file_that_was_changed_or_deleted_by_hand_is_fetched_again(
    publisher: Publisher, bring: Bring, folder: Path, harm: Callable[[Path], object]
) -> None:
    publisher.routes["/zip/master"] = medquad(1, 2)
    bring("medquad")
    harm(folder / "files" / "1_Sample_QA" / "1.xml")
    report = bring("medquad")
    assert (report.added, report.unchanged) == (1, 1)


def hostile_archives() -> dict[str, bytes]:
    link = zipfile.ZipInfo("MedQuAD-master/link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with_link = io.BytesIO()
    with zipfile.ZipFile(with_link, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    tar_link = io.BytesIO()
    with tarfile.open(fileobj=tar_link, mode="w:gz") as tar:
        member = tarfile.TarInfo("x/link.xml")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)
    return {
        "slip": zipped({"MedQuAD-master/../../../outside.xml": b"x"}),
        "absolute": zipped({"/etc/cron.d/x.xml": b"x"}),
        "drive": zipped({"MedQuAD-master/C:\\windows\\x.xml": b"x"}),
        "hidden": zipped({"MedQuAD-master/.git/x.xml": b"x"}),
        "link": with_link.getvalue(),
        "tar link": tar_link.getvalue(),
        "bomb": zipped({"MedQuAD-master/bomb.xml": b"\0" * (40 << 20)}),
        "no archive": b"<html>Please log in</html>",
        "damaged": medquad(1, 2)[:-40],
    }


@pytest.mark.parametrize("kind", sorted(hostile_archives()))
def test_a_hostile_archive_is_refused_whole_and_leaves_what_was_there(
    publisher: Publisher, bring: Bring, folder: Path, kind: str
) -> None:
    publisher.routes["/zip/master"] = medquad(1)
    bring("medquad")
    publisher.routes["/zip/master"] = hostile_archives()[kind]
    with pytest.raises(FetchError, match="archive"):
        bring("medquad")
    assert files(folder) == ["1_Sample_QA/1.xml"]
    assert not list(folder.parent.rglob("outside.xml"))


def test_another_order_into_the_same_source_is_refused(publisher: Publisher, bring: Bring) -> None:
    publisher.routes["/zip/master"] = medquad(1)
    publisher.routes["/zip/v2"] = medquad(2)
    bring("medquad")
    with pytest.raises(UsageError, match="holds something else already"):
        bring("medquad", version="v2")


# --- DailyMed releases ---


def label(set_id: str, version: int, text: str = "Sample text.") -> bytes:
    return (
        f'<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><title>Sample tablets</title>'
        f'<setId root="{set_id}"/><versionNumber value="{version}"/><component><structuredBody><component><section>'
        f"<title>Uses</title><text><paragraph>{text}</paragraph></text></section></component></structuredBody>"
        f"</component></document>"
    ).encode()


def release(*labels: bytes) -> bytes:
    return zipped(
        {f"prescription/2026_{n}.zip": zipped({f"{n}.xml": each, "box.jpg": b"jpg"}) for n, each in enumerate(labels)}
    )


SET_A = "aaaaaaaa-0000-4000-8000-000000000001"
SET_B = "bbbbbbbb-0000-4000-8000-000000000002"


def test_a_dailymed_release_is_unpacked_to_one_file_a_label(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publisher.routes["/releases/dm_spl_release_human_rx_part1.zip"] = release(label(SET_A, 3), label(SET_B, 1))
    report = bring("dailymed", release="dm_spl_release_human_rx_part1", release_url=f"{publisher.url}/releases")
    assert report.added == 2
    assert files(folder) == [f"{SET_A}.xml", f"{SET_B}.xml"]


def test_a_dailymed_release_with_a_wrong_checksum_is_refused(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publisher.routes["/dm_spl_release_human_rx_part1.zip"] = release(label(SET_A, 3))
    with pytest.raises(FetchError, match="MD5"):
        bring("dailymed", release="dm_spl_release_human_rx_part1", release_url=publisher.url, md5="0" * 32)
    assert not (folder / "files").exists()


def test_a_bomb_inside_a_release_is_refused(publisher: Publisher, bring: Bring, folder: Path) -> None:
    bomb = zipped({"x.xml": b"\0" * (40 << 20)})
    publisher.routes["/dm_spl_release_human_rx_part1.zip"] = zipped({"prescription/bomb.zip": bomb})
    with pytest.raises(FetchError, match="bomb"):
        bring("dailymed", release="dm_spl_release_human_rx_part1", release_url=publisher.url)


def test_dailymed_by_name_fetches_a_label_again_only_when_its_version_is_new(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    versions = {SET_A: 3, SET_B: 1}

    def listed(asked: object) -> bytes:
        data = ",".join(f'{{"setid": "{key}", "spl_version": {n}, "title": "x"}}' for key, n in versions.items())
        meta = f'{{"total_elements": {len(versions)}, "total_pages": 1, "current_page": 1}}'
        return f'{{"data": [{data}], "metadata": {meta}}}'.encode()

    publisher.routes["/services/v2/spls.json"] = listed
    for key in versions:
        publisher.routes[f"/services/v2/spls/{key}.xml"] = label(key, versions[key])
    assert bring("dailymed", drug="sample").added == 2
    assert publisher.asked[0].values["drug_name"] == "sample"
    assert bring("dailymed", drug="sample").unchanged == 2
    versions[SET_A] = 4
    publisher.routes[f"/services/v2/spls/{SET_A}.xml"] = label(SET_A, 4, "Superseding text.")
    assert bring("dailymed", drug="sample").changed == 1
    assert b"Superseding" in (folder / "files" / f"{SET_A}.xml").read_bytes()
    del versions[SET_B]
    assert bring("dailymed", drug="sample").removed == 1
    assert files(folder) == [f"{SET_A}.xml"]


def test_dailymed_wants_to_know_what_and_a_wrong_order_leaves_no_source(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    with pytest.raises(UsageError, match="either"):
        bring("dailymed")
    assert not (folder / "manifest.toml").exists()
    publisher.routes["/dm_spl_release_human_rx_part1.zip"] = release(label(SET_A, 3))
    assert bring("dailymed", release="dm_spl_release_human_rx_part1", release_url=publisher.url).added == 1
