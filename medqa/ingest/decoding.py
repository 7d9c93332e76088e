"""Bytes to text in whatever encoding they came: UTF-8, UTF-16, GB18030, Latin-1 and their relatives."""

from __future__ import annotations

import codecs
import re

from medqa.errors import ParseError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_COMMON_HAN = re.compile(
    "[的一是不在有和人这中大为上个国以要时用生到作地于出就分对成会可主年动同工也能下过子说种面而方后多]"
)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a file. Raises ParseError ``undecodable`` when the bytes are no text."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding)
    if (wide := _wide_encoding(data)) is not None:
        return _decoded(data, wide)
    sample = data[:_SAMPLE].decode("latin-1")
    if len(_CONTROLS.findall(sample)) > max(2, len(sample) // 20):
        raise ParseError("this is no text: it holds many control bytes", reason="undecodable")
    for candidate in ("utf-8", declared or "utf-8"):
        text = _try(data, candidate)
        if text is not None:
            return text
    return _guessed(data)


def _guessed(data: bytes) -> str:
    """Text in an old encoding: GB18030 where that gives Chinese, else what charset-normalizer finds, else Latin-1."""
    chinese = _try(data, "gb18030")
    if chinese is not None and _reads_as_chinese(chinese):
        return chinese
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=["big5", "shift_jis", "euc_kr", "cp1251", "cp1252"]).best()
    if best is not None and best.encoding not in {"ascii", "utf_8"}:
        text = _try(data, best.encoding)
        if text is not None:
            return text
    return _try(data, "cp1252") or data.decode("latin-1")


def _reads_as_chinese(text: str) -> bool:
    """Whether the letters outside ASCII are mostly Chinese, as chance pairs of accented Latin letters are not."""
    beyond = [c for c in text[:_SAMPLE] if c > "\x7f"]
    han = [c for c in beyond if "\u4e00" <= c <= "\u9fa5" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"]
    common = sum(bool(_COMMON_HAN.match(c)) for c in han)
    return len(han) >= 0.9 * max(len(beyond), 1) and (common * 30 >= len(han) or len(han) > len(text) // 2)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: most even or most odd bytes of Latin text are zero."""
    sample = data[:4096]
    half = len(sample) // 2
    if half < 8:
        return None
    if sample[1::2].count(0) > 0.6 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as err:
        raise ParseError(f"begins as {encoding} but breaks off at byte {err.start}", reason="undecodable") from err
