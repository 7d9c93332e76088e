"""The key of the audit log: drawn at random, refused when it could be guessed or read by others.

Everything that an entry says about people or their words is keyed as well. A plain hash of "do I have HIV?" is found
by hashing a list of likely questions; without the key nobody can make that list.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from medqa.errors import AuditError

_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_FEWEST_VALUES = 16  # different bytes among 32: at random fewer than 20 come up less than once in a billion keys
_MAKE = "make one with `medqa audit key`"


@dataclass(frozen=True, slots=True)
class AuditKey:
    """32 bytes that nobody can guess. Raises AuditError for a short one, and for one that looks made up."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _BYTES:
            raise AuditError(f"the audit key has {len(self.secret)} bytes, {_BYTES} are needed: {_MAKE}")
        steps = {(after - before) % 256 for before, after in zip(self.secret, self.secret[1:], strict=False)}
        if len(set(self.secret)) < _FEWEST_VALUES or len(steps) == 1:
            raise AuditError(f"the audit key is a pattern that anybody could guess: {_MAKE}")

    @property
    def id(self) -> str:
        """16 hexadecimal characters that tell this key from others and say nothing about it."""
        return self._mac("id", b"")[:16]

    def link(self, previous: str, canonical: bytes) -> str:
        """``HMAC-SHA256(key, h_{n-1} || entry)`` as 64 hexadecimal characters."""
        return self._mac("chain", previous.encode(), canonical)

    def pseudonym(self, name: str) -> str:
        """32 hexadecimal characters for a person or an address: the same each time, and of no use elsewhere."""
        return self._mac("actor", name.encode("utf-8", "surrogatepass"))[:32]

    def content(self, object_id: str, text: str) -> str:
        """The hash of a text as part of one object: the same words under another id have another hash."""
        return self._mac("content", object_id.encode(), b"\0", text.encode("utf-8", "surrogatepass"))

    def debris(self, data: bytes) -> str:
        """The hash of bytes that are set aside."""
        return self._mac("debris", data)

    def signature(self, statement: bytes) -> str:
        """What shows that a checkpoint was made with this key."""
        return self._mac("checkpoint", statement)

    def _mac(self, purpose: str, *parts: bytes) -> str:
        """Each purpose has a key of its own, so that no value of one can pass as a value of another."""
        own = hmac.digest(self.secret, f"medqa audit {purpose}".encode(), hashlib.sha256)
        return hmac.digest(own, b"".join(parts), hashlib.sha256).hex()


def make_key(path: Path) -> AuditKey:
    """A new random key in a file that only its owner may read. Raises AuditError when there is a file already."""
    secret = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as err:
        raise AuditError(f"{path} is there already, and entries may rest on it: name another file") from err
    except OSError as err:
        raise AuditError(f"cannot write {path} ({err.strerror}): check free space and rights") from err
    return AuditKey(secret)


def read_key(path: Path) -> AuditKey:
    """The key in a file. Raises AuditError when it is missing, weak, or open to other users."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except FileNotFoundError as err:
        raise AuditError(f"there is no audit key at {path}: {_MAKE}, or set MEDQA_AUDIT_KEY_FILE") from err
    except UnicodeDecodeError as err:
        raise AuditError(f"{path} holds no audit key (64 hexadecimal characters): {_MAKE}") from err
    except OSError as err:
        raise AuditError(f"cannot read the audit key {path} ({err.strerror}): check its rights") from err
    # The group may read: that is how a container is handed a secret.
    if os.name == "posix" and mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise AuditError(f"other users may read or change the audit key: chmod 600 {path}")
    if not _HEX.fullmatch(text):
        raise AuditError(f"{path} holds no audit key (64 hexadecimal characters): {_MAKE}")
    return AuditKey(bytes.fromhex(text))
