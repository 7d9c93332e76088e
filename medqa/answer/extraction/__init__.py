"""Which sentences of the evidence answer the question: the embedded chat model's own reading of it."""
