"""MedlinePlus health topics: one XML file with all topics, each with a summary in HTML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Skipped
from medqa.errors import ParseError
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._xml import Element, iterate_xml, name_of, root_name, words
from medqa.ingest.parsers.html import read_html

_LANGUAGES = {"english": "en", "spanish": "es"}
_EXTRA_LENGTH = 300


class MedlinePlusParser:
    """Reads ``mplus_topics*.xml``: one document a topic, with the headings of its summary as sections."""

    name = "medlineplus"
    suffixes = (".xml",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """By the root element."""
        return root_name(head) == "health-topics"

    def parse(self, path: Path, source: Source) -> Iterator[Document | Skipped]:
        """A document, or the reason against it, for each topic. Raises ParseError."""
        for number, topic in enumerate(iterate_xml(path, ("health-topic",)), 1):
            yield _topic(topic, number, source)


def _topic(topic: Element, number: int, source: Source) -> Document | Skipped:
    title, topic_id = topic.get("title") or "", topic.get("id") or ""
    try:
        blocks = read_html(" ".join(_texts(topic, "full-summary")), title).blocks
    except ParseError:
        blocks = []
    if not title or not topic_id.isdigit() or not blocks:
        message = "the topic has no title, no id or no summary"
        return Skipped(path="", reason="empty", message=message, where=f"topic {number}")
    extra = {
        "groups": "; ".join(_texts(topic, "group")),
        "mesh": "; ".join(words(each) for each in topic.iter() if name_of(each) == "descriptor"),
        "institute": "; ".join(_texts(topic, "primary-institute")),
        "created": topic.get("date-created") or "",
    }
    return Document(
        id=f"/{topic_id}",
        metadata=metadata(
            source,
            title,
            language=_LANGUAGES.get((topic.get("language") or "").lower()),
            url=topic.get("url"),
            audience="patient",
            aliases=tuple(dict.fromkeys([*_texts(topic, "also-called"), *_texts(topic, "see-reference")])),
            extra={name: value[:_EXTRA_LENGTH] for name, value in extra.items() if value},
        ),
        blocks=tuple(blocks),
    )


def _texts(topic: Element, name: str) -> list[str]:
    found = ((each.text or "") if name == "full-summary" else words(each) for each in topic if name_of(each) == name)
    return [text for text in found if text.strip()]


plugin = MedlinePlusParser
