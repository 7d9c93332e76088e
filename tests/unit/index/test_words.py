from __future__ import annotations

from medqa.index.words import ChineseWords, folded, has_han, with_codes, without_han


def test_chinese_text_is_cut_into_words_with_given_ones_whole_and_function_words_out():
    words = ChineseWords(["二甲双胍"]).cut("服用二甲双胍后，高血压的症状有哪些？")
    assert {"二甲双胍", "高血压", "症状"} <= set(words)
    assert not {"的", "哪些"} & set(words)


def test_text_without_chinese_reads_no_dictionary():
    words = ChineseWords()
    assert words.cut("blood pressure") == []
    assert words._jieba is None


def test_full_width_letters_are_folded():
    assert folded("ＨｂＡ１ｃ ℃") == "hba1c °c"


def test_scripts_are_told_apart():
    assert has_han("HbA1c 高")
    assert not has_han("HbA1c high")
    assert without_han("血糖 glucose 高").split() == ["glucose"]


def test_a_code_is_found_in_either_writing():
    assert with_codes("lb-100").split() == ["lb-100", "lb100"]
    assert with_codes("lb100").split() == ["lb100", "lb-100"]
    assert "covid19" in with_codes("新冠covid-19肺炎")


def test_numbers_and_compound_words_are_no_codes():
    assert with_codes("2-3 days, double-blind, h1n1") == "2-3 days, double-blind, h1n1"
