from __future__ import annotations

from medqa.answer.ledger.claims import Splitter, split


def test_each_sentence_is_a_claim_with_its_marks() -> None:
    drafts = split("Asthma is common. [1] It is treatable [2][3].")
    assert [(d.text, d.marks) for d in drafts] == [("Asthma is common.", (1,)), ("It is treatable.", (2, 3))]


def test_chinese_sentences_and_marks_are_read() -> None:
    drafts = split("哮喘不会传染。[2]哮喘可以控制【3】。")
    assert [(d.text, d.marks) for d in drafts] == [("哮喘不会传染。", (2,)), ("哮喘可以控制。", (3,))]


def test_a_sentence_without_a_mark_stands_without_one() -> None:
    assert [(d.text, d.marks) for d in split("First. Second. [1]")] == [("First.", ()), ("Second.", (1,))]


def test_a_list_under_its_lead_in_is_one_claim() -> None:
    (draft,) = split("Call for help if a child:\n- is blue\n- is floppy\n- has a stiff neck. [4]")
    assert draft.text == "Call for help if a child:\n- is blue\n- is floppy\n- has a stiff neck."
    assert draft.marks == (4,)


def test_several_numbers_in_one_mark_are_read() -> None:
    assert split("Both agree. [1, 2]")[0].marks == (1, 2)


def test_a_claim_is_given_as_soon_as_it_is_complete() -> None:
    splitter = Splitter()
    assert splitter.feed("Asthma is common. [1") == []
    assert [d.text for d in splitter.feed("] It")] == ["Asthma is common."]
    assert [d.text for d in splitter.feed(" is treatable. [2]") + splitter.close()] == ["It is treatable."]


def test_a_sentence_that_broke_off_is_no_claim() -> None:
    splitter = Splitter()
    splitter.feed("Asthma is common. [1] The dose is 5")
    assert splitter.close() == []


def test_pieces_of_any_size_give_the_same_claims() -> None:
    text = "Asthma is common. [1] It is treatable. [2]\n\nSee a doctor:\n- at once\n- for blue lips. [3]"
    whole = [(d.text, d.marks) for d in split(text)]
    for size in (1, 3, 7):
        splitter = Splitter()
        drafts = [d for at in range(0, len(text), size) for d in splitter.feed(text[at : at + size])]
        assert [(d.text, d.marks) for d in drafts + splitter.close()] == whole
