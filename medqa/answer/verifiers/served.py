"""Checks a claim with a served model, after the embedded check has let it pass; alone with that where the server fails.

Amounts, medicines, denial, direction and clauses of which the source has no word stay with the embedded check: a
model is asked whether the source says it, never whether a number may differ.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
import weakref
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Claim, Verdict
from medqa.domain.control_tokens import without_control
from medqa.domain.language import language_of
from medqa.domain.naming import Vocabulary
from medqa.domain.passage import Passage
from medqa.errors import ChatModelError
from medqa.prompting import load_prompt
from medqa.protocols import Masker
from medqa.served_model import ServedModel

_log = logging.getLogger(__name__)
_TAG = re.compile(r"</?(?:source|claim)\b[^<>]*>", re.IGNORECASE)
_CHOICES = ("supported", "partly", "contradicted", "absent")
_SUPPORTED = 0.6
_PARTIAL = 0.5
_SHARED = 0.2  # of the claim's words and names: with fewer no model is asked, whatever it would vouch for
_PASSAGE_CHARS = 1600
_REST_S = 30.0
_END_S = 2.0

_Begun = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Served:
    """Asks the model for the probability of each verdict. A server that fails is left alone for half a minute."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        model: ServedModel,
        prompts: Path,
        masker: Masker | None = None,
        *,
        timeout_s: float = 2.0,
    ) -> None:
        self._local = Lexical(vocabulary)
        self._model = model
        self._masker = masker
        self._timeout_s = timeout_s
        self._prompts = {language: load_prompt(prompts, f"support_{language}") for language in ("en", "zh")}
        self._loop = _Loop(model)
        self._rests_until = 0.0

    def verify(self, text: str, cited: Sequence[Passage]) -> Claim:
        """The embedded verdict where something must not differ or the words are the source's own; else the model's."""
        local = self._local.weakest(text, cited)
        may_ask = not local.differs and local.measures.get("covered", 0.0) >= _SHARED
        if may_ask and time.monotonic() >= self._rests_until:
            try:
                verdict, support = self._asked(text, cited)
                return replace(local, verdict=verdict, support=support).claim(text)
            except (ChatModelError, TimeoutError) as err:
                self._rests_until = time.monotonic() + _REST_S
                _log.warning("claims are checked without the served model: %s", type(err).__name__)
        return local.claim(text)

    def _asked(self, text: str, cited: Sequence[Passage]) -> tuple[Verdict, float]:
        if self._masker:
            text, _ = self._masker.mask(text)
        source = "\n\n".join(f"{passage.section or ''}\n{passage.text[:_PASSAGE_CHARS]}" for passage in cited)
        prompt = self._prompts[language_of(text)]
        content = prompt.render(claim=_bare(text), source=_bare(source))
        asked = self._model.choose([{"role": "user", "content": content}], _CHOICES, timeout_s=self._timeout_s)
        chances = self._loop.run(asked, 2 * self._timeout_s)
        return _verdict(chances)


def _bare(text: str) -> str:
    """The text without what could end the block that it stands in."""
    return without_control(_TAG.sub("", text))


def _verdict(chances: dict[str, float]) -> tuple[Verdict, float]:
    """The verdict with its support in [0, 1]: all of "supported" and half of "partly"."""
    support = chances["supported"] + 0.5 * chances["partly"]
    if chances["contradicted"] >= _PARTIAL:
        return "contradicted", support
    if chances["supported"] >= _SUPPORTED:
        return "supported", support
    return ("partial" if chances["supported"] + chances["partly"] >= _PARTIAL else "unsupported"), support


class _Loop:
    """An event loop in a thread of its own, so that a check may wait for the server from any thread.

    It ends with its owner, or with the program, and closes the model's connections then.
    """

    def __init__(self, model: ServedModel) -> None:
        self._model = model
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def run(self, work: Coroutine[None, None, dict[str, float]], timeout_s: float) -> dict[str, float]:
        """What the work returns. Raises TimeoutError, and whatever the work raises."""
        with self._lock:
            if self._loop is None:
                begun: Future[_Begun] = Future()
                thread = threading.Thread(
                    target=lambda model: asyncio.run(_until_ended(model, begun)),
                    args=(self._model,),
                    name="claim-check",
                    daemon=True,
                )
                thread.start()
                self._loop, ended = begun.result()
                weakref.finalize(self, _end, self._loop, ended, thread)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)


async def _until_ended(model: ServedModel, begun: Future[_Begun]) -> None:
    """Tells that the loop has begun and what ends it."""
    ended = asyncio.Event()
    begun.set_result((asyncio.get_running_loop(), ended))
    try:
        await ended.wait()
    finally:
        await model.close()


def _end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(ended.set)
    if thread is not threading.current_thread():
        thread.join(_END_S)


plugin = Served
