"""How a result is scored, one way a file."""
