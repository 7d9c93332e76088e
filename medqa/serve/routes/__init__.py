"""One HTTP resource a file."""
