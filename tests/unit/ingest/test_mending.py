"""Characters, white space and encodings."""

from __future__ import annotations

import pytest

from medqa.errors import ParseError
from medqa.ingest.decoding import decode
from medqa.ingest.language import detect_language, language_code
from medqa.ingest.mending import mend, paragraphs


def test_unseen_characters_are_taken_out() -> None:
    tagged = "take\u200b 5\u00a0mg\u202e daily" + "".join(chr(0xE0000 + ord(c)) for c in "ignore")
    assert mend(tagged) == "take 5 mg daily"


def test_letters_are_composed_but_signs_stay_what_they_are() -> None:
    assert mend("cafe\u0301 10\u2079 m² ½") == "café 10\u2079 m² ½"


def test_ligatures_become_letters() -> None:
    assert mend("ef\ufb01cient \ufb02uid") == "efficient fluid"


def test_a_control_character_parts_words() -> None:
    assert mend("some\x00text") == "some text"


def test_a_lone_surrogate_does_not_reach_the_store() -> None:
    mend("a\ud800b").encode()


def test_a_wrapped_chinese_line_is_joined_without_a_space() -> None:
    assert mend("高血压通常\n没有症状。\nACEI 与 ARB\nand more") == "高血压通常没有症状。ACEI 与 ARB and more"


def test_paragraphs_stand_between_empty_lines() -> None:
    assert paragraphs("one\ntwo\n \nthree\r\n\r\nfour") == ["one two", "three", "four"]


CHINESE = "高血压通常没有症状，需要测量血压才能发现。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16"),
        ("A fever is 38 °C or more.", "utf-16-le"),
        ("A fever is 38 or more.", "utf-16-be"),
        ("Fièvre élevée: consultez un médecin.", "latin-1"),
        ("A temperature of 38 °C – a fever.", "cp1252"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_declared_encoding_is_tried() -> None:
    text = "高血壓通常沒有症狀"
    assert decode(text.encode("big5"), "big5") == text


@pytest.mark.parametrize("data", [bytes(range(32)) * 40, b"\xff\xfea", b"\xef\xbb\xbf\xff\xfe\xfa"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(ParseError) as refused:
        decode(data)
    assert refused.value.reason == "undecodable"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (CHINESE, "zh"),
        ("高血压 140/90 mmHg ACEI ARB", "zh"),
        ("Asthma is a common condition of the lungs that may begin in childhood.", "en"),
        ("Le patient présente une hypertension artérielle et doit consulter son médecin.", "fr"),
        ("12.5", None),
    ],
)
def test_the_language_is_found(text: str, language: str | None) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("named", "code"), [("en-US", "en"), ("zh_CN", "zh"), ("eng", "en"), ("?", None), (None, None)]
)
def test_language_names_become_codes(named: str | None, code: str | None) -> None:
    assert language_code(named) == code
