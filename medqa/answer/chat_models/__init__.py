"""One writer of answers a file."""
