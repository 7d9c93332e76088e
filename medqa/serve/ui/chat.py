"""The conversation: one question in, a stream of page updates out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from medqa.domain.answer import Done, Event, PassagesFound, Reply, SafetyScreened, Token
from medqa.domain.conversation import Turn
from medqa.domain.plain_text import beside_text, evidence_of, left_out
from medqa.errors import MedQAError, UsageError
from medqa.serve.questions import read_question
from medqa.serve.ui import rendering
from medqa.serve.ui.ledger import ledger_html
from medqa.serve.wording import message_of

if TYPE_CHECKING:
    from medqa.answer.engine import Engine
    from medqa.domain.conversation import Language, Question
    from medqa.settings import Settings
    from medqa.wiring import Application

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one open page remembers; it lives in the server's memory until the page closes, never on disk."""

    turns: tuple[Turn, ...] = ()
    evidence: tuple[str, ...] = ()
    card: str = ""
    copied: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person chose beside the question. ``uploads`` are ids of attached documents.

    ``page_language`` is the language of the page, which its error messages speak.
    """

    audience: str
    language: str
    jurisdiction: str
    uploads: tuple[str, ...] = ()
    page_language: Language = "en"


@dataclass(slots=True)
class Screen:
    """What the page shows while one answer is written."""

    history: list[Message]
    conversation: Conversation
    sources: str = ""
    error: str = ""
    note: str = ""
    text: str = field(default="", repr=False)

    def show(self, text: str) -> None:
        """Replaces the answer in progress."""
        self.text = text
        self.history[-1]["content"] = text


async def converse(
    application: Application, settings: Settings, text: str, conversation: Conversation, options: Options
) -> AsyncIterator[Screen]:
    """The page after each event of one answer. Bad input and failures become a plain message."""
    screen = Screen(history=history_of(conversation), conversation=conversation, sources=panel_of(conversation))
    screen.history += [
        {"role": "user", "content": rendering.escape_markdown(text)},
        {"role": "assistant", "content": "…"},
    ]
    try:
        question = read_question(
            text,
            turns=conversation.turns,
            audience=options.audience,
            language=options.language,
            jurisdiction=options.jurisdiction or None,
            settings=settings,
        )
        engine, is_gone = _engine_with(application, options.uploads)
        screen.note = rendering.gone(question.language) if is_gone else ""
        async for shown in _follow(engine.stream(question), question, screen):
            yield shown
    except MedQAError as err:
        screen.error = message_of(err, options.page_language)
        del screen.history[-2]  # the question stands in its box again; above its message it could be pages long
        screen.show(rendering.escape_markdown(screen.error))
        yield screen


def _engine_with(application: Application, uploads: Sequence[str]) -> tuple[Engine, bool]:
    """The engine, and whether an attached document is no longer here: a card must come up even then."""
    try:
        return application.engine_with(uploads), False
    except UsageError as err:
        if err.code != "unknown_upload":
            raise
        return application.engine, True


async def _follow(events: AsyncIterator[Event], question: Question, screen: Screen) -> AsyncIterator[Screen]:
    turn = len(screen.conversation.evidence) + 1
    passages: dict[str, str] = {}
    written = ""
    async for event in events:
        match event:
            case SafetyScreened(screening):
                if card := rendering.card_html(screening, question.language):
                    screen.conversation = replace(screen.conversation, card=card)
            case PassagesFound(hits):
                passages = {hit.passage.id: hit.passage.text for hit in hits}
            case Token(piece):
                written += piece
                screen.show(rendering.answer_markdown(written, turn))
            case Done(reply):
                _finish(screen, question, reply, passages)
            case _:
                continue
        yield screen


def _finish(screen: Screen, question: Question, reply: Reply, passages: dict[str, str]) -> None:
    turn = len(screen.conversation.evidence) + 1
    answer = rendering.answer_text(reply.outcome)
    claims, citations = evidence_of(reply.outcome)
    evidence = rendering.sources_html(citations, passages, turn=turn, language=reply.language)
    evidence += ledger_html(claims, citations, reply.language, left_out=left_out(reply.outcome))
    screen.show(screen.note + _final_markdown(answer, reply, turn))
    screen.conversation = replace(
        screen.conversation,
        turns=(
            *screen.conversation.turns,
            Turn(role="user", content=question.text),
            Turn(role="assistant", content=screen.text),
        ),
        evidence=(*screen.conversation.evidence, evidence),
        copied=rendering.copy_text(reply),
        asked=question.text,
    )
    screen.sources = panel_of(screen.conversation, reply.language)


def _final_markdown(answer: str, reply: Reply, turn: int) -> str:
    body = rendering.answer_markdown(answer, turn)
    if card := reply.screening.card:
        lead = f"**{rendering.escape_markdown(card.headline)}**"  # all of it stands above the conversation
        body = f"{lead}\n\n{body}" if body else lead
    if beside := beside_text(reply):
        body = f"{body}\n\n{beside}"
    return f"{body}\n\n<small>{rendering.escape_markdown(reply.notice)}</small>"


def history_of(conversation: Conversation) -> list[Message]:
    """The conversation as the chat component takes it."""
    return [
        {
            "role": turn.role,
            "content": turn.content if turn.role == "assistant" else rendering.escape_markdown(turn.content),
        }
        for turn in conversation.turns
    ]


def panel_of(conversation: Conversation, language: Language = "en") -> str:
    """The evidence of every answer, the newest on top and the earlier ones folded away."""
    if not conversation.evidence:
        return ""
    *earlier, newest = conversation.evidence
    folded = "".join(reversed(earlier))
    return newest + (rendering.folded(folded, language) if folded else "")


def without_last(conversation: Conversation) -> Conversation:
    """The conversation before its last question, to ask that one again."""
    return replace(conversation, turns=conversation.turns[:-2], evidence=conversation.evidence[:-1])
