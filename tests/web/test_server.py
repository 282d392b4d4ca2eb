"""Where the server listens and what it says when it can't."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.web.logs import FewAlike
from rag.web.server import address, listen, refuse_strangers


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "localhost")],
)
def test_the_address_can_be_clicked(host: str, expected: str) -> None:
    assert address(host, 7860) == f"http://{expected}:7860"


def test_a_busy_port_is_told_with_the_next_command() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Порт {port} уже занят.*snoska serve --port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "нет.такого..имени", "::bad"])
def test_a_foreign_address_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match=r"snoska serve --host 127\.0\.0\.1"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_who_listens_to_everybody_wants_a_key(host: str) -> None:
    with listen(host, 0) as listener:
        refuse_strangers(listener, host, True)
        with pytest.raises(SettingsError, match=r"без ключей нельзя.*snoska keys add .*--host 127\.0\.0\.1"):
            refuse_strangers(listener, host, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "localhost", "::1"])
def test_this_machine_needs_no_key(host: str) -> None:
    with listen(host, 0) as listener:
        refuse_strangers(listener, host, False)


def test_the_same_trouble_again_and_again_leaves_room_in_the_log(tmp_path: Path) -> None:
    now = [0.0]
    handler = logging.FileHandler(tmp_path / "log", encoding="utf-8")
    handler.addFilter(FewAlike(3, 60, lambda: now[0]))
    logger = logging.Logger("of the test")
    logger.addHandler(handler)

    def trouble(times: int) -> None:
        for number in range(times):
            try:
                raise KeyError(number)
            except KeyError:
                logger.exception("request %s failed", number)

    trouble(1_000)
    logger.warning("another thing")
    now[0] = 61.0
    trouble(1)
    handler.close()
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.count("Traceback") == 4
    assert "another thing" in log and "997 more like this were left out" in log
