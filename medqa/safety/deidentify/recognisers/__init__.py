"""One kind of personal data a file."""
