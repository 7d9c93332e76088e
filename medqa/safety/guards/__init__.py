"""One check of a finished answer a file."""
