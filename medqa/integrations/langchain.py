"""MedQA in LangChain: its search as a retriever, its engine as a runnable.

::

    with open_application(load_settings()) as application:
        chain = {"context": MedQARetriever(application=application), "question": RunnablePassthrough()} | prompt | model
        safe = MedQARunnable(application) | StrOutputParser()

The runnable keeps everything that makes an answer safe: screening, claims checked against their citations,
abstention, the notice. A chain that writes with a model of its own from the retriever has none of that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, convert_to_messages
from langchain_core.prompt_values import PromptValue
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig

from medqa.answer.evidence.trust import trusted
from medqa.domain.answer import Done, Reply
from medqa.domain.conversation import Audience, Language, Question, Turn
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.domain.plain_text import evidence_of, piece, whole_text
from medqa.domain.text import cleaned
from medqa.errors import UsageError
from medqa.wiring import Application

Input = str | Question | PromptValue | Sequence[BaseMessage]


class MedQARetriever(BaseRetriever):
    """The passages that fit a query best, as LangChain documents with their provenance in ``metadata``.

    Documents that ingestion flagged are left out, and sentences that give orders to a machine are blanked.
    """

    application: Application
    k: int = 6
    language: Language | None = None
    filters: dict[str, list[str]] = {}  # noqa: RUF012 - pydantic copies it for each instance

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        question = _question(query, self.application, language=self.language)
        hits = self.application.search(question, self.k, tuple(self.filters.items()))
        return [_document(hit) for hit in trusted(hits)]


class MedQARunnable(Runnable[Input, AIMessage]):
    """A question to a checked, cited answer.

    Takes a text, a ``Question``, a prompt or messages (the last one the user's). Returns an ``AIMessage`` whose
    content holds card, answer, sources and notice; ``response_metadata["medqa"]`` is the whole reply.
    """

    def __init__(
        self, application: Application, *, audience: Audience = "patient", jurisdiction: str | None = None
    ) -> None:
        self._application = application
        self._audience = audience
        self._jurisdiction = jurisdiction

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:  # noqa: A002
        return self._call_with_config(self._answer, input, config)

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:  # noqa: A002
        return await self._acall_with_config(self._aanswer, input, config)

    async def astream(
        self,
        input: Input,  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessage]:
        async def given() -> AsyncIterator[Input]:
            yield input

        async for chunk in self._atransform_stream_with_config(given(), self._chunks, config):
            yield chunk

    def _answer(self, given: Input) -> AIMessage:
        """The engine is asynchronous; a thread of its own works whether or not the caller runs a loop."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._aanswer(given)).result()

    async def _aanswer(self, given: Input) -> AIMessage:
        reply = await self._application.engine.ask(self._question(given))
        return AIMessage(whole_text(reply), response_metadata=_metadata(reply))

    async def _chunks(self, given: AsyncIterator[Input]) -> AsyncIterator[AIMessage]:
        shown = ""
        async for one in given:
            async for event in self._application.engine.stream(self._question(one)):
                text = piece(event, shown)
                shown += text
                metadata = _metadata(event.reply) if isinstance(event, Done) else {}
                if text or metadata:
                    yield AIMessageChunk(content=text, response_metadata=metadata)

    def _question(self, given: Input) -> Question:
        return _question(given, self._application, audience=self._audience, jurisdiction=self._jurisdiction)


def _question(
    given: Input,
    application: Application,
    *,
    language: Language | None = None,
    audience: Audience = "patient",
    jurisdiction: str | None = None,
) -> Question:
    """The domain's question. Raises UsageError when there are no words, or too many."""
    if isinstance(given, Question):
        return given
    if isinstance(given, PromptValue):
        given = given.to_messages()
    messages = convert_to_messages([given] if isinstance(given, str) else given)
    said = [message for message in messages if message.type in ("human", "ai")]
    text = cleaned(said[-1].text) if said and said[-1].type == "human" else ""
    most = application.settings.max_question_chars
    if not text or len(text) > most:
        raise UsageError(f"the last message must be the user's, with 1 to {most:,} characters", field="question")
    return Question(
        text=text,
        turns=tuple(_turn(message) for message in said[:-1][-application.settings.max_turns :]),
        language=language or language_of(text),
        audience=audience,
        jurisdiction=jurisdiction or application.settings.jurisdiction,
    )


def _turn(message: BaseMessage) -> Turn:
    return Turn(role="user" if message.type == "human" else "assistant", content=cleaned(message.text))


def _document(hit: Hit) -> Document:
    metadata = {
        "passage_id": hit.passage.id,
        "document_id": hit.passage.document_id,
        "title": hit.metadata.title,
        "source": hit.metadata.source,
        "url": hit.metadata.url,
        "section": hit.passage.section,
        "page": hit.passage.page,
        "year": hit.metadata.year,
        "rank": hit.rank,
        "score": hit.score,
    }
    return Document(hit.passage.text, id=hit.passage.id, metadata=metadata)


def _metadata(reply: Reply) -> dict[str, Any]:
    _, citations = evidence_of(reply.outcome)
    return {
        "model_name": reply.provenance.chat_model,
        "citations": [asdict(citation) for citation in citations],
        "medqa": asdict(reply),
    }
