"""One store of passages a file."""
