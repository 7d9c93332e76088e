"""One way of checking a claim a file."""
