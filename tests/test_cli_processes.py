"""The command line as processes: a fresh interpreter, pipes, signals, a full disk, a server.

`sys.executable` is for what a fresh interpreter does; the others are warm (see tests.warm).
"""

from __future__ import annotations

import json
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests import warm
from tests.command_line import Typist, furnished, one_line
from tests.library.articles import long_text
from tests.patience import PATIENCE, WHOLE_RUN
from tests.processes import ROOT, environment, free_port, run

pytestmark = pytest.mark.slow_file
LENGTH = "Какова длина канала?"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = furnished(tmp_path_factory.mktemp("indexed"))
    done = snoska(folder, "index")
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def snoska(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run([warm.python(), "-m", "rag", *arguments], folder)


def begun(folder: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """A process at work in `folder`."""
    return subprocess.Popen(
        [warm.python(), *arguments],
        cwd=folder,
        env=environment(extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def stopped(process: subprocess.Popen[str], number: signal.Signals, when: Callable[[], bool]) -> str:
    """What an `index` says that is told to stop as soon as it may be; it keeps what it has read."""
    while process.poll() is None and not when():
        time.sleep(0.01)
    process.send_signal(number)
    output, errors = process.communicate(timeout=WHOLE_RUN)
    assert process.returncode == 1
    assert one_line(errors).startswith("Прервано. Прочитанное сохранено")
    return output.replace("\u00a0", " ")


def test_a_new_user_is_answered_whatever_the_locale(indexed: Path) -> None:
    """A fresh interpreter, no settings, so that the network reads; and a locale without Russian."""
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "rag", "ask", LENGTH]
    done = run(command, indexed, RAG_READER="auto", PYTHONIOENCODING="ascii", **plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert "127 километров" in done.stdout and "[1] Канал достроят весной" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(indexed: Path) -> None:
    command = f'"{sys.executable}" -m rag articles show kanal | true; echo "${{PIPESTATUS[0]}}"'
    done = run(["bash", "-c", command], indexed)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_server_from_start_to_end(indexed: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = begun(indexed, str(ROOT / "app.py"), RAG_PORT=str(port))
    try:
        assert process.stdout
        assert address in next(line for line in process.stdout if "готова" in line)
        check_it_answers(indexed, address)
        check_the_owner_s_addresses_want_the_token(indexed)
        taken = snoska(indexed, "serve", "--port", str(port))
        assert taken.returncode == 1 and f"Порт {port} уже занят" in one_line(taken.stderr)
        wrong = {"data": [1], "fn_index": 0, "session_hash": "wrong"}
        with httpx.Client(base_url=f"{address}/gradio_api", timeout=PATIENCE) as client:
            client.post("/queue/join", json=wrong).raise_for_status()
            assert "process_completed" in client.get("/queue/data", params={"session_hash": "wrong"}).text
        with socket.create_connection(("127.0.0.1", port)) as idle:  # a browser that stays
            idle.sendall(b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert "остановлена" in output
    assert "Traceback" in (indexed / ".snoska" / "server.log").read_text(encoding="utf-8"), (
        "the wrong request"
    )
    assert snoska(indexed, "articles", "list").returncode == 0, "the library is free again"


def check_it_answers(folder: Path, address: str) -> None:
    """Its page, its API, and through it a command that finds the library taken."""
    assert httpx.get(f"{address}/api/health", timeout=PATIENCE).json()["articles"] == 2
    assert "Сноска" in httpx.get(address, timeout=PATIENCE).text
    answer = httpx.post(f"{address}/api/ask", json={"question": LENGTH}, timeout=PATIENCE).json()
    assert "127 километров" in answer["text"]
    asked = snoska(folder, "ask", LENGTH)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "127 километров" in asked.stdout


def check_the_owner_s_addresses_want_the_token(folder: Path) -> None:
    owner = folder / ".snoska" / "library.owner.json"
    assert owner.stat().st_mode & 0o077 == 0
    told = json.loads(owner.read_text(encoding="utf-8"))
    address = f"{told['address']}/api/owner"
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": told["token"][1:]}):
        assert httpx.get(f"{address}/held", headers=header, timeout=PATIENCE).status_code == 404
        settled = httpx.post(f"{address}/aftermath", headers=header, content=b"{}", timeout=PATIENCE)
        assert settled.status_code == 404
    known = {"Authorization": f"Bearer {told['token']}"}
    assert httpx.get(f"{address}/held", headers=known, timeout=PATIENCE).status_code == 200
    assert "owner" not in httpx.get(f"{told['address']}/openapi.json", timeout=PATIENCE).text


def texts(folder: Path, count: int, sentences: int) -> None:
    (folder / "corpus").mkdir()
    for number in range(count):
        (folder / "corpus" / f"{number}.txt").write_text(long_text(number, sentences), encoding="utf-8")


def test_a_full_disk_is_one_line_and_the_next_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts(tmp_path, 30, sentences=60)
    full = subprocess.run(
        [sys.executable, "-m", "rag", "index"],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )
    assert full.returncode == 1
    assert "Освободите место" in one_line(full.stderr)
    typist = Typist(tmp_path, monkeypatch, capsys)
    assert "добавлено 30" in typist("index").stdout
    deep = typist("doctor", "--deep")
    assert (deep.returncode, deep.stderr) == (0, "")
    assert "✓ сверка: база и индексы совпадают" in deep.stdout


def test_an_interrupted_run_keeps_what_it_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = 160  # eight batches: it is interrupted after the first one
    code = (
        "import sys; from rag.__main__ import main; from rag.library import run\n"
        "run.BATCH_ARTICLES = 20\n"
        "sys.exit(main(['index']))"
    )
    texts(tmp_path, many, sentences=9)
    state = tmp_path / ".snoska" / "keyword.state.json"

    def is_after_the_first() -> bool:
        return state.exists() and '"seq": 0' not in state.read_text()

    output = stopped(begun(tmp_path, "-c", code), signal.SIGINT, is_after_the_first)
    added = int(re.findall(r"добавлено (\d+)", output)[0])
    assert 0 < added < many
    done = Typist(tmp_path, monkeypatch, capsys)("index")
    assert f"без изменений {added}" in done.stdout
    assert f"Всего в библиотеке {many}" in done.stdout


def test_a_stop_in_the_middle_of_a_file(tmp_path: Path) -> None:
    """A text as long as ten books takes half a minute; it isn't waited for, and nothing of it is left."""
    texts(tmp_path, 1, sentences=70_000)
    state = tmp_path / ".snoska" / "dense.state.json"

    def is_at_it() -> bool:
        return state.exists() and time.time() > state.stat().st_mtime + 1

    output = stopped(begun(tmp_path, "-m", "rag", "index"), signal.SIGTERM, is_at_it)
    assert "Всего в библиотеке 0 статей" in output


def test_make_run_claims_nothing_of_an_index_that_failed(tmp_path: Path) -> None:
    stamp = tmp_path / "installed"
    stamp.touch()
    command = ["make", "--silent", "-C", str(ROOT), "run", f"STAMP={stamp}", f"PYTHON={warm.python()}"]
    done = run(command, tmp_path, RAG_PORRT="1", LC_ALL="C", MAKEFLAGS="")
    index_said, remark, serve_said, *_ = done.stderr.splitlines()
    assert done.returncode != 0
    assert "RAG_PORRT" in index_said and "RAG_PORRT" in serve_said
    assert remark == "Индексирование завершилось с замечаниями (выше); запускаю сервер."
