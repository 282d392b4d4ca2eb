"""Serving the page and the API: `python app.py`, `snoska serve`."""

from __future__ import annotations

import errno
import io
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.library.lock import Server
from rag.processes import GRACE, ends_within

if TYPE_CHECKING:
    from rag.config import Config
    from rag.library.library import Library

LOG_SIZE = 1_000_000
# Seconds that a busy thread keeps the interpreter while others wait: by default ten times as much, and a
# search gives it away a dozen times.
_TURN = 0.0005
FAREWELL = 2  # seconds that open connections get when the server stops


def serve(config: Config) -> int:
    """Serve until SIGINT or SIGTERM, then give the library back; 0 on a clean stop.

    Raises SettingsError when the address can't be used, and whatever opening the library raises.
    """
    # SIGTERM stops as Ctrl-C does, also while things are still being opened.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with listen(config.host, config.port) as listener:
            _serve(config, listener)
    except KeyboardInterrupt:
        pass  # the way every server ends
    finally:
        signal.signal(signal.SIGTERM, before)
    print("Сноска остановлена.")
    return 0


def _serve(config: Config, listener: socket.socket) -> None:
    import uvicorn

    from rag import assemble

    sys.setswitchinterval(_TURN)

    class Announcing(uvicorn.Server):
        """Says where to click once it really answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                port = listener.getsockname()[1]
                app.state.owner_token = secrets.token_urlsafe(32)
                bot.library.announce(Server(address(config.host, port), app.state.owner_token))
                print(f"Сноска готова: откройте {address(config.host, port)}", flush=True)

    with assemble.open_bot(config, "snoska serve", building="behind") as bot, _watching(config, bot.library):
        log_to(config.data / "server.log")
        bot.prepare()
        _announce(bot.library.counts().articles, bot.library.notes)
        from rag.web.api import create_app
        from rag.web.examples import Examples
        from rag.web.page import EXAMPLES, mount

        examples = Examples(bot, EXAMPLES)
        examples.start()
        app = create_app(
            bot,
            lambda application: mount(application, bot, examples.current),
            config.keys,
            config.root_path,
        )
        settings = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=FAREWELL)
        # Gradio prints the tracebacks of wrong requests: they belong in the log, not on the terminal.
        with redirect_stderr(LogStream(logging.getLogger("stderr"))):
            try:
                Announcing(settings).run(sockets=[listener])
            finally:
                ends_within(GRACE)  # should what is being written not end by itself


@contextmanager
def _watching(config: Config, library: Library) -> Iterator[None]:
    """Keep the corpus in step meanwhile, if it is wished."""
    if not config.watch:
        yield
        return
    from rag.library.watching import Watching

    watching = Watching(library, config.corpus)
    watching.start()
    try:
        yield
    finally:
        watching.stop()


def address(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def log_to(file: Path) -> None:
    """All logs of the process go to `file` (two of 1 MB at most), so none reaches the terminal."""
    handler = RotatingFileHandler(file, maxBytes=LOG_SIZE, backupCount=1, encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # logging reports its own failures to stderr, which leads back into the log.
    logging.raiseExceptions = False


class LogStream(io.TextIOBase):
    """A text stream whose lines become warnings of `log`."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._unfinished = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._unfinished = (self._unfinished + text).split("\n")
        for line in filter(str.strip, lines):
            self._log.warning("%s", line)
        return len(text)


def _announce(articles: int, notes: list[str]) -> None:
    for note in notes:
        print(note)
    if not articles:
        print("В библиотеке пока нет статей. Прочитайте их: snoska index", file=sys.stderr)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket: taken first, so that a busy port is known before anything heavy is opened.

    Raises SettingsError.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, ValueError, TypeError) as error:  # the last two: a name that is not one
        raise SettingsError(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 7860
        return (
            f"Порт {port} уже занят: возможно, Сноска уже запущена — откройте {address(host, port)}. "
            f"Или выберите другой порт: snoska serve --port {other}"
        )
    if code == errno.EACCES:
        return f"Порт {port} открыть не разрешено. Выберите порт от 1024: snoska serve --port 7860"
    return (
        f"Слушать на адресе «{host}» не получается. Укажите адрес этой машины: snoska serve --host 127.0.0.1"
    )
