"""Masks personal data in English and Chinese text. Deterministic; no model and no network.

This is help for people, not a certificate: it does not by itself meet HIPAA's Safe Harbor.
"""

from medqa.safety.deidentify.masking import deidentify, find
from medqa.safety.deidentify.span import Span
from medqa.safety.deidentify.vault import Vault

__all__ = ["Span", "Vault", "deidentify", "find"]
