"""The page: a conversation on the left, panels on the right, under each other on a phone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from medqa.registry import load_all
from medqa.serve.ui import texts
from medqa.serve.ui.chat import Conversation, Options, converse, history_of, panel_of, without_last
from medqa.serve.ui.context import COUNTRIES, PageContext, Panel, know_caller, markup, reader_language
from medqa.serve.ui.rendering import block
from medqa.wiring.uploads import KINDS, MOST_AT_ONCE

if TYPE_CHECKING:
    import gradio as gr

    from medqa.settings import Settings

EXAMPLES = (
    "What should my blood pressure be if I have diabetes?",
    "糖尿病人能吃水果吗？",
    "When should I worry about my child's fever?",
    "对乙酰氨基酚有哪些注意事项？",
)


def build(context: PageContext) -> gr.Blocks:
    """The whole page, not yet mounted."""
    import gradio as gr

    page = gr.Blocks(title="MedQA", analytics_enabled=False, fill_width=True)
    with page:
        gr.Markdown("# MedQA", elem_id="masthead")
        gr.Markdown(context.t("tagline"), elem_id="tagline")
        gr.Markdown(context.t("notice"), elem_id="notice")
        if context.settings.audit_log:
            gr.Markdown(context.t("notice_audited"), elem_id="notice-audited")
        with gr.Row(elem_id="main"):
            with gr.Column(scale=3, min_width=320, elem_id="conversation"):
                parts = _conversation_column(context)
            with gr.Column(scale=2, min_width=320, elem_id="panels"):
                _panel_tabs(context)
        _connect(context, parts)
    return page


def _conversation_column(context: PageContext) -> dict[str, Any]:
    import gradio as gr

    t = context.t
    parts: dict[str, Any] = {
        "state": gr.State(Conversation(), time_to_live=3600),
        "copied": gr.Textbox(visible="hidden", elem_id="copied"),
        "uploads": gr.Textbox(visible="hidden", elem_id="uploads"),
        "card": markup("card"),
        "chat": gr.Chatbot(
            label=t("conversation"),
            show_label=False,
            elem_id="chat",
            height="56vh",
            autoscroll=False,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            layout="bubble",
            examples=[{"text": example} for example in EXAMPLES],
            placeholder=t("examples"),
        ),
    }
    with gr.Row(elem_id="asking", equal_height=True):
        if context.settings.uploads_held:
            gr.Button(t("attach"), elem_id="attach", scale=0, min_width=48)
        parts["box"] = gr.Textbox(
            show_label=False,
            label=t("ask_label"),
            placeholder=t("ask_placeholder"),
            lines=1,
            max_lines=6,
            scale=5,
            min_width=200,
            elem_id="question",
            autofocus=True,
        )
        parts["send"] = gr.Button(t("send"), variant="primary", elem_id="send", scale=1, min_width=90)
    with gr.Row(elem_id="actions"):
        for name in ("stop", "retry", "copy", "clear"):
            parts[name] = gr.Button(t(name), elem_id=name, size="sm", min_width=90)
    return parts | _options_row(context)


def _options_row(context: PageContext) -> dict[str, Any]:
    import gradio as gr

    t = context.t
    audiences = [(t("patient"), "patient"), (t("clinician"), "clinician")]
    languages = [(t("language_auto"), "auto"), ("English", "en"), ("中文", "zh")]
    countries = [(t("country_unknown"), ""), *((t(code), code) for code in COUNTRIES)]
    chosen = context.settings.jurisdiction
    with gr.Row(elem_id="options"):
        return {
            "audience": gr.Radio(audiences, value="patient", label=t("audience"), elem_id="audience"),
            "language": gr.Dropdown(languages, value="auto", label=t("language"), filterable=False),
            "country": gr.Dropdown(
                countries,
                value=chosen if chosen in COUNTRIES else "",
                label=t("country"),
                filterable=False,
                elem_id="country",
            ),
        }


def _panel_tabs(context: PageContext) -> None:
    import gradio as gr

    made: list[Panel] = [factory() for factory in load_all("medqa.serve.ui.panels").values()]
    panels = [panel for panel in made if context.settings.administrator or not panel.only_for_administrators]
    with gr.Tabs():
        for panel in sorted(panels, key=lambda panel: panel.position):
            with gr.Tab(context.t(panel.title), elem_id=f"panel-{panel.title}"):
                panel.build(context)


def _connect(context: PageContext, parts: dict[str, Any]) -> None:
    import gradio as gr

    sources = context.components["sources"]
    shown = [parts["chat"], parts["box"], parts["card"], sources, parts["state"], parts["copied"]]
    chosen = [parts["audience"], parts["language"], parts["country"], parts["uploads"]]
    quiet = {"api_visibility": "private", "show_progress": "hidden"}

    async def ask(request: gr.Request, text: str, state: Conversation, *values: str) -> AsyncIterator[tuple[Any, ...]]:
        audience, language, country, uploads = values
        speaks = reader_language(request.headers)
        know_caller(request)
        options = Options(audience, language, country, tuple(uploads.split()), page_language=speaks)
        async for screen in converse(context.application, context.settings, text, state, options):
            now = screen.conversation
            box = text if screen.error else ""
            yield [*screen.history], box, block(now.card), block(screen.sources), now, now.copied

    async def ask_again(request: gr.Request, state: Conversation, *values: str) -> AsyncIterator[tuple[Any, ...]]:
        if state.asked:
            async for update in ask(request, state.asked, without_last(state), *values):
                yield update
        else:
            yield history_of(state), "", block(state.card), block(panel_of(state)), state, state.copied

    async def ask_example(
        request: gr.Request, event: gr.SelectData, state: Conversation, *values: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        async for update in ask(request, event.value["text"], state, *values):
            yield update

    # Gradio finds the request and event data by annotation, and cannot read one that is a string.
    for handler in (ask, ask_again, ask_example):
        handler.__annotations__["request"] = gr.Request
    ask_example.__annotations__["event"] = gr.SelectData
    asking = {"outputs": shown, "concurrency_limit": None, **quiet}
    running = [
        parts["send"].click(ask, [parts["box"], parts["state"], *chosen], **asking),
        parts["box"].submit(ask, [parts["box"], parts["state"], *chosen], **asking),
        parts["retry"].click(ask_again, [parts["state"], *chosen], **asking),
        parts["chat"].example_select(ask_example, [parts["state"], *chosen], **asking),
    ]
    parts["stop"].click(None, None, None, cancels=running)
    for clear in (parts["clear"].click, parts["chat"].clear):
        clear(lambda: ([], "", "", "", Conversation(), ""), None, shown, cancels=running, **quiet)


def stylesheet() -> str:
    """The page's own style."""
    return files("medqa.serve.ui").joinpath("style.css").read_text(encoding="utf-8")


