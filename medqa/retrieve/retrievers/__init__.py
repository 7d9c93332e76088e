"""One way of finding passages a file."""
