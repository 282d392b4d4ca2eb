import errno
import os
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
    data, advice = tmp_path / "data", "Остановите его или укажите другую папку: RAG_DATA=…"
    first = own(data, "snoska serve")
    pid = os.getpid()
    named = (
        rf"Библиотека .*data занята: процесс {pid} \(snoska serve\) работает с ней с \d\d:\d\d\. {advice}$"
    )
    with pytest.raises(LibraryBusyError, match=named):
        own(data, "snoska index")
    other = '{"pid": 1, "command": "snoska serve", "since": "%s"}'
    for content, told in (
        (other % "2026-02-01T10:15:00+00:00", r"с 01\.02\.2026 10:15"),
        *((odd, "занята: другой процесс") for odd in ("", "{", "[]", '{"pid": 1}', other % "?")),
    ):
        (data / "library.owner.json").write_text(content)
        with pytest.raises(LibraryBusyError, match=told):
            own(data, "snoska index")
    first.release()
    first.release()
    own(data, "snoska index").release()


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
    [(errno.ENOENT, "Создайте её"), (errno.EACCES, "Дайте себе права"), (errno.EIO, "Проверьте диск"),
     (errno.EROFS, "Подключите диск для записи"), (errno.ENOSPC, "Освободите место")],
)  # fmt: skip
def test_each_reason_has_its_own_advice(code: int, advice: str) -> None:
    assert folder_advice(OSError(code, "")).startswith(advice)


def test_a_folder_without_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(LibraryError, match=r"нет прав\)\. Дайте себе права на запись в неё или"):
        own(closed / "data", "snoska index")
