"""One way of cutting documents a file."""
