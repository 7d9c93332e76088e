"""The audit log of an installation: from questions, replies and publications to entries that hold nobody's words.

Off unless ``audit_log`` is set. Answers never wait for it and never fail with it: where it cannot be written, that is
logged as an error, `/readyz` says degraded and `medqa doctor` fails.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa import __file__ as package
from medqa import __version__
from medqa.domain.answer import HandedOver
from medqa.domain.plain_text import answer_text
from medqa.errors import AuditError
from medqa.records.entry import Event
from medqa.records.key import AuditKey, read_key
from medqa.records.log import AuditLog
from medqa.records.writer import Writer
from medqa.telemetry import caller, new_id

if TYPE_CHECKING:
    from medqa.domain.answer import Reply
    from medqa.domain.calculation import Assessment
    from medqa.domain.conversation import Question
    from medqa.domain.safety import Screening
    from medqa.settings import Settings

SETTINGS, SETTINGS_CHANGED = "settings", "settings_changed"
_OF_ONE_RUN = ("home", "host", "port", "log_level")  # they differ from command to command and decide on no answer


def folder(settings: Settings) -> Path:
    """Where the log lies."""
    return settings.home / "audit"


def key_file(settings: Settings) -> Path:
    """Where the key lies."""
    return settings.audit_key_file or settings.home / "audit.key"


def auditor(settings: Settings) -> Auditor | None:
    """What keeps the log of this home, where one is wanted."""
    return Auditor(settings) if settings.audit_log else None


def note(settings: Settings, action: str, object_id: str, **facts: Any) -> None:
    """Records one change to what this home knows, where a log is wanted, and waits for it."""
    made = auditor(settings)
    if made is not None:
        made.record(action, object_id, who=caller.get(), facts=facts)
        made.flush()


class Auditor:
    """Records what an application does. Nothing here raises, and nothing but ``flush`` waits for the disk."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key: AuditKey | None = None
        self._writer = Writer(self._opened, first=self._settings_in_force)
        self._writer.open()

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why nothing is recorded at the moment; empty while all is well."""
        trouble = self._writer.trouble
        return (f"the audit log is not being written: {trouble}",) if trouble else ()

    def begin(self, question: Question) -> Recording:
        """The record of one question, asked by who is known here as the caller."""
        return Recording(self, question, caller.get())

    def screened(self, question: Question, screening: Screening) -> None:
        """A text was screened, not answered."""
        decision = {**_found(screening), "takeover": screening.takeover}
        facts = {"language": question.language, "decision": decision, "versions": {"medqa": __version__, **_rules()}}
        self.record("screened", new_id(), who=caller.get(), facts=facts, said=_said(question))

    def calculated(self, assessment: Assessment) -> None:
        """A questionnaire was counted. Of the answers not even a hash is kept: the key's holder could try them all."""
        instrument, screening = assessment.calculation.instrument, assessment.screening
        versions = {"medqa": __version__, "instrument": instrument.version, **_rules()}
        facts = {"instrument": instrument.name, "decision": _found(screening), "versions": versions}
        self.record("calculated", new_id(), who=caller.get(), facts=facts)

    def record(
        self,
        action: str,
        object_id: str,
        *,
        who: str = "",
        facts: Mapping[str, Any],
        said: Mapping[str, str] | None = None,
    ) -> None:
        """One entry. Of ``said`` only keyed hashes are kept, of ``who`` a pseudonym; without a key nothing at all."""
        key = self._usable_key()
        if key is None:
            self._writer.lose()
            return
        hashes = {name: key.content(object_id, text) for name, text in (said or {}).items()}
        told = {**facts, "content": hashes} if hashes else dict(facts)
        self._writer.put(Event(action=action, actor=key.pseudonym(who or _user()), object_id=object_id, facts=told))

    def flush(self) -> None:
        """Returns when what was recorded is on the disk, or cannot be written; that is logged."""
        self._writer.flush()

    def _usable_key(self) -> AuditKey | None:
        if self._key is None:
            try:
                self._key = read_key(key_file(self._settings))
            except AuditError:
                return None  # the writer meets the same trouble, and says so
        return self._key

    def _opened(self) -> AuditLog:
        self._key = self._key or read_key(key_file(self._settings))
        _rules()  # read here, on the writer's thread, and not while the first question is answered
        return AuditLog(folder(self._settings), self._key)

    def _settings_in_force(self, log: AuditLog) -> Iterator[Event]:
        """The settings, as keyed hashes of those that differ from their defaults, unless they stand there already."""
        present = _hashed(self._settings, log.key)
        held = [entry for entry in (log.newest(SETTINGS), log.newest(SETTINGS_CHANGED)) if entry is not None]
        before = max(held, key=lambda entry: entry.seq).fact("fields") if held else None
        if before == present:
            return
        facts: dict[str, Any] = {"fields": present}
        if isinstance(before, dict):
            names = {*before, *present}
            facts["changed"] = sorted(name for name in names if before.get(name) != present.get(name))
        action = SETTINGS if before is None else SETTINGS_CHANGED
        yield Event(action=action, actor=log.key.pseudonym(_user()), facts=facts)


@dataclass(frozen=True, slots=True)
class Recording:
    """The record of one question."""

    auditor: Auditor
    question: Question
    caller: str

    def answered(self, reply: Reply) -> None:
        """The whole reply went out."""
        outcome, made = reply.outcome, reply.provenance
        status = outcome.level if isinstance(outcome, HandedOver) else type(outcome).__name__.lower()
        decision = {"status": status, **_found(reply.screening), "degraded": made.degraded}
        versions = {"chat_model": made.chat_model, "index": made.index_snapshot, "prompt": made.prompt_sha256}
        self._record(reply.id, decision, versions, {"answer": answer_text(outcome)})

    def broken_off(self, screening: Screening) -> None:
        """The reader left before the end, or something failed; the screen's card may have been shown."""
        self._record(new_id(), {"status": "broken_off", **_found(screening)}, {}, {})

    def _record(
        self, id_: str, decision: dict[str, Any], versions: Mapping[str, object], answer: Mapping[str, str]
    ) -> None:
        asked = self.question
        facts = {
            "audience": asked.audience,
            "language": asked.language,
            "decision": decision,
            "versions": {"medqa": __version__, **_rules(), **versions},
        }
        self.auditor.record("asked", id_, who=self.caller, facts=facts, said={**_said(asked), **answer})


def _found(screening: Screening) -> dict[str, Any]:
    return {"level": screening.level, "rules": sorted({finding.rule for finding in screening.findings})}


def _said(question: Question) -> dict[str, str]:
    """The words that are hashed: the question, and the turns before it where there are any."""
    turns = [(turn.role, turn.content) for turn in question.turns]
    return {"question": question.text, **({"turns": json.dumps(turns, ensure_ascii=False)} if turns else {})}


@cache
def _rules() -> Mapping[str, str]:
    """The version of the safety rules: the beginning of the SHA-256 over all that decides there."""
    digest, root = hashlib.sha256(), Path(package).parent / "safety"
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return {"rules": digest.hexdigest()[:16]}


def _hashed(settings: Settings, key: AuditKey) -> dict[str, str]:
    """A keyed hash of each setting that differs from its default; of a secret, that it is set."""
    fields: dict[str, str] = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if name in _OF_ONE_RUN or value == field.default:
            continue
        fields[name] = key.content(SETTINGS, f"{name}={value}")[:16]  # a secret shows itself as asterisks
    return fields


@cache
def _user() -> str:
    """Who runs this process."""
    try:
        return f"user:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return f"user:{os.getuid() if hasattr(os, 'getuid') else '-'}"
