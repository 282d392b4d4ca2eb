"""Where the server listens and what it says when it can't."""

from __future__ import annotations

import socket

import pytest

from rag.errors import SettingsError
from rag.web.server import address, listen


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::1", "http://[::1]:7860"),
        ("localhost", "http://localhost:7860"),
    ],
)
def test_the_address_can_be_clicked(host: str, expected: str) -> None:
    assert address(host, 7860) == expected


def test_a_busy_port_is_told_with_the_next_command() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Порт {port} уже занят.*snoska serve --port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "нет.такого..имени", "::bad"])
def test_a_foreign_address_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match=r"snoska serve --host 127\.0\.0\.1"):
        listen(host, 0)
