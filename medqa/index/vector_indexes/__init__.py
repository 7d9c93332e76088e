"""One nearest-neighbour index a file."""
