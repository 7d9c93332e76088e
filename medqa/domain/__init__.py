"""The nouns of MedQA: frozen dataclasses, standard library only.

source and document come in, passages are found, a conversation asks, an answer goes out.
"""
