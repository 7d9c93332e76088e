"""What a running server does beside answering: warm up once, then follow newly published snapshots."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from medqa.errors import SnapshotError

if TYPE_CHECKING:
    from medqa.wiring import Application

_log = logging.getLogger(__name__)
_EVERY_S = 5.0


async def keep_fresh(application: Application, every_s: float = _EVERY_S) -> None:
    """Runs until cancelled. A snapshot that cannot be opened is logged and the one in use goes on serving."""
    await asyncio.to_thread(application.warm_up)
    while True:
        await asyncio.sleep(every_s)
        try:
            if await asyncio.to_thread(application.refresh):
                _log.info("now answering from snapshot %s", application.snapshot.id)
        except SnapshotError as err:
            _log.warning("the published snapshot cannot be used, keeping %s: %s", application.snapshot.id, err)
