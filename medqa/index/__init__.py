"""Passages to a snapshot on disk."""
