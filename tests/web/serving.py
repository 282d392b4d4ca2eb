"""A real uvicorn server on a free loopback port, in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from tests.patience import PATIENCE


@contextmanager
def running(app: Callable[..., Any], port: int = 0) -> Iterator[str]:
    """Serve `app`; gives its base address and stops the server at the end."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@contextmanager
def client_of(app: Callable[..., Any], **more: Any) -> Iterator[httpx.Client]:
    """A patient client of `app` while that is served; `more` is the client's."""
    with running(app) as address, httpx.Client(base_url=address, timeout=PATIENCE, **more) as client:
        yield client
