"""What every request passes through, as plain ASGI so that streams and disconnects come through untouched."""
