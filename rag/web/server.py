"""Serving the page and the API: `python app.py`, `snoska serve`."""

from __future__ import annotations

import errno
import logging
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.example import NO_ARTICLES
from rag.library.lock import Server
from rag.processes import GRACE, ends_within, giving_back
from rag.web.logs import LogStream, log_to
from rag.web.origins import is_loopback
from rag.web.terms import Terms

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.bot import Bot
    from rag.config import Config
    from rag.library.library import Library

# Seconds that a busy thread keeps the interpreter while others wait: by default ten times as much, and a
# search gives it away a dozen times.
_TURN = 0.0005
FAREWELL = 15  # seconds for open pages to end and the library to be given back, once answers are done


def serve(config: Config) -> int:
    """Serve until SIGINT or SIGTERM, then give the library back; 0 on a clean stop.

    Raises SettingsError when the address can't be used, and whatever opening the library raises.
    """
    # SIGTERM stops as Ctrl-C does, also while things are still being opened.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with listen(config.host, config.port) as listener:
            refuse_strangers(listener, config.host, bool(config.keys) or _has_keys(config))
            _serve(config, listener)
    except KeyboardInterrupt:
        pass  # the way every server ends
    finally:
        signal.signal(signal.SIGTERM, before)
    print("Сноска остановлена.")
    return 0


def _has_keys(config: Config) -> bool:
    from rag import components

    return components.has_keys(config)


def _serve(config: Config, listener: socket.socket) -> None:
    from rag import assemble
    from rag.web import listening, tracing

    sys.setswitchinterval(_TURN)
    with (
        assemble.open_bot(config, "snoska serve", building="behind", workers=config.workers) as bot,
        _watching(config, bot.library),
    ):
        log_to(config.data / "server.log", config.log)
        tracing.start(config.traces)
        bot.prepare()
        _announce(bot.library.counts().articles, bot.library.notes)
        app = _application(config, bot)

        def ready() -> None:
            """Say where to click once it really answers."""
            reached = address(config.host, listener.getsockname()[1])
            app.state.owner_token = secrets.token_urlsafe(32)
            bot.library.announce(Server(reached, app.state.owner_token))
            print(f"Сноска готова: откройте {reached}", flush=True)

        async def drained(seconds: float) -> None:
            listening.end_anyway(seconds + FAREWELL)
            ends = time.monotonic() + seconds
            await app.state.admission.drained(seconds)
            await app.state.traffic.drained(ends - time.monotonic())

        server = listening.Server(app, drained, config.drain, config.named_proxies, ready, listening.room())
        # Gradio prints the tracebacks of wrong requests: they belong in the log, not on the terminal.
        with (
            redirect_stderr(LogStream(logging.getLogger("stderr"))),
            giving_back(lambda: (app.state.admission.ended, bot.reading.state)),
        ):
            try:
                server.run(sockets=[listener])
            finally:
                ends_within(GRACE)  # should what is being written not end by itself


def _application(config: Config, bot: Bot) -> FastAPI:
    """The API and the page, on the terms of the settings."""
    from rag.web.api import create_app
    from rag.web.examples import Examples
    from rag.web.page import EXAMPLES, mount

    examples = Examples(bot, EXAMPLES)
    examples.start()
    return create_app(
        bot,
        lambda application: mount(application, bot, examples.current),
        config.keys,
        config.root_path,
        _terms(config),
    )


def _terms(config: Config) -> Terms:
    return Terms(
        host=config.host,
        names=config.named_hosts,
        at_once=config.answers_at_once,
        queue=config.queue,
        keep_days=config.keep_answers,
        origins=config.named_origins,
        rate=config.rate,
        log_questions=config.log_questions,
    )


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


def _announce(articles: int, notes: list[str]) -> None:
    for note in notes:
        print(note)
    if not articles:
        print(NO_ARTICLES, file=sys.stderr)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket: taken first, so that a busy port is known before anything heavy is opened.

    Raises SettingsError.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, ValueError, TypeError) as error:  # the last two: a name that is not one
        raise SettingsError(_why_not(host, port, error)) from None


def refuse_strangers(listener: socket.socket, host: str, has_keys: bool) -> None:
    """Raises SettingsError where other machines could come in and no key keeps anybody out."""
    bound = str(listener.getsockname()[0])
    if has_keys or is_loopback(bound):
        return
    raise SettingsError(
        f"Слушать на адресе «{host}» без ключей нельзя: библиотеку читал бы и менял любой, кто до него "
        "дотянется. Сделайте ключ: snoska keys add ИМЯ --scope admin — и запустите сервер снова. "
        "Или слушайте только на этой машине: snoska serve --host 127.0.0.1"
    )


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
