"""The usual LangChain recipe: BM25Retriever (rank-bm25) and a FAISS store, joined by EnsembleRetriever.

The three classes left LangChain's living packages, so they are built again here over ``BaseRetriever`` with the
same behaviour: words cut at white space, FAISS's flat L2 index, reciprocal ranks with weights 0.5 and c = 60.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from evals.peers._passages import Passages

_WEIGHT, _C = 0.5, 60


class Bm25Retriever(BaseRetriever):
    """``langchain_community.retrievers.BM25Retriever``."""

    vectorizer: Any
    docs: list[Document]
    k: int = 4

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        found: list[Document] = self.vectorizer.get_top_n(query.split(), self.docs, n=self.k)
        return found


class FaissRetriever(BaseRetriever):
    """``langchain_community.vectorstores.FAISS.as_retriever()``."""

    index: Any
    docs: list[Document]
    encode: Any
    k: int = 4

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        _, rows = self.index.search(np.asarray(self.encode(query), np.float32)[None], self.k)
        return [self.docs[row] for row in rows[0] if row >= 0]


class EnsembleRetriever(BaseRetriever):
    """``langchain_classic.retrievers.EnsembleRetriever``: weighted reciprocal rank, equal texts once."""

    retrievers: list[BaseRetriever]

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        scores: dict[str, float] = defaultdict(float)
        documents: dict[str, Document] = {}
        for retriever in self.retrievers:
            for rank, document in enumerate(retriever.invoke(query), start=1):
                scores[document.page_content] += _WEIGHT / (rank + _C)
                documents.setdefault(document.page_content, document)
        return sorted(documents.values(), key=lambda document: -scores[document.page_content])


class LangChainRecipe:
    """The ensemble over the passages."""

    def __init__(self, passages: Passages) -> None:
        from rank_bm25 import BM25Okapi

        docs = [Document(page_content=text, metadata={"row": row}) for row, text in enumerate(passages.texts)]
        self._parts: list[Any] = [
            Bm25Retriever(vectorizer=BM25Okapi([text.split() for text in passages.texts]), docs=docs),
            FaissRetriever(index=_flat(passages.vectors), docs=docs, encode=passages.encode_query),
        ]
        self._ensemble = EnsembleRetriever(retrievers=self._parts)

    def search(self, text: str, k: int) -> list[int]:
        """Rows of passages, best first."""
        for part in self._parts:
            part.k = k
        return [document.metadata["row"] for document in self._ensemble.invoke(text)][:k]


plugin = LangChainRecipe


def _flat(vectors: np.ndarray) -> Any:
    import faiss

    index: Any = faiss.IndexFlatL2(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index
