"""The audit key: random, kept to its owner, refused when it could be guessed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from medqa.errors import AuditError
from medqa.records.key import AuditKey, make_key, read_key


def test_a_made_key_is_read_again_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "audit.key"
    made = make_key(path)
    assert read_key(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made != make_key(tmp_path / "another.key")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    made = make_key(path)
    with pytest.raises(AuditError, match="there already"):
        make_key(path)
    assert read_key(path) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "changeme",
        "secret",
        "0" * 64,
        "f" * 64,
        "deadbeef" * 8,
        "0123456789abcdef" * 4,
        bytes(range(32)).hex(),
        bytes(range(32, 0, -1)).hex(),
        "ab" * 31,
        "d4c8a80a7ba6606839697db2982771d8",  # too short
        "76f8c31b7c1e044de3cb8b42b3dca368cb1993cce11d7233301e4d031de15c0175",  # too long
        "密" * 64,
    ],
)
def test_a_default_short_or_patterned_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "audit.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(AuditError, match="medqa audit key"):
        read_key(path)


def test_a_thousand_random_keys_are_accepted() -> None:
    for _ in range(1_000):
        AuditKey(os.urandom(32))


@pytest.mark.skipif(os.name != "posix", reason="rights of a file mean something else there")
@pytest.mark.parametrize(("mode", "is_accepted"), [(0o644, False), (0o666, False), (0o620, False), (0o440, True)])
def test_a_key_that_other_users_may_read_is_refused(tmp_path: Path, mode: int, is_accepted: bool) -> None:
    path = tmp_path / "audit.key"
    make_key(path)
    path.chmod(mode)
    if is_accepted:
        assert read_key(path)
    else:
        with pytest.raises(AuditError, match="chmod 600"):
            read_key(path)


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="medqa audit key"):
        read_key(tmp_path / "audit.key")


def test_a_key_shows_itself_nowhere(key: AuditKey) -> None:
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)
    assert key.id not in key.secret.hex()


def test_the_same_words_have_another_hash_in_each_object_and_under_each_key(key: AuditKey, other_key: AuditKey) -> None:
    hashes = {k.content(id_, "Do I have HIV?") for k in (key, other_key) for id_ in ("1", "2")}
    assert len(hashes) == 4


def test_no_value_of_one_purpose_is_a_value_of_another(key: AuditKey) -> None:
    made = {key.link("", b"x"), key.content("", "x"), key.debris(b"x"), key.signature(b"x"), key.pseudonym("x")}
    assert len({each[:32] for each in made}) == 5
