"""One part of the chat page a file."""
