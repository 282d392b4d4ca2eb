"""The data folder and what is in it are for their owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import assemble
from rag.config import Config
from rag.library.lock import make_private, own

from .articles import article, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """What most people have: files that everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def open_to_others(folder: Path) -> dict[str, str]:
    """What others may read in a folder, and how."""
    found = {str(path.relative_to(folder)): rights(path) for path in (folder, *folder.rglob("*"))}
    return {name: how for name, how in found.items() if how not in ("0o700", "0o600")}


def test_everything_that_is_written_is_private(tmp_path: Path, models: Path) -> None:
    data = tmp_path / "deep" / "data"
    with assemble.open_bot(Config(data=data, models=models)) as bot:
        bot.library.add([article("a", "Мост открыли весной.", "Мост")])
        assert bot.ask("Когда открыли мост?").found
        assert rights(data) == "0o700"
        assert rights(data / "library.db") == rights(data / "library.db-wal") == "0o600"
    assert open_to_others(data) == {}


def test_what_was_open_is_closed(tmp_path: Path) -> None:
    old = tmp_path / "data"
    own(old, "snoska").release()
    for name in ("library.db", "server.log.1", "chats.sqlite-wal", "keyword/1/meta.json"):
        write(old / name, "").chmod(0o644)
    old.chmod(0o755)
    own(old, "snoska").release()
    assert open_to_others(old) == {}


def test_a_folder_of_somebody_s_own_keeps_its_rights(tmp_path: Path) -> None:
    letter = write(tmp_path / "письмо.txt", "моё")
    letter.chmod(0o644)
    (tmp_path / "server.log").symlink_to("письмо.txt")
    tmp_path.chmod(0o755)
    make_private(tmp_path, "library.lock")
    assert (rights(tmp_path), rights(letter)) == ("0o755", "0o644")
