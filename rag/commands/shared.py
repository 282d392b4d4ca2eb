"""What commands share: the library here or on the server that has it, filters, and how they speak."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.config import Config
from rag.console import Console
from rag.errors import SettingsError
from rag.types import Filters

if TYPE_CHECKING:
    from rag.library.keyring import Keyring
    from rag.library.library import Building, Library, Progress
    from rag.web.key_making import RemoteKeyring
    from rag.web.remote import Remote

BUILDING = "Построение индекса"


def filters_of(arguments: argparse.Namespace) -> Filters | None:
    since, until = arguments.since, arguments.until
    if since and until and since > until:
        arguments.wrong(f"дата --from ({since}) позже даты --to ({until})")  # ends the command
    named = (tuple(arguments.source), tuple(arguments.article or ()), tuple(arguments.tag))
    return Filters(since, until, *named) or None


def server_of(config: Config) -> Remote | None:
    """The server that has the library; commands go through it then."""
    from rag.library.lock import server_of as found

    if config.store or found(config.data) is None:
        return None
    from rag.web import remote

    return remote.connect(config.data, config.read_limit)


def opened(
    config: Config,
    command: str,
    repair: bool = False,
    building: Building = "now",
    progress: Progress | None = None,
) -> Library | Remote:
    if server := server_of(config):
        return server
    from rag import assemble

    return assemble.open_library(config, command, repair, building, progress)


def in_folder(config: Config) -> Config:
    """The settings of a library in a folder. Raises SettingsError for one in a shared database."""
    if config.store:
        raise SettingsError(
            "Библиотека в PostgreSQL: её копию делает и возвращает сама база, pg_dump и pg_restore. "
            "Чтобы получить её в папке: snoska move --to ПАПКА"
        )
    return config


@contextmanager
def opened_keys(config: Config) -> Iterator[Keyring | RemoteKeyring]:
    """The keys of the library, through the server that has it where one runs."""
    if server := server_of(config):
        from rag.web.key_making import RemoteKeyring

        yield RemoteKeyring(server)
        return
    from rag import components

    with components.opened_keys(config) as keys:
        yield keys


def console() -> Console:
    return Console(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def warn_empty() -> int:
    from rag.example import NO_ARTICLES

    print(NO_ARTICLES, file=sys.stderr)
    return 0


def fail(message: str) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return 1
