"""What to ask back: the few facts that would change the advice and that nobody has told yet."""
