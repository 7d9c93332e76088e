"""Every deliberate exception of MedQA.

::

    MedQAError
    ├── UsageError            the caller's input is wrong           exit 2, HTTP 422 (413 when too long)
    ├── ConfigError           a setting is wrong                    exit 1, at start
    ├── HomeError             the home cannot be read or written    exit 1, HTTP 503
    ├── AuditError            the audit log cannot be kept or read  exit 1; answers go on
    ├── IngestError           a run of ingestion cannot go on       exit 1
    │   ├── ParseError        one file cannot be read; the run goes on, the report says so
    │   └── FetchError        a page or a file cannot be brought from where it is published
    ├── SnapshotError         the index cannot be used              exit 1, HTTP 503
    │   ├── SnapshotMissing       there is none yet
    │   ├── SnapshotCorrupt       a file differs from the manifest
    │   ├── SnapshotMismatch      made with another encoder, schema or version
    │   └── PublishConflict       another process is publishing
    ├── ChatModelError        the language model gave no usable answer; the engine degrades
    │   └── AnswerCut         it wrote more than it may; what came before stands
    └── Overloaded            too many requests at once             HTTP 503 with Retry-After
        └── RateLimited           too many requests from one address    HTTP 429 with Retry-After

Refusing and finding nothing are values (``Abstained``, ``Declined``), not exceptions.
A message says what was wrong, where, and how to mend it. It never holds question or patient text.
"""

from __future__ import annotations

from collections.abc import Mapping


class MedQAError(Exception):
    """Base of every error that MedQA raises on purpose.

    ``facts`` are the numbers and names in its message, by name, for who says it in another language.
    """

    code = "error"

    def __init__(self, message: str = "", *, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.facts: Mapping[str, object] = facts or {}


class UsageError(MedQAError):
    """The caller's input is wrong; ``field`` names the offending part."""

    code = "bad_input"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, facts=facts)
        self.field = field
        if code is not None:
            self.code = code


class ConfigError(MedQAError):
    """A setting has a value that MedQA cannot work with."""

    code = "bad_config"


class HomeError(MedQAError):
    """The home folder is missing, full, or not writable."""

    code = "home_unusable"


class AuditError(MedQAError):
    """The audit log cannot be written or read, or its key cannot be used. No answer waits for it."""

    code = "audit_unusable"


class IngestError(MedQAError):
    """Ingestion as a whole cannot go on."""

    code = "ingest_failed"


class ParseError(IngestError):
    """One file cannot be read. ``reason`` is a stable word for reports, such as ``encrypted``."""

    code = "parse_failed"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class FetchError(IngestError):
    """Something cannot be brought from where it is published. ``status`` is the HTTP status, where there was one."""

    code = "fetch_failed"

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class SnapshotError(MedQAError):
    """The index on disk cannot be used."""

    code = "index_unusable"


class SnapshotMissing(SnapshotError):
    """No snapshot has been published in this home."""

    code = "index_missing"


class SnapshotCorrupt(SnapshotError):
    """A file of the snapshot differs from its manifest."""

    code = "index_corrupt"


class SnapshotMismatch(SnapshotError):
    """The snapshot was made with another encoder, schema or metric."""

    code = "index_mismatch"


class PublishConflict(SnapshotError):
    """Another process holds the publishing lock."""

    code = "publish_conflict"


class ChatModelError(MedQAError):
    """The language model is unreachable, too slow, or wrote nothing usable."""

    code = "chat_model_failed"


class AnswerCut(ChatModelError):
    """The language model's answer was longer than allowed, so its end is missing. Its server is well."""


class Overloaded(MedQAError):
    """Too much work at once. ``retry_after_s`` says when to come back."""

    code = "overloaded"

    def __init__(self, message: str, *, retry_after_s: int = 1) -> None:
        super().__init__(message, facts={"seconds": retry_after_s})
        self.retry_after_s = retry_after_s


class RateLimited(Overloaded):
    """Too many requests from one address."""

    code = "rate_limited"
