"""Masks personal data in English and Chinese text. Deterministic; no model and no network.

This is help for people, not a certificate: it does not by itself meet HIPAA's Safe Harbor.
"""

from medqa.safety.deidentify.masking import deidentify
from medqa.safety.deidentify.span import Span

__all__ = ["Span", "deidentify"]
