"""Hits to an answer with checked claims."""