def head_script(settings: Settings) -> str:
    """The scripts for the page's head: citation marks, copying, the check-in, and documents attached to questions."""
    scripts = [_json_element("connection-texts", _texts_of("connection")), _script("behaviour.js")]
    scripts += [_json_element("check-in-texts", _texts_of("check_in")), _script("check_in.js")]
    if settings.uploads_held:
        scripts += [_json_element("attaching", _attaching_facts(settings)), _script("attaching.js")]
    return "".join(scripts)


def _script(name: str) -> str:
    return f"<script>{files('medqa.serve.ui').joinpath(name).read_text(encoding='utf-8')}</script>"


def _json_element(elem_id: str, facts: Mapping[str, Any]) -> str:
    """What a script has to know, as JSON that cannot end its element."""
    shown = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{elem_id}">{shown}</script>'


def _texts_of(prefix: str) -> dict[str, dict[str, str]]:
    return {language: texts.starting(language, prefix) for language in ("en", "zh")}


def _attaching_facts(settings: Settings) -> dict[str, Any]:
    return {
        "texts": _texts_of("attach"),
        "kinds": ",".join(sorted(KINDS)),
        "most": MOST_AT_ONCE,
        "megabytes": settings.upload_max_mb,
        "minutes": settings.upload_minutes,
    }


def translator() -> gr.I18n:
    """The page's texts for Gradio, by the browser's language."""
    import gradio as gr

    english, chinese = texts.load("en"), texts.load("zh")
    return gr.I18n(**{"en": english, "zh": chinese, "zh-CN": chinese, "zh-TW": chinese, "zh-HK": chinese})
