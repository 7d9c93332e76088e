"""Documents as JSON, for the pipe between a parser process and this one. No pickle: the other side is not trusted."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, get_args

from medqa.domain.document import Block, BlockKind, Document, Metadata, Source
from medqa.domain.ingestion import ParsedItem, Reason, Remark, Skipped

_KINDS = frozenset(get_args(BlockKind))
_REASONS = frozenset(get_args(Reason))
_METADATA = tuple(field.name for field in fields(Metadata))
_TRUTHS = frozenset({"retracted", "clinically_reviewed"})


def item_to_json(item: ParsedItem) -> dict[str, Any]:
    """A parsed item as values that JSON has."""
    match item:
        case Document():
            return {
                "document": item.id,
                "metadata": {name: getattr(item.metadata, name) for name in _METADATA},
                "blocks": [[b.text, b.kind, b.section, b.page, b.references] for b in item.blocks],
                "references": dict(item.references),
            }
        case Skipped():
            return {"skipped": item.reason, "message": item.message, "where": item.where}
        case Remark():
            return {"remark": item.message}


def item_from_json(value: dict[str, Any]) -> ParsedItem:
    """The item again. Raises ValueError when any part is not of its type."""
    if "remark" in value:
        return Remark(message=_text(value["remark"]))
    if "skipped" in value:
        where = value.get("where")
        return Skipped(
            path="",
            reason=checked_reason(value["skipped"]),
            message=_text(value.get("message")),
            where=None if where is None else _text(where),
        )
    return Document(
        id=_text(value.get("document")),
        metadata=_metadata(value.get("metadata")),
        blocks=tuple(_block(each) for each in _items(value.get("blocks"))),
        references=_mapping(value.get("references")),
    )


def source_to_json(source: Source) -> dict[str, Any]:
    """The source as values that JSON has."""
    return asdict(source)


def checked_reason(value: object) -> Reason:
    """The reason, if it is one. Raises ValueError."""
    if value not in _REASONS:
        raise ValueError(f"unknown reason {value!r}")
    return value  # type: ignore[return-value]


def _metadata(value: object) -> Metadata:
    if not isinstance(value, dict) or not set(value) <= set(_METADATA):
        raise ValueError("metadata has unknown fields")
    values: dict[str, Any] = {}
    for name, given in value.items():
        if name == "extra":
            values[name] = _mapping(given)
        elif name == "aliases":
            values[name] = tuple(_text(each) for each in _items(given))
        elif name in _TRUTHS:
            values[name] = given if isinstance(given, bool) else None
        else:
            values[name] = None if given is None else _text(given)
    values["retracted"] = bool(values.get("retracted"))
    return Metadata(**values)


def _block(value: object) -> Block:
    text, kind, section, page, references = _items(value)
    if kind not in _KINDS or not (page is None or isinstance(page, int)):
        raise ValueError("a block has an unknown kind or page")
    return Block(
        text=_text(text),
        kind=kind,
        section=tuple(_text(each) for each in _items(section)),
        page=page,
        references=tuple(_text(each) for each in _items(references)),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing")
    return value


def _items(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list is missing")
    return value


def _mapping(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("a mapping is missing")
    return {key: _text(each) for key, each in value.items()}
