"""A reply as plain Markdown, whole or as it streams, for windows that show nothing but text."""

from __future__ import annotations

from medqa.domain.answer import (
    Answered,
    Citation,
    Claim,
    Done,
    Event,
    HandedOver,
    Outcome,
    Reply,
    SafetyScreened,
    Token,
)
from medqa.domain.safety import Card

_SOURCES = {"en": "Sources", "zh": "来源"}
_ASKED = {"en": "To say more, it would help to know:", "zh": "如果告诉我这些，我能说得更准："}
_CORRECTED = {
    "en": "\n\n---\nSome sentences above did not stand up to the check. The checked answer is:\n\n",
    "zh": "\n\n---\n上面有些句子没有通过核查。核查后的回答是：\n\n",
}


def card_text(card: Card) -> str:
    """A card: headline, action, and the phone line unless the card has already named it."""
    lines = [f"**{card.headline}**", card.action]
    if card.phone and card.phone not in f"{card.headline} {card.action}":
        lines.append(card.phone)
    return "\n\n".join(line for line in lines if line)


def answer_text(outcome: Outcome) -> str:
    """The whole answer; a card comes before what may still help below it."""
    if not isinstance(outcome, HandedOver):
        return outcome.text
    return "\n\n".join([card_text(outcome.card), *([outcome.below.text] if outcome.below else [])])


def evidence_of(outcome: Outcome) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """The claims and citations of an outcome, empty where it makes none."""
    answered = outcome.below if isinstance(outcome, HandedOver) else outcome
    return (answered.claims, answered.citations) if isinstance(answered, Answered) else ((), ())


def left_out(outcome: Outcome) -> int:
    """How many sentences of an outcome were written and not shown, since no source says them."""
    answered = outcome.below if isinstance(outcome, HandedOver) else outcome
    return answered.left_out if isinstance(answered, Answered) else 0


def whole_text(reply: Reply) -> str:
    """Everything that must be read: the card, the answer, its sources, the notice."""
    return _head(reply) + answer_text(reply.outcome) + _tail(reply)


def piece(event: Event, shown: str) -> str:
    """What an event adds to the text ``shown`` so far; all pieces of a stream joined are like ``whole_text``.

    Words once shown cannot be taken back here: where a claim was dropped after it had been shown, the last
    piece says so and gives the checked answer again.
    """
    match event:
        case SafetyScreened():
            card = event.screening.card
            return f"{card_text(card)}\n\n" if card else ""
        case Token():
            return event.text
        case Done():
            return _ending(event.reply, shown)
        case _:
            return ""


def _ending(reply: Reply, shown: str) -> str:
    final = _head(reply) + answer_text(reply.outcome)
    if final.startswith(shown):
        return final[len(shown) :] + _tail(reply)
    if final.strip() == shown.strip():
        return _tail(reply).removeprefix("\n\n" if shown.endswith("\n\n") else "")
    return _CORRECTED[reply.language] + answer_text(reply.outcome) + _tail(reply)


def _head(reply: Reply) -> str:
    """The card above an answer. Where MedQA hands over, the card is part of the answer itself."""
    card = reply.screening.card
    return f"{card_text(card)}\n\n" if card and not isinstance(reply.outcome, HandedOver) else ""


def beside_text(reply: Reply) -> str:
    """What is asked back and the reminders, as they stand under an answer; empty when there are none."""
    asked = "\n".join([_ASKED[reply.language], *(f"- {question}" for question in reply.questions)])
    parts = [asked if reply.questions else "", *reply.reminders]
    return "\n\n".join(part for part in parts if part)


def _tail(reply: Reply) -> str:
    """What is asked back, the reminders, the numbered sources and the notice."""
    _, citations = evidence_of(reply.outcome)
    sources = "\n".join([f"{_SOURCES[reply.language]}:", *map(_source_line, citations)]) if citations else ""
    return "".join(f"\n\n{part}" for part in (beside_text(reply), sources, reply.notice) if part)


def _source_line(citation: Citation) -> str:
    known = (citation.title, citation.source, citation.year, citation.section, citation.url)
    return f"[{citation.n}] {', '.join(str(part) for part in known if part)}"
