"""What training borrows from the running product: retrieval, prompts, the extractive writer, the claim ledger."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from medqa.wiring import parts
from medqa.wiring.application import Application, open_application

if TYPE_CHECKING:
    from pathlib import Path

    from medqa.domain.answer import Claim
    from medqa.domain.conversation import Audience, Query, Question
    from medqa.domain.document import Metadata
    from medqa.domain.passage import Hit, Passage
    from medqa.protocols import ChatModel
    from medqa.settings import Settings
    from medqa.train.config import PreferConfig
    from medqa.train.encoder_course import Bilingual
    from medqa.train.pairs import Pair, PairMaker
    from medqa.train.rows import Row
    from medqa.train.workshop import Workshop

_SAMPLE_S = 120.0
_WRITERS = {"extractive": "extractive", "teacher": "openai"}

Check = Callable[["Question", str, Sequence["Hit"]], Sequence["Claim"]]


@contextlib.contextmanager
def workshop(settings: Settings, *, writer: str = "extractive") -> Iterator[Workshop]:
    """The workshop over the published snapshot of a home; ``teacher`` writes with the configured served model."""
    from medqa.answer.generation.briefing import NO_ANSWER, load_briefing
    from medqa.answer.generation.packing import pack
    from medqa.train.workshop import Workshop

    with open_application(settings) as application:
        briefing = load_briefing(parts.shipped("prompts"), settings.llm_context_tokens)
        model = parts.chat_model(settings, _WRITERS[writer])
        yield Workshop(
            snapshot_id=application.snapshot.id,
            prompt_sha256=briefing.sha256,
            refusal=NO_ANSWER,
            writer_id=model.id,
            writes_from_gold=writer == "extractive",
            passages=passages(settings),
            understand=application.understanding.understand,
            find=_finder(application),
            brief=briefing.messages,
            pack=lambda query, hits: [n for n, _ in pack(query, hits, briefing.budget_tokens)],
            rewrite=_rewriter(),
            write=_writing(model),
            check=checker(settings),
            is_enough=_is_enough,
        )


def passages(settings: Settings) -> list[tuple[Passage, Metadata]]:
    """Every passage of the home's library with its document's metadata, documents together and in order."""
    with contextlib.closing(parts.library(settings)) as library:
        return list(library.passages())


def checker(settings: Settings) -> Check:
    """The claims of a text as the configured verifier judges them; their ``citations`` are the marks as written.

    A claim that a guard would take out, or that cites nothing that exists, is unsupported.
    """
    from medqa.answer.ledger.claims import split
    from medqa.domain.answer import Answered, Claim

    verifier, guards = parts.verifier(settings), parts.guards()

    def check(question: Question, text: str, hits: Sequence[Hit]) -> Sequence[Claim]:
        found = []
        for draft in split(text):
            cited = [hits[n - 1].passage for n in draft.marks if 1 <= n <= len(hits)]
            judged = verifier.verify(draft.text, cited)
            alone = Answered(text=draft.text, claims=(judged,), citations=())
            stands = all(guard.review(question, alone).claims for guard in guards)
            verdict = judged.verdict if stands else "unsupported"
            found.append(Claim(text=draft.text, citations=draft.marks, verdict=verdict, support=judged.support))
        return found

    return check


def _finder(application: Application) -> Callable[[Query, int], Sequence[Hit]]:
    """Passages as the product would find them; what speaks to the machine is no evidence, so it is none here."""
    from medqa.answer.evidence.trust import trusted

    retriever = application.engine.parts.retriever
    return lambda query, k: trusted(retriever.retrieve(query, k))


def _rewriter() -> Callable[[Question], Sequence[Mapping[str, str]]]:
    """The request to make a follow-up stand alone, as the product sends it."""
    from medqa.answer.generation.assistance import rewriting, rewriting_prompts, said_before

    prompts = rewriting_prompts(parts.shipped("prompts"))
    return lambda question: rewriting(prompts, said_before(question), question.text)


def _writing(model: ChatModel) -> Callable[[Query, Sequence[Hit], Audience], Awaitable[str]]:
    async def write(query: Query, hits: Sequence[Hit], audience: Audience) -> str:
        return "".join([piece async for piece in model.stream(query, hits, audience=audience)])

    return write


def _is_enough(query: Query, hits: Sequence[Hit]) -> bool:
    from medqa.answer.evidence.weigh import ENOUGH, weigh

    return weigh(query, hits, len(hits)).strength >= ENOUGH


def pairs(settings: Settings, config: PreferConfig) -> Sequence[Pair]:
    """Pairs from the rows of a folder, ranked by the configured claim checker."""
    from medqa.answer.generation.briefing import NO_ANSWER
    from medqa.train.pairs import PairMaker
    from medqa.train.rows import read_rows

    rows = read_rows(config.data, "train")
    maker = PairMaker(checker(settings), NO_ANSWER, seed=config.seed)
    if config.candidates == "corruptions":
        return maker.corrupted(rows, config.pairs)
    return asyncio.run(_sampled(settings, config, maker, rows))


async def _sampled(settings: Settings, config: PreferConfig, maker: PairMaker, rows: Sequence[Row]) -> Sequence[Pair]:
    """Pairs of the served model's own answers, as different as its temperature and a seed each make them."""
    from medqa.served_model import GREEDY, ServedModel
    from medqa.train.patience import Patience

    server, most = parts.served_model(settings).server, settings.llm_answer_tokens
    drawn = {**GREEDY, "temperature": config.temperature}
    seeds = range(config.seed, config.seed + config.samples)
    models = [ServedModel(replace(server, sampling={**drawn, "seed": seed})) for seed in seeds]
    gate, patience = asyncio.Semaphore(config.requests), Patience()

    async def one(model: ServedModel, prompt: Sequence[Mapping[str, str]]) -> str:
        async with gate:
            text = await patience.tried(model.complete(prompt, max_tokens=most, timeout_s=_SAMPLE_S))
        return (text or "").rpartition("</think>")[2].strip()

    async def sample(prompt: Sequence[Mapping[str, str]]) -> Sequence[str]:
        return [text for text in await asyncio.gather(*(one(model, prompt) for model in models)) if text]

    try:
        return await maker.sampled(rows, config.pairs, sample)
    finally:
        await asyncio.gather(*(model.close() for model in models))


def bilingual() -> Bilingual:
    """What teaching the encoder Chinese takes from the product: lexicon, parallel articles, encoder, Chinese words."""
    from medqa.index.embedders.minilm import MiniLM
    from medqa.index.words import ChineseWords
    from medqa.retrieve import lexicon
    from medqa.train.encoder_course import Bilingual
    from medqa.train.encoder_pairs import Concept
    from medqa.wiring.upkeep import starter_folder

    terms = lexicon.load()

    def translate(text: str) -> str:
        return " ".join(dict.fromkeys(mention.concept.en[0] for mention in terms.mentions(text)))

    return Bilingual(
        concepts=[Concept(concept.zh, concept.en, concept.category) for concept in terms.concepts],
        articles=starter_folder() / "files",
        encode=MiniLM().encode,
        translate=translate,
        cut=ChineseWords(terms.chinese_forms()).cut,
    )


def encoder_folder() -> Path:
    """The folder of the shipped encoder's published files."""
    from medqa.minilm.published import model_folder

    return model_folder()
