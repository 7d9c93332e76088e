"""One word index a file."""
