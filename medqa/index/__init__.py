"""Passages to a snapshot on disk.

Entry points, in the order of use::

    embedder = load("medqa.index.embedders", "minilm")(home, model=None)      an Embedder
    library = Library(home, chunker_version=chunker.version)                  medqa.index.library
    report = library.apply(events, embedder, progress=None, dry_run=False)    an IngestReport
    store = SnapshotStore(home, vector_index="auto")                          medqa.index.snapshot
    snapshot_id = store.build(library, embedder, progress=None)               published, or the current one if equal
    snapshot = store.open(embedder)                                           a verified OpenSnapshot

Plug-in factories: an embedder takes ``(home, model=None)``; a vector index, a lexical index and a passage
store are classes whose constructor opens a file or folder for reading and whose ``write`` makes it.
A vector index's constructor takes a ``device`` too, ``cpu`` or ``cuda``.
"""
