"""One way of reordering hits a file."""
