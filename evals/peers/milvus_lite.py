"""Milvus Lite: the embedded Milvus of its quick start, searched by vectors with its default index."""

from __future__ import annotations

from typing import Any

import numpy as np

from evals.peers._passages import Passages

_COLLECTION, _BATCH = "passages", 1_000


class MilvusLite:
    """One collection in one file."""

    def __init__(self, passages: Passages) -> None:
        from pymilvus import MilvusClient

        self._encode = passages.encode_query
        self._client: Any = MilvusClient(str(passages.scratch / "milvus.db"))
        self._client.create_collection(_COLLECTION, dimension=passages.vectors.shape[1], metric_type="IP")
        for start in range(0, len(passages.texts), _BATCH):
            rows = range(start, min(start + _BATCH, len(passages.texts)))
            self._client.insert(_COLLECTION, [{"id": row, "vector": passages.vectors[row].tolist()} for row in rows])

    def search(self, text: str, k: int) -> list[int]:
        """Rows of passages, best first."""
        vector = np.asarray(self._encode(text), np.float32).tolist()
        found = self._client.search(_COLLECTION, data=[vector], limit=k, output_fields=["id"])
        return [int(hit["id"]) for hit in found[0]]


plugin = MilvusLite
