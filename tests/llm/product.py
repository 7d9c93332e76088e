"""The product in front of a model server of the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from model_server import KEY, ModelServer
from small_model import Taught

from medqa.wiring import Application, open_application


@contextlib.contextmanager
def product(taught: Taught, model_server: ModelServer, **more: object) -> Iterator[Application]:
    """The product in this process."""
    settings = taught.settings(llm_base_url=model_server.url, llm_api_key=KEY, **{"llm_model": "taught", **more})
    with open_application(settings) as application:
        yield application
