from __future__ import annotations

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.train.splitting import assign, bare, families, leaks, shared_texts


def metadata(title: str, source: str = "s") -> Metadata:
    return Metadata(title=title, source_id=source, source="S")


def test_translations_and_clinician_pages_are_one_family() -> None:
    found = families(
        {
            "s/en/gout": metadata("Gout"),
            "s/zh/gout": metadata("痛风"),
            "s/en/gout.clinician": metadata("Gout, for clinicians"),
            "s/en/acne": metadata("Acne"),
        }
    )
    assert found["s/en/gout"] == found["s/zh/gout"] == found["s/en/gout.clinician"] != found["s/en/acne"]


def test_documents_of_one_title_in_one_source_are_one_family() -> None:
    found = families({"a": metadata("What is gout?"), "b": metadata("What is Gout ?"), "c": metadata("Gout", "t")})
    assert found["a"] == found["b"] != found["c"]


def test_families_that_share_a_member_become_one() -> None:
    found = families({"s/en/a": metadata("One"), "s/zh/a": metadata("Two"), "b": metadata("Two")})
    assert len(set(found.values())) == 1


def test_shares_are_exact_and_hang_on_the_seed_alone() -> None:
    names = [f"family {n}" for n in range(100)]
    first = assign(names, validation=0.05, test=0.1, seed=0)
    assert sorted(first.values()).count("test") == 10
    assert sorted(first.values()).count("validation") == 5
    assert first == assign(reversed(names), validation=0.05, test=0.1, seed=0)
    assert first != assign(names, validation=0.05, test=0.1, seed=1)


def test_a_small_share_of_few_families_is_still_one_family() -> None:
    assert sorted(assign("abc", validation=0.05, test=0.05, seed=0).values()) == ["test", "train", "validation"]


def test_a_text_that_stands_in_two_splits_is_found_however_it_is_written() -> None:
    texts = {"a": "See a doctor.", "b": "See a  DOCTOR", "c": "Rest."}
    passages = [Passage(id=f"{d}#0", document_id=d, ordinal=0, text=text) for d, text in texts.items()]
    assert shared_texts(passages, {"a": "train", "b": "test", "c": "test"}) == {bare("See a doctor.")}


def test_a_leak_is_named() -> None:
    assert leaks({"train": [("a", "a#0")], "test": [("b", "a#0")]}) == {"a#0"}
    assert leaks({"train": [("a",)], "test": [("b",)]}) == set()
