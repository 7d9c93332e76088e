"""Which document belongs to which split: no document, twin or copied passage stands on both sides."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.train.rows import Split

_LANGUAGE = re.compile(r"(?:^|/)(?:en|zh)(?=/)")
_BARE = re.compile(r"[\W_]+")


def families(documents: Mapping[str, Metadata]) -> dict[str, str]:
    """A name by document id that twins share: translations, a topic's clinician page, documents of one title."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for document_id, metadata in documents.items():
        stem = _LANGUAGE.sub("", document_id).removesuffix(".clinician")
        # A title stands for its source only: two publishers may both write about asthma, in words of their own.
        title = f"{metadata.source_id}\0{bare(metadata.title)}"
        first, second = sorted((root(f"id:{stem}"), root(f"title:{title}")))
        parent[second] = first
    return {
        document_id: root(f"id:{_LANGUAGE.sub('', document_id).removesuffix('.clinician')}")
        for document_id in documents
    }


def assign(names: Iterable[str], *, validation: float, test: float, seed: int) -> dict[str, Split]:
    """The split of each family: exact shares, at least one where a share is asked for and three families exist."""
    ordered = sorted(set(names), key=lambda name: hashlib.sha256(f"{seed}\0{name}".encode()).digest())
    wanted = [_count(len(ordered), share) for share in (test, validation)]
    splits: dict[str, Split] = {}
    for place, name in enumerate(ordered):
        splits[name] = "test" if place < wanted[0] else "validation" if place < sum(wanted) else "train"
    return splits


def shared_texts(passages: Iterable[Passage], split_of: Mapping[str, Split]) -> frozenset[str]:
    """Bare texts that stand in documents of more than one split: no row may use them."""
    found: defaultdict[str, set[Split]] = defaultdict(set)
    for passage in passages:
        found[bare(passage.text)].add(split_of[passage.document_id])
    return frozenset(text for text, splits in found.items() if len(splits) > 1)


def bare(text: str) -> str:
    """The text in lower case without punctuation and white space."""
    return _BARE.sub("", text.casefold())


def leaks(rows_by_split: Mapping[Split, Sequence[tuple[str, ...]]]) -> set[str]:
    """What stands in more than one split: document or passage ids, or bare texts."""
    seen: defaultdict[str, set[Split]] = defaultdict(set)
    for split, rows in rows_by_split.items():
        for row in rows:
            for name in row:
                seen[name].add(split)
    return {name for name, splits in seen.items() if len(splits) > 1}


def _count(families: int, share: float) -> int:
    if not share:
        return 0
    return max(round(families * share), 1 if families >= 3 else 0)
