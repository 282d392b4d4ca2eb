"""`snoska mcp`: the same tools over standard input and output, for agents that start their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import ExitStack, aclosing
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rag.async_steps import followed
from rag.errors import SettingsError
from rag.web.logs import log_to

if TYPE_CHECKING:
    from rag.config import Config
    from rag.web.mcp.library import Asking

MISSING = "Для snoska mcp нужен пакет mcp. Установите его: pip install 'snoska[mcp]'"


def serve(config: Config) -> int:
    """Answer until the input ends; through the server that has the library, where one runs.

    Raises SettingsError, and whatever opening the library raises.
    """
    if find_spec("mcp") is None:
        raise SettingsError(MISSING)
    from rag.web.mcp.tools import Server

    log_to(config.data / "mcp.log")  # the output is for the protocol alone
    with ExitStack() as stack:
        library, base = _library(config, stack)
        asyncio.run(Server(lambda: library, _last, lambda: base).run_stdio_async())
    return 0


def _library(config: Config, stack: ExitStack) -> tuple[Asking, str]:
    from rag.library.lock import server_of
    from rag.web import remote
    from rag.web.mcp.library import Here, There

    server, found = server_of(config.data), None if config.store else remote.connect(config.data)
    if server and found:
        return There(found), server.address
    from rag import assemble

    bot = stack.enter_context(assemble.open_bot(config, "snoska mcp", building="behind"))
    bot.prepare()
    return Here(bot), f"http://127.0.0.1:{config.port}"


async def _last(steps: Callable[[], Generator[Any, None, None]]) -> Any:
    """The last of `steps`, made in a thread; whoever is cancelled ends them."""
    found = None
    async with aclosing(followed(steps)) as made:
        async for step in made:
            found = step if step is not None else found
    return found
