"""The claim ledger: an answer as claims, and whether the words each one cites carry it."""
