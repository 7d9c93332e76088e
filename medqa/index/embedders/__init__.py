"""One way of turning text into vectors a file."""
