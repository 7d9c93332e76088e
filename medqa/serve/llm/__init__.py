"""The server of a language model: what to start for which model on which machine, starting it, looking at it."""
