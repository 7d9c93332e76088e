"""The PubMed baseline, openFDA, web pages, folders and buckets, against a publisher on loopback."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from loopback_publisher import Asked, Publisher, Reply

from medqa.domain.document import Document, Source
from medqa.errors import FetchError, UsageError
from medqa.ingest.collection import CollectionReport
from medqa.ingest.fetching import Fetcher
from medqa.ingest.formats import choose_parser
from medqa.ingest.requesting import Manners
from medqa.ingest.signing import Signer

Bring = Callable[..., CollectionReport]


def documents(path: Path) -> list[Document]:
    parser, _ = choose_parser(path, path.name)
    return [item for item in parser.parse(path, Source(id="s", title="S")) if isinstance(item, Document)]


def files(folder: Path) -> list[str]:
    found = (path for path in (folder / "files").rglob("*") if path.is_file())
    return sorted(path.relative_to(folder / "files").as_posix() for path in found)


# --- the PubMed baseline ---


def citations(*records: tuple[int, str], deleted: tuple[int, ...] = ()) -> bytes:
    each = "".join(
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>'
        f"<Abstract><AbstractText>Sample.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
        for pmid, title in records
    )
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    each += f"<DeleteCitation>{gone}</DeleteCitation>" if deleted else ""
    return gzip.compress(f'<?xml version="1.0"?>\n<PubmedArticleSet>\n{each}</PubmedArticleSet>\n'.encode(), mtime=0)


def publish(publisher: Publisher, folder: str, numbered: dict[str, bytes]) -> None:
    links = "".join(f'<a href="{name}">{name}</a> <a href="{name}.md5">{name}.md5</a>\n' for name in numbered)
    publisher.routes[f"/{folder}/"] = links.encode()
    for name, content in numbered.items():
        publisher.routes[f"/{folder}/{name}"] = content
        digest = hashlib.md5(content).hexdigest()
        publisher.routes[f"/{folder}/{name}.md5"] = f"MD5({name})= {digest}\n".encode()


ONE, TWO, THREE = (f"pubmed26n{n:04}.xml.gz" for n in (1, 2, 1275))


def test_the_baseline_is_fetched_in_numbered_files_and_verified(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A"), (2, "B")), TWO: citations((3, "C"))})
    publisher.faults[f"/baseline/{ONE}"] = [Reply(b"not what was published")]
    assert bring("pubmed_baseline").added == 2
    assert [each.metadata.pmid for each in documents(folder / "files" / ONE)] == ["1", "2"]


def test_a_baseline_file_that_never_fits_its_checksum_is_left_out(
    publisher: Publisher, bring: Bring, folder: Path
) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A")), TWO: citations((3, "C"))})
    publisher.routes[f"/baseline/{ONE}"] = b"tampered with"
    report = bring("pubmed_baseline")
    assert files(folder) == [TWO]
    assert "MD5" in report.failures[0].message


def test_a_baseline_file_that_is_here_is_not_asked_for_again(publisher: Publisher, bring: Bring) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A"))})
    bring("pubmed_baseline")
    publisher.asked.clear()
    assert bring("pubmed_baseline").unchanged == 1
    assert publisher.paths() == ["/baseline/"]


def test_only_the_files_asked_for_are_fetched(publisher: Publisher, bring: Bring, folder: Path) -> None:
    names = [f"pubmed26n{n:04}.xml.gz" for n in range(1, 8)]
    publish(publisher, "baseline", {name: citations((n, "A")) for n, name in enumerate(names, 1)})
    bring("pubmed_baseline", files="2-3,7")
    assert files(folder) == [names[1], names[2], names[6]]


def test_numbers_that_are_none_are_wrong_usage(publisher: Publisher, bring: Bring) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A"))})
    with pytest.raises(UsageError, match="write numbers"):
        bring("pubmed_baseline", files="two")


def test_update_files_supersede_and_delete_earlier_records(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A"), (2, "B")), TWO: citations((3, "C"), (4, "D"))})
    publish(publisher, "updatefiles", {THREE: citations((2, "B, revised"), (9, "New"), deleted=(4,))})
    report = bring("pubmed_baseline", updates="yes")
    held = {
        each.metadata.pmid: each.metadata.title for name in files(folder) for each in documents(folder / "files" / name)
    }
    assert held == {"1": "A", "2": "B, revised", "3": "C", "9": "New"}
    assert report.notes == ["2 records were superseded or deleted by 1 update files"]
    again = bring("pubmed_baseline", updates="yes")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)


def test_a_later_update_file_supersedes_an_earlier_one(publisher: Publisher, bring: Bring, folder: Path) -> None:
    later = "pubmed26n1276.xml.gz"
    publish(publisher, "baseline", {ONE: citations((1, "A"))})
    publish(publisher, "updatefiles", {THREE: citations((1, "A2"))})
    bring("pubmed_baseline", updates="yes")
    publish(publisher, "updatefiles", {THREE: citations((1, "A2")), later: citations((1, "A3"))})
    bring("pubmed_baseline", updates="yes")
    titles = [each.metadata.title for name in files(folder) for each in documents(folder / "files" / name)]
    assert titles == ["A3"]


def test_a_new_years_baseline_takes_the_place_of_the_old_one(publisher: Publisher, bring: Bring, folder: Path) -> None:
    publish(publisher, "baseline", {ONE: citations((1, "A"))})
    bring("pubmed_baseline")
    publish(publisher, "baseline", {"pubmed27n0001.xml.gz": citations((1, "A"), (2, "B"))})
    report = bring("pubmed_baseline")
    assert (report.added, report.removed) == (1, 1)
    assert files(folder) == ["pubmed27n0001.xml.gz"]


# --- openFDA ---


def fda_label(set_id: str, name: str = "SAMPLOL", version: str = "3") -> dict[str, object]:
    return {
        "set_id": set_id, "id": "x", "version": version, "effective_time": "20260115",
        "indications_and_usage": ["1 INDICATIONS AND USAGE SAMPLOL is indicated for sample pain."],
        "dosage_and_administration": ["2 DOSAGE One 10 mg tablet daily."],
        "dosage_and_administration_table": ["<table>...</table>"],
        "openfda": {"brand_name": [name], "generic_name": ["samplolol"], "manufacturer_name": ["Sample Pharma"]},
    }  # fmt: skip


def fda_pages(publisher: Publisher, labels: list[dict[str, object]], size: int = 2) -> None:
    def page(asked: Asked) -> Reply:
        at = int(asked.values.get("search_after", "0"))
        found = labels[at : at + size]
        body = {"meta": {"results": {"skip": 0, "limit": size, "total": len(labels)}}, "results": found}
        more = f'<{publisher.url}/drug/label.json?search_after={at + size}>; rel="next"'
        return Reply(json.dumps(body).encode(), headers={"Link": more} if at + size < len(labels) else {})

    publisher.routes["/drug/label.json"] = page


def test_openfda_brings_every_page_of_labels(publisher: Publisher, bring: Bring, folder: Path) -> None:
    fda_pages(publisher, [fda_label(f"set-{n}") for n in range(5)])
    report = bring("openfda", drug="samplolol")
    assert report.added == 5
    assert 'openfda.generic_name:"samplolol"' in publisher.asked[0].values["search"]
    (document,) = documents(folder / "files" / "set-3.jsonl")
    assert document.id == "openfda/set-3"
    assert document.metadata.title == "SAMPLOL (samplolol): label"
    assert document.metadata.published == "2026-01-15"
    assert document.blocks[1].section == ("Dosage and administration",)
    assert document.blocks[1].text.endswith("One 10 mg tablet daily.")


def test_openfda_follows_revised_and_withdrawn_labels(publisher: Publisher, bring: Bring, folder: Path) -> None:
    fda_pages(publisher, [fda_label("set-1"), fda_label("set-2")])
    bring("openfda", drug="samplolol")
    revised = fda_label("set-1", version="4")
    revised["boxed_warning"] = ["WARNING: SAMPLES"]
    fda_pages(publisher, [revised])
    report = bring("openfda", drug="samplolol")
    assert (report.changed, report.removed) == (1, 1)
    assert files(folder) == ["set-1.jsonl"]


def test_openfda_says_nothing_is_found_with_404(publisher: Publisher, bring: Bring) -> None:
    publisher.routes["/drug/label.json"] = Reply(b'{"error": {"code": "NOT_FOUND"}}', 404)
    assert "finds no label" in bring("openfda", drug="nosuch").notes[0]


def test_openfda_does_not_follow_a_next_page_elsewhere(publisher: Publisher, mirror: Publisher, bring: Bring) -> None:
    body = json.dumps({"meta": {"results": {"total": 9}}, "results": [fda_label("set-1")]}).encode()
    link = f'<{mirror.url}/drug/label.json?skip=1>; rel="next"'
    publisher.routes["/drug/label.json"] = Reply(body, headers={"Link": link})
    with pytest.raises(FetchError, match="another host"):
        bring("openfda", drug="samplolol")
    assert not mirror.asked


# --- web pages ---

PAGE = b"<!doctype html><html><head><title>Sample rash</title></head><body><main><h1>Sample rash</h1>%s</main></html>"


def page_list(tmp_path: Path, *addresses: str) -> str:
    path = tmp_path / "pages.txt"
    path.write_text("# pages\n\n" + "\n".join(addresses) + "\n")
    return str(path)


def test_web_pages_are_fetched_once_and_know_their_address(
    publisher: Publisher, bring: Bring, folder: Path, tmp_path: Path
) -> None:
    publisher.routes["/rash.html"] = PAGE % b"<p>A sample rash is red.</p>"
    listed = page_list(tmp_path, f"{publisher.url}/rash.html", f"{publisher.url}/gone.html")
    report = bring("web_pages", list=listed, licence="CC0-1.0", publisher="Sample clinic")
    assert report.added == 1
    assert "404" in report.failures[0].message
    (name,) = files(folder)
    (document,) = documents(folder / "files" / name)
    assert document.metadata.url == f"{publisher.url}/rash.html"
    again = bring("web_pages", list=listed, licence="CC0-1.0", publisher="Sample clinic")
    assert (again.unchanged, again.has_changes) == (1, False)
    assert publisher.asked[-2].headers["If-None-Match"]


def test_a_page_that_changes_or_leaves_the_list_is_followed(
    publisher: Publisher, bring: Bring, folder: Path, tmp_path: Path
) -> None:
    publisher.routes["/a.html"] = publisher.routes["/b.html"] = PAGE % b"<p>A sample rash is red.</p>"
    bring("web_pages", list=page_list(tmp_path, f"{publisher.url}/a.html", f"{publisher.url}/b.html"))
    publisher.routes["/a.html"] = PAGE % b"<p>A sample rash is mostly pink.</p>"
    report = bring("web_pages", list=page_list(tmp_path, f"{publisher.url}/a.html"))
    assert (report.changed, report.removed) == (1, 1)
    assert "mostly pink" in (folder / "files" / files(folder)[0]).read_text()


def test_robots_txt_is_obeyed(publisher: Publisher, bring: Bring, folder: Path, tmp_path: Path) -> None:
    publisher.routes["/robots.txt"] = b"User-agent: *\nDisallow: /private/\n"
    publisher.routes["/private/a.html"] = publisher.routes["/open.html"] = PAGE % b"<p>A sample rash is red.</p>"
    addresses = [f"{publisher.url}/private/a.html", f"{publisher.url}/open.html"]
    report = bring("web_pages", list=page_list(tmp_path, *addresses))
    assert report.added == 1
    assert "leave this page alone" in report.failures[0].message
    assert "/private/a.html" not in publisher.paths()


def test_a_page_that_leads_to_another_host_is_refused(
    publisher: Publisher, mirror: Publisher, bring: Bring, tmp_path: Path
) -> None:
    publisher.routes["/a.html"] = Reply(status=301, headers={"Location": f"{mirror.url}/a.html"})
    report = bring("web_pages", list=page_list(tmp_path, f"{publisher.url}/a.html"))
    assert "redirects to another address" in report.failures[0].message
    assert not mirror.asked


@pytest.mark.parametrize("line", ["file:///etc/passwd", "rash.html", "javascript:alert(1)"])
def test_a_list_with_anything_but_web_addresses_is_wrong_usage(bring: Bring, tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="line 3"):
        bring("web_pages", list=page_list(tmp_path, line))


@pytest.mark.parametrize(
    ("recipe", "path"),
    [
        ("who_pages", "/news-room/fact-sheets/detail/alcohol"),
        ("cdc_pages", "/antibiotic-use/about/index.html"),
    ],
)
def test_the_lists_that_ship_are_fetched_from_the_base_address(
    publisher: Publisher, bring: Bring, recipe: str, path: str
) -> None:
    publisher.routes["/robots.txt"] = b"User-agent: *\nAllow: /\n"
    publisher.routes["*"] = lambda asked: PAGE % asked.path.encode()
    assert bring(recipe, limit=5).added == 5
    assert path in publisher.paths()


def test_a_list_of_paths_cannot_lead_to_another_site(bring: Bring, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no path"):
        bring("who_pages", list=page_list(tmp_path, "//evil.example/a.html"))


def test_a_page_that_its_publisher_took_down_is_no_longer_held(
    publisher: Publisher, bring: Bring, folder: Path, tmp_path: Path
) -> None:
    publisher.routes["/a.html"] = publisher.routes["/b.html"] = PAGE % b"<p>A sample rash is red.</p>"
    listed = page_list(tmp_path, f"{publisher.url}/a.html", f"{publisher.url}/b.html")
    bring("web_pages", list=listed)
    publisher.routes["/a.html"] = Reply(status=410)
    publisher.routes["/b.html"] = Reply(status=403)  # barred for now is not taken down
    report = bring("web_pages", list=listed)
    assert report.removed == 1
    assert len(files(folder)) == 1
    assert len(report.failures) == 2


def test_a_site_that_answers_nothing_any_more_ends_the_run(publisher: Publisher, bring: Bring, tmp_path: Path) -> None:
    addresses = [f"{publisher.url}/{n}.html" for n in range(50)]
    with pytest.raises(FetchError, match="10 fetches in a row have failed"):
        bring("web_pages", list=page_list(tmp_path, *addresses))
    assert len(publisher.asked) == 11


# --- folders and buckets ---


def test_a_folder_is_copied_and_followed(bring: Bring, folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "guidelines"
    (root / "心内科").mkdir(parents=True)
    (root / "心内科" / "高血压.txt").write_text("高血压是常见病。")
    (root / "old.txt").write_text("An old guideline.")
    (root / ".hidden.txt").write_text("not this")
    (root / "link.txt").symlink_to("/etc/hostname")
    options = {"path": str(root), "licence": "internal", "publisher": "Sample hospital"}
    assert bring("folder", **options).added == 2
    assert files(folder) == ["old.txt", "心内科/高血压.txt"]
    (root / "old.txt").unlink()
    os.utime(root / "心内科" / "高血压.txt", (1, 1))
    report = bring("folder", **options)
    assert (report.removed, report.changed, report.unchanged) == (1, 0, 1)


def test_a_folder_that_holds_the_home_is_refused(bring: Bring, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds the home"):
        bring("folder", path=str(tmp_path))


PDF = b"%PDF-1.4 sample"


def bucket(publisher: Publisher, objects: dict[str, bytes], page: int = 2) -> None:
    def listed(asked: Asked) -> bytes:
        prefix = asked.values.get("prefix", "")
        keys = sorted(key for key in objects if key.startswith(prefix))
        at = int(asked.values.get("continuation-token", "0"))
        is_truncated = at + page < len(keys)
        contents = "".join(
            f"<Contents><Key>{key}</Key><ETag>&quot;{hashlib.md5(objects[key]).hexdigest()}&quot;</ETag>"
            f"<Size>{len(objects[key])}</Size></Contents>"
            for key in keys[at : at + page]
        )
        token = f"<NextContinuationToken>{at + page}</NextContinuationToken>" if is_truncated else ""
        return (
            f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<IsTruncated>{str(is_truncated).lower()}</IsTruncated>{contents}{token}</ListBucketResult>"
        ).encode()

    publisher.routes["/guides"] = listed
    for key, content in objects.items():
        publisher.routes[f"/guides/{quote(key)}"] = content


def test_a_bucket_is_listed_page_by_page_and_verified(publisher: Publisher, bring: Bring, folder: Path) -> None:
    objects = {f"2026/guide {n}.pdf": PDF + bytes([n]) for n in range(5)} | {"2026/notes.docx": b"x", "2025/a.pdf": PDF}
    bucket(publisher, objects)
    publisher.faults["/guides/2026/guide%203.pdf"] = [Reply(b"%PDF-1.4 something else")]
    report = bring("bucket", bucket="guides", prefix="2026/", licence="CC-BY-4.0")
    assert report.added == 5
    assert not report.failures
    assert all(name.startswith("2026/guide-") for name in files(folder))


def test_requests_to_a_private_bucket_are_signed(publisher: Publisher) -> None:
    publisher.routes["/guides"] = b"x"
    sign = Signer(access_key="KEY", secret_key="SECRET")
    web = Fetcher(Manners(pause_s=0, sign=sign))
    web.read(f"{publisher.url}/guides", {"list-type": "2", "prefix": "心/a b"})
    web.close()
    headers = publisher.asked[0].headers
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=KEY/")
    assert "SECRET" not in str(headers)


def test_a_bucket_is_followed(publisher: Publisher, bring: Bring, folder: Path) -> None:
    bucket(publisher, {"a.pdf": PDF, "b.pdf": PDF + b"1"})
    bring("bucket", bucket="guides")
    publisher.asked.clear()
    bucket(publisher, {"a.pdf": PDF + b"new edition"})
    report = bring("bucket", bucket="guides")
    assert (report.changed, report.removed) == (1, 1)
    assert (folder / "files" / "a.pdf").read_bytes() == PDF + b"new edition"


def test_keys_that_lead_out_of_the_folder_are_made_harmless(publisher: Publisher, bring: Bring, folder: Path) -> None:
    bucket(publisher, {"../../evil.pdf": PDF, "/abs.pdf": PDF + b"1"})
    publisher.routes["/evil.pdf"] = PDF
    bring("bucket", bucket="guides")
    assert all((folder / "files") in path.parents for path in folder.parent.rglob("*.pdf"))


def test_an_entity_bomb_as_a_listing_is_refused(publisher: Publisher, bring: Bring) -> None:
    publisher.routes["/guides"] = (
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ListBucketResult>&b;</ListBucketResult>'
    )
    with pytest.raises(FetchError, match="no list of objects"):
        bring("bucket", bucket="guides")
