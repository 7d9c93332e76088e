"""MedQuAD: questions and answers from NIH web sites, one XML file a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import Remark
from medqa.errors import ParseError
from medqa.ingest.mending import mend
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._metadata import metadata
from medqa.ingest.parsers._xml import Element, child, descendants, name_of, parse_xml, raw_text, root_name, words


class MedQuadParser:
    """Reads MedQuAD ``.xml``: one document a question, with the id ``<file>-<pid>`` that the collection uses."""

    name = "medquad"
    suffixes = (".xml",)
    is_corpus = False

    def recognises(self, head: bytes, name: str) -> bool:
        """The root is ``Document`` and says where the page came from."""
        bare = head.replace(b"\0", b"")
        return root_name(head) == "Document" and (b"<Focus" in bare or b"<QAPair" in bare)

    def parse(self, path: Path, source: Source) -> Iterator[Document | Remark]:
        """A document for each answered question. Raises ParseError ``empty`` when none is answered."""
        root = parse_xml(path)
        pairs = list(descendants(root, "QAPair"))
        unanswered = 0
        for number, pair in enumerate(pairs, 1):
            document = _document(root, pair, number, source)
            unanswered += document is None
            if document is not None:
                yield document
        if unanswered == len(pairs):
            raise ParseError("none of its questions has an answer", reason="empty")
        if unanswered:
            yield Remark(message=f"{unanswered} of {len(pairs)} questions have no answer")


def _document(root: Element, pair: Element, number: int, source: Source) -> Document | None:
    answer = child(pair, "Answer")
    question = child(pair, "Question")
    blocks = BlockList()
    for line in raw_text(answer).splitlines() if answer is not None else ():
        bare = mend(line)
        is_item = bare.startswith(("- ", "* ", "• "))
        blocks.add(bare[2:] if is_item else bare, "list_item" if is_item else "paragraph")
    if not blocks.blocks:
        return None
    focus = words(child(root, "Focus"))
    kind = question.get("qtype") if question is not None else None
    return Document(
        id=f"-{pair.get('pid') or number}",
        metadata=metadata(
            source,
            words(question) or focus or "Untitled question",
            source=root.get("source"),
            url=root.get("url"),
            language="en",
            aliases=tuple(dict.fromkeys(filter(None, (focus, *_synonyms(root))))),
            extra={name: value for name, value in (("focus", focus), ("qtype", kind)) if value},
        ),
        blocks=tuple(blocks.blocks),
    )


def _synonyms(root: Element) -> Iterator[str]:
    annotations = child(root, "FocusAnnotations")
    if annotations is not None:
        yield from (words(each) for each in annotations.iter() if name_of(each) == "Synonym")


plugin = MedQuadParser
