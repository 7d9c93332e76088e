"""E-mail addresses."""

from medqa.safety.deidentify.recognisers._patterns import Patterns


def plugin() -> Patterns:
    """Finds EMAIL."""
    return Patterns("EMAIL", (r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",))
