"""A workshop of real parts over a few made-up articles: no index, no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.generation.briefing import NO_ANSWER, load_briefing
from medqa.answer.generation.packing import pack
from medqa.answer.terms import terms
from medqa.domain.answer import Claim
from medqa.domain.conversation import Audience, Language, Query, Question
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.retrieve.query import Understanding
from medqa.settings import Settings
from medqa.train.workshop import Workshop
from medqa.wiring.training import checker

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
Stock = list[tuple[Passage, Metadata]]

TOPICS = ("asthma", "gout", "measles", "glaucoma", "scabies", "rabies", "eczema", "anaemia", "migraine", "mumps")
_CHINESE = ("哮喘", "痛风", "麻疹", "青光眼", "疥疮", "狂犬病", "湿疹", "贫血", "偏头痛", "腮腺炎")
_EN = {
    "Symptoms": "The main symptoms of {t} are {t} pain and {t} fever. Many people with {t} feel tired.",
    "Treatment": "Doctors treat {t} with {t} tablets and rest. The {t} tablets work within {n} days.",
    "Prevention": "A vaccine of the {t} kind prevents {t}. Clean hands lower the risk of {t}.",
}
_ZH = {
    "症状": "{t}的主要症状是{t}样疼痛和发热。很多{t}病人觉得累。",
    "治疗": "医生用{t}专用药片治疗{t}。{t}药片在{n}天内起效。",
    "预防": "{t}疫苗可以预防{t}。勤洗手可以降低得{t}的风险。",
}


def article(topic: str, language: Language, n: int, *, title: str | None = None) -> Stock:
    """One article of three sections; ``n`` makes its numbers its own."""
    slug = TOPICS[n] if language == "zh" else topic
    document_id = f"test/{language}/{slug}"
    metadata = Metadata(
        title=title or topic.capitalize(), source_id="test", source="Test", language=language, licence="CC0"
    )
    sections = _EN if language == "en" else _ZH
    return [
        (
            Passage(
                id=f"{document_id}#{place}",
                document_id=document_id,
                ordinal=place,
                text=text.format(t=topic, n=n + 2),
                section=section,
                language=language,
            ),
            metadata,
        )
        for place, (section, text) in enumerate(sections.items())
    ]


@pytest.fixture
def stock() -> Stock:
    """Ten articles in both languages."""
    english = [pair for n, topic in enumerate(TOPICS) for pair in article(topic, "en", n)]
    return english + [pair for n, topic in enumerate(_CHINESE) for pair in article(topic, "zh", n)]


@pytest.fixture
def workshop_of() -> Callable[..., Workshop]:
    """Makes a workshop over passages; ``writer`` replaces the extractive one as a teacher would."""
    return make_workshop


def make_workshop(stock: Stock, *, writer: Callable[[Query, Sequence[Hit]], str] | None = None) -> Workshop:
    briefing = load_briefing(PROMPTS)
    extractive = Extractive()
    words = {passage.id: frozenset(terms(passage.text)) for passage, _ in stock}

    def find(query: Query, k: int) -> list[Hit]:
        asked = frozenset(terms(query.standalone))
        ranked = sorted(stock, key=lambda pair: -len(asked & words[pair[0].id]))[:k]
        return [Hit(rank=n, score=1.0, passage=p, metadata=m) for n, (p, m) in enumerate(ranked, start=1)]

    async def write(query: Query, hits: Sequence[Hit], audience: Audience) -> str:
        return writer(query, hits) if writer else "".join(extractive.compose(query, hits, audience))

    check: Callable[[Question, str, Sequence[Hit]], Sequence[Claim]] = checker(Settings())
    return Workshop(
        snapshot_id="snapshot",
        prompt_sha256=briefing.sha256,
        refusal=NO_ANSWER,
        writer_id="teacher" if writer else "extractive",
        writes_from_gold=writer is None,
        passages=stock,
        understand=Understanding().understand,
        find=find,
        brief=briefing.messages,
        pack=lambda query, hits: [n for n, _ in pack(query, hits)],
        rewrite=lambda question: [{"role": "user", "content": question.text}],
        write=write,
        check=check,
        is_enough=lambda query, hits: False,
    )
