import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import LibraryBusyError, LibraryError
from rag.library.lock import own
from rag.library.reasons import folder_advice

HOLD = """
import sys, time
from pathlib import Path
from rag.library.lock import own
ownership = own(Path(sys.argv[1]), "snoska serve")
print("owned", flush=True)
time.sleep(600)
"""


def test_the_second_owner_is_told_who_is_the_first(tmp_path: Path) -> None:
    first = own(tmp_path / "data", "snoska serve")
    with pytest.raises(LibraryBusyError) as caught:
        own(tmp_path / "data", "snoska index")
    pattern = (
        rf"Библиотека .*data занята: процесс {os.getpid()} \(snoska serve\) работает с ней с \d\d:\d\d\. "
    )
    assert re.match(pattern, str(caught.value))
    assert str(caught.value).endswith("Остановите его или укажите другую папку: RAG_DATA=…")
    first.release()
    first.release()
    own(tmp_path / "data", "snoska index").release()


def test_a_killed_owner_leaves_the_folder_free(tmp_path: Path) -> None:
    rival = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert rival.stdout is not None
    assert rival.stdout.readline() == "owned\n"
    with pytest.raises(LibraryBusyError, match=rf"процесс {rival.pid} \(snoska serve\)"):
        own(tmp_path, "snoska index")
    rival.send_signal(signal.SIGKILL)
    rival.wait()
    rival.stdout.close()
    own(tmp_path, "snoska index").release()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "command": "x", "since": "?"}'])
def test_an_unreadable_owner_file(tmp_path: Path, content: str) -> None:
    first = own(tmp_path, "snoska serve")
    (tmp_path / "library.owner.json").write_text(content)
    with pytest.raises(LibraryBusyError, match="занята: другой процесс"):
        own(tmp_path, "snoska index")
    first.release()


def test_an_owner_of_another_day_is_told_with_the_date(tmp_path: Path) -> None:
    first = own(tmp_path, "snoska serve")
    (tmp_path / "library.owner.json").write_text(
        '{"pid": 1, "command": "snoska serve", "since": "2026-02-01T10:15:00+00:00"}'
    )
    with pytest.raises(LibraryBusyError, match=r"с 01\.02\.2026 10:15"):
        own(tmp_path, "snoska index")
    first.release()


def test_a_path_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, reason in (
        (tmp_path / "file", r"уже есть файл\)\. Уберите этот файл или укажите другую папку: RAG_DATA=…"),
        (tmp_path / "file/data", r"не папка\)\. Исправьте путь или укажите другую папку: RAG_DATA=…"),
    ):
        with pytest.raises(LibraryError, match=reason):
            own(folder, "snoska index")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOENT, "Создайте её"),
        (errno.EACCES, "Дайте себе права"),
        (errno.EROFS, "Подключите диск для записи"),
        (errno.ENOSPC, "Освободите место"),
        (errno.EIO, "Проверьте диск"),
    ],
)
def test_each_reason_has_its_own_advice(code: int, advice: str) -> None:
    assert folder_advice(OSError(code, "")).startswith(advice)


def test_a_folder_without_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(LibraryError, match=r"нет прав\)\. Дайте себе права на запись в неё или"):
        own(closed / "data", "snoska index")
