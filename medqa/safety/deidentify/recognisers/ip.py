"""Network addresses, versions 4 and 6."""

from __future__ import annotations

import ipaddress

from medqa.safety.deidentify.recognisers._patterns import Patterns


def plugin() -> Patterns:
    """Finds IP."""
    return Patterns(
        "IP",
        (
            r"(?<![A-Za-z0-9_.])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_.]?\d)",
            r"(?<![A-Za-z0-9_:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![A-Za-z0-9_:])",
        ),
        _is_address,
    )


def _is_address(text: str) -> bool:
    try:
        return (
            ":" not in text or ipaddress.ip_address(text).version == 6
            if ":" in text
            else bool(ipaddress.ip_address(text))
        )
    except ValueError:
        return False
