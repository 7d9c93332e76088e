"""A question to ranked hits.

Entry points::

    query = Understanding().understand(question)                        medqa.retrieve.query
    retriever = load("medqa.retrieve.retrievers", "hybrid")(snapshot, embedder, passages_per_document=2)
    hits = retriever.retrieve(query, k)
    lexicon.load().chinese_forms()                                             medqa.retrieve.lexicon: user words
                                                                               for the snapshot's word index
"""
