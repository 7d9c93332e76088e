"""For administrators: how a document was cut, edits of its passages, a question tried on it, and publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from medqa.errors import MedQAError
from medqa.serve.questions import read_question
from medqa.serve.ui.context import PageContext, language_of_words, markup, speaking
from medqa.serve.ui.curating import document_html, passage_label, standings_html
from medqa.serve.ui.rendering import block, failure, said

if TYPE_CHECKING:
    from medqa.index.curation import Curation as Desk

Words = Mapping[str, str]
Update = tuple[Any, ...]
_KINDS = ("hide", "correct", "restore")


class Curation:
    """A document is chosen, then a passage of it, then what becomes of that."""

    title = "curation"
    position = 80
    only_for_administrators = True

    def build(self, context: PageContext) -> None:
        """The components from top to bottom, then what they do."""
        import gradio as gr

        t = context.t
        gr.Markdown(t("curation_hint"))
        parts: dict[str, Any] = {
            "words": gr.Textbox(label=t("curation_find"), lines=1, max_lines=1, elem_id="curation-words"),
            "find": gr.Button(t("curation_find_button"), size="sm"),
            "document": gr.Dropdown([], label=t("curation_document"), elem_id="curation-document"),
            "passages": markup("curation-passages"),
            "passage": gr.Dropdown([], label=t("curation_passage"), elem_id="curation-passage"),
            "text": gr.Textbox(label=t("curation_text"), lines=5, max_lines=14, elem_id="curation-text"),
        }
        with gr.Row(elem_id="curation-actions"):
            for kind in _KINDS:
                parts[kind] = gr.Button(t(f"curation_{kind}"), size="sm", min_width=90)
        parts["said"] = markup("curation-said")
        parts["pending"] = markup("curation-pending")
        parts["publish"] = gr.Button(t("curation_publish"), variant="primary", elem_id="curation-publish")
        parts["query"] = gr.Textbox(label=t("curation_query"), lines=1, max_lines=1, elem_id="curation-query")
        parts["try"] = gr.Button(t("curation_try"), size="sm")
        parts["trial"] = markup("curation-trial")
        _connect(_Acts(context), parts)


def _connect(acts: _Acts, parts: dict[str, Any]) -> None:
    import gradio as gr

    def on(trigger: Any, act: Callable[..., Any], inputs: str, outputs: str) -> None:
        trigger(
            speaking(act),
            [parts[name] for name in inputs.split()],
            [parts[name] for name in outputs.split()],
            show_progress="hidden",
            api_visibility="private",
        )

    for find in (parts["find"].click, parts["words"].submit):
        on(find, acts.find, "words", "document said")
    on(parts["document"].change, acts.open, "document", "passages passage text trial said")
    on(parts["passage"].change, acts.pick, "document passage", "text")
    for kind in _KINDS:
        on(parts[kind].click, getattr(acts, kind), "document passage text", "passages passage text said pending")
    for attempt in (parts["try"].click, parts["query"].submit):
        on(attempt, acts.attempt, "document query", "trial")
    on(parts["publish"].click, acts.publish, "", "said pending")
    gr.on(fn=speaking(acts.pending), outputs=parts["pending"], show_progress="hidden", api_visibility="private")


class _Acts:
    """What each control does: the words of the reader and the inputs in, new values of the outputs out."""

    def __init__(self, context: PageContext) -> None:
        self._application, self._settings = context.application, context.settings

    def find(self, words: Words, wanted: str) -> Update:
        """Documents to choose from, the first of them chosen, and a line where there is none."""
        import gradio as gr

        try:
            with self._desk() as desk:
                found = desk.find(wanted)
        except MedQAError as err:
            return gr.skip(), failure(err, language_of_words(words))
        choices = [(f"{title} · {document_id}", document_id) for document_id, title in found]
        chosen = gr.Dropdown(choices=choices, value=choices[0][1] if choices else None)
        return chosen, "" if found else said(words["curation_none"])

    def open(self, words: Words, document_id: str | None) -> Update:
        """The document as it was cut, with no passage chosen."""
        import gradio as gr

        if not document_id:
            return "", gr.Dropdown(choices=[], value=None), "", "", gr.skip()
        try:
            with self._desk() as desk:
                shown, passages = self._shown(words, desk, document_id)
        except MedQAError as err:
            return "", gr.Dropdown(choices=[], value=None), "", "", failure(err, language_of_words(words))
        return shown, gr.Dropdown(choices=passages, value=None), "", "", ""

    def pick(self, _: Words, document_id: str | None, passage_id: str | None) -> str:
        """The text of the chosen passage, to be changed."""
        if not document_id or not passage_id:
            return ""
        try:
            with self._desk() as desk:
                cuts = desk.document(document_id).passages
        except MedQAError:  # the document has gone since it was opened; the next click on it says so
            return ""
        return next((cut.text for cut in cuts if cut.passage.id == passage_id), "")

    def hide(self, words: Words, document_id: str | None, passage_id: str | None, _: str) -> Update:
        """Leaves the passage out of what is published next."""
        return self._edit(words, document_id, passage_id, "hide", lambda desk, chosen: desk.hide(chosen))

    def correct(self, words: Words, document_id: str | None, passage_id: str | None, text: str) -> Update:
        """Puts the text in the place of the source's."""
        return self._edit(words, document_id, passage_id, "correct", lambda desk, chosen: desk.correct(chosen, text))

    def restore(self, words: Words, document_id: str | None, passage_id: str | None, _: str) -> Update:
        """Takes the source's own text again."""
        return self._edit(words, document_id, passage_id, "restore", lambda desk, chosen: desk.restore(chosen))

    def attempt(self, words: Words, document_id: str | None, query: str) -> str:
        """Where the document's passages stand for a question."""
        from medqa.wiring import curating

        if not document_id:
            return said(words["curation_choose"])
        try:
            question = read_question(query, settings=self._settings)
            standings = curating.try_query(self._application, document_id, question)
        except MedQAError as err:
            return failure(err, language_of_words(words))
        return block(standings_html(standings, curating.DEPTH, words))

    def publish(self, words: Words) -> Update:
        """Publishes the library with its edits; this page answers from it at once."""
        from medqa.wiring import curating

        try:
            snapshot_id = curating.publish(self._application)
        except MedQAError as err:
            return failure(err, language_of_words(words)), self.pending(words)
        return said(words["curation_did_publish"].format(snapshot_id)), self.pending(words)

    def pending(self, words: Words) -> str:
        """Whether the library has changes that readers do not see yet."""
        from medqa.wiring import curating

        try:
            is_published = curating.is_published(self._application)
        except MedQAError as err:
            return failure(err, language_of_words(words))
        return said(words["curation_published" if is_published else "curation_pending"])

    def _edit(
        self,
        words: Words,
        document_id: str | None,
        passage_id: str | None,
        kind: str,
        edit: Callable[[Desk, str], None],
    ) -> Update:
        import gradio as gr

        kept = (gr.skip(), gr.skip(), gr.skip())
        if not document_id or not passage_id:
            return *kept, said(words["curation_choose"]), gr.skip()
        try:
            with self._desk() as desk:
                edit(desk, passage_id)
                shown, passages = self._shown(words, desk, document_id)
        except MedQAError as err:
            return *kept, failure(err, language_of_words(words)), gr.skip()
        chosen = gr.Dropdown(choices=passages, value=passage_id)
        text = self.pick(words, document_id, passage_id)
        return shown, chosen, text, said(words[f"curation_did_{kind}"]), self.pending(words)

    def _desk(self) -> Any:
        from medqa.wiring.curating import curation

        return curation(self._settings)

    @staticmethod
    def _shown(words: Words, desk: Desk, document_id: str) -> tuple[str, list[tuple[str, str]]]:
        """The document's HTML, and its passages to choose from."""
        document = desk.document(document_id)
        choices = [(passage_label(cut, words), cut.passage.id) for cut in document.passages]
        return block(document_html(document, words)), choices


plugin = Curation
