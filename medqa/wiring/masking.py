"""Who hears the user's words as they are: models on this machine. Models elsewhere hear them masked."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from medqa.protocols import Masker


def is_on_this_machine(url: str) -> bool:
    """Whether an address is this machine's own by its form: ``localhost`` or a loopback number. Asks no name server."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def masker(base_url: str) -> Masker | None:
    """What masks the user's words for a model at ``base_url``; none where that is this machine."""
    from medqa.safety.deidentify import Vault

    return None if is_on_this_machine(base_url) else Vault()
