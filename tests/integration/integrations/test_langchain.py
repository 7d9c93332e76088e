"""MedQA inside real LangChain chains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough, RunnableSequence

from medqa.errors import UsageError
from medqa.integrations.langchain import MedQARetriever, MedQARunnable
from medqa.settings import Settings
from medqa.wiring import Application, open_application, upkeep


@pytest.fixture(scope="module")
def application(some_articles: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    settings = Settings(home=tmp_path_factory.mktemp("langchain") / "home")
    upkeep.ingest(settings, [some_articles("hypertension")])
    with open_application(settings, build_starter=False) as opened:
        yield opened


def test_the_retriever_gives_documents_with_their_provenance(application: Application) -> None:
    documents = MedQARetriever(application=application, k=3).invoke("What is high blood pressure?")
    assert 0 < len(documents) <= 3
    first = documents[0]
    assert first.id == first.metadata["passage_id"]
    stored = application.snapshot.passages.by_id(first.metadata["passage_id"])
    assert stored is not None
    assert stored[0].text == first.page_content


def test_the_retriever_filters(application: Application) -> None:
    documents = MedQARetriever(application=application, filters={"language": ["zh"]}).invoke("high blood pressure")
    assert documents
    assert {document.metadata["document_id"].split("/")[1] for document in documents} == {"zh"}


def test_the_retriever_feeds_a_chain_with_a_model(application: Application) -> None:
    seen: list[str] = []

    def kept(prompt: object) -> object:
        seen.append(str(prompt))
        return prompt

    prompt = ChatPromptTemplate.from_template("Answer from:\n{context}\n\n{question}")
    model = GenericFakeChatModel(messages=iter([AIMessage("It is a high pressure in the arteries.")]))
    chain: RunnableSequence = (
        {"context": MedQARetriever(application=application, k=2), "question": RunnablePassthrough()}
        | prompt
        | RunnableLambda(kept)
        | model
        | StrOutputParser()
    )
    assert chain.invoke("What is high blood pressure?") == "It is a high pressure in the arteries."
    assert "medqa-starter/en/hypertension#" in seen[0]


def test_the_engine_answers_at_the_end_of_a_chain(application: Application) -> None:
    chain = (
        ChatPromptTemplate.from_messages([("human", "What is {topic}?")])
        | MedQARunnable(application)
        | StrOutputParser()
    )
    text = chain.invoke({"topic": "high blood pressure"})
    assert "[1]" in text
    assert "Sources:" in text


async def test_the_engine_answers_inside_a_running_loop_too(application: Application) -> None:
    runnable = MedQARunnable(application, audience="clinician")
    waited, plain = (
        await runnable.ainvoke("What is high blood pressure?"),
        runnable.invoke("What is high blood pressure?"),
    )
    assert waited.content == plain.content
    metadata = waited.response_metadata
    assert metadata["medqa"]["audience"] == "clinician"
    assert metadata["citations"][0]["quote"]


async def test_a_stream_joins_to_the_answer(application: Application) -> None:
    runnable = MedQARunnable(application)
    chunks = [chunk async for chunk in runnable.astream([HumanMessage("高血压有什么症状？")])]
    whole = await runnable.ainvoke([HumanMessage("高血压有什么症状？")])
    assert len(chunks) > 2
    assert "".join(chunk.text for chunk in chunks).split() == whole.text.split()
    assert chunks[-1].response_metadata["medqa"]["language"] == "zh"


def test_an_emergency_begins_with_the_card(application: Application) -> None:
    answer = MedQARunnable(application, jurisdiction="US").invoke("crushing chest pain going into my left arm")
    assert "911" in answer.text[:300]


@pytest.mark.parametrize("said", ["", "  ", "a" * 100_000, [AIMessage("Hello")], []])
def test_no_words_or_too_many_are_refused(application: Application, said: object) -> None:
    with pytest.raises(UsageError):
        MedQARunnable(application).invoke(said)  # type: ignore[arg-type]
