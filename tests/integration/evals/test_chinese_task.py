from __future__ import annotations

import json

from evals.tasks.chinese import Chinese

TOPICS = {
    "asthma": "哮喘",
    "gout": "痛风",
    "measles": "麻疹",
    "glaucoma": "青光眼",
    "scabies": "疥疮",
    "rabies": "狂犬病",
}


def write(path, rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


def test_chinese_questions_find_the_english_pages_that_their_twins_find(tmp_path):
    data = tmp_path / "tiny"
    data.mkdir()
    pages = [
        {"_id": topic, "title": f"What is {topic}?", "text": f"This page explains {topic} and how it is treated."}
        for topic in TOPICS
    ]
    write(data / "corpus.jsonl", pages)
    questions = [
        {"id": topic, "zh": f"{zh}怎么治疗？", "en": f"How is {topic} treated?", "relevant": [topic]}
        for topic, zh in TOPICS.items()
    ]
    unknown = {"id": "unknown", "zh": "这是什么？", "en": "How is gout treated?", "relevant": ["gout"]}
    write(tmp_path / "questions.jsonl", [*questions, unknown])
    options = {"home": str(tmp_path / "home"), "questions": str(tmp_path / "questions.jsonl")}
    report = Chinese().run(data, options)
    assert report["nDCG@10 English"]["mean"] == 1.0
    assert 0.85 < report["ratio"]["ratio"] < 1.0
    assert [row["id"] for row in report["lost"]] == ["unknown"]
