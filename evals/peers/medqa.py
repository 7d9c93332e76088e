"""MedQA as it is: the published snapshot, the default retriever."""

from __future__ import annotations

from evals.peers._passages import Passages
from medqa.domain.conversation import Question
from medqa.retrieve.wording import script
from medqa.settings import load_settings
from medqa.wiring import Application, parts


class MedQA:
    """The whole search: understanding, embedding, both engines, fusion, fetching."""

    def __init__(self, passages: Passages) -> None:
        settings = load_settings(home=passages.home, sentence_vectors_up_to=0)
        self._application = Application(settings, parts.embedder(settings))
        every = self._application.snapshot.passages.fetch(range(len(passages.texts)))
        self._rows = {passage.id: row for row, (passage, _) in enumerate(every)}

    def search(self, text: str, k: int) -> list[int]:
        """Rows of passages, best first."""
        hits = self._application.search(Question(text=text, language=script(text)), k)
        return [self._rows[hit.passage.id] for hit in hits]


plugin = MedQA
