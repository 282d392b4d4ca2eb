"""Files read in a process of their own: the same as here, and killed when it has to be."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO

import pytest

from rag.errors import ArticleError
from rag.library import isolated_reading, readers
from rag.library.isolated_reading import Apart, ReadingStopped, is_quick
from rag.library.reading.pieces import Piece, Source, source_of
from rag.library.reading_process import _MEMORY
from rag.types import Article
from tests.judging.test_forms import circle_of_sectors, far_cell
from tests.patience import PATIENCE, becomes

from .reading.making import pdf_of, zip_of

TEXT = "Рудник открыли весной. Он даёт медь."
PAGE = f"<html><body><article><h1>Рудник</h1><p>{TEXT * 9}</p></article></body></html>".encode()
ROWS = "\n".join(json.dumps({"id": each, "text": f"{TEXT} {each}"}) for each in "абв").encode()
CASES = {
    "a.html": PAGE,
    "a.pdf": pdf_of(TEXT),
    "a.jsonl": ROWS + b"\n[1]\n",
    "a.csv": f"title,text\nМедь,{TEXT}\nЦинк,\n".encode(),
    "a.zip": zip_of({"один.html": PAGE, "два.csv": b"a,b\n1,2\n", "три.txt": TEXT.encode()}),
    "long.txt": (TEXT * 2000).encode(),
    "a.docx": b"this is none",
    "short.md": TEXT.encode(),
}
PYTHON = sys.executable
Workers = list[isolated_reading._Worker]


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch, warm_helpers: None) -> Iterator[Workers]:
    """The processes of a test: none that another one has left."""
    workers: Workers = []
    pool = isolated_reading._Workers()

    def start() -> isolated_reading._Worker:
        workers.append(isolated_reading._Worker())
        return workers[-1]

    monkeypatch.setattr(pool, "started", start)
    monkeypatch.setattr(isolated_reading, "_workers", pool)
    yield workers
    for worker in workers:
        worker.kill()


@pytest.fixture
def cold(started: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that take their time to begin, and are the ones that are known."""
    monkeypatch.setattr(sys, "executable", PYTHON)


def free() -> Workers:
    return [worker for worker, _ in isolated_reading._workers._free]


def page(article_id: str = "а") -> Article:
    return Apart().article_in(source_of(PAGE, "a.html", article_id))


def told(reading: Iterator[Piece]) -> list[tuple[str, str, object]]:
    """All that is read, and what can't be."""
    found: list[tuple[str, str, object]] = []
    try:
        for piece in reading:
            try:
                found.append((piece.id, piece.digest, piece.article()))
            except ArticleError as error:
                found.append((piece.id, piece.digest, str(error)))
    except ArticleError as error:
        found.append(("", "", str(error)))
    return found


def test_what_is_read_apart_is_what_is_read_here_file_after_file(started: Workers) -> None:
    for name, data in CASES.items():
        source = source_of(data, name, "статья")
        assert told(Apart().pieces(source)) == told(readers.pieces(source)), name
    assert page() == readers.article_in(source_of(PAGE, "a.html", "а"))
    next(Apart().pieces(source_of(CASES["a.zip"], "a.zip", "два")))  # and not the rest of it
    assert page("три").info.id == "три"
    assert len(started) == 1 and free() == started and started[0].is_alive


def test_a_file_that_wants_all_memory_harms_nobody(started: Workers, cold: None) -> None:
    """There is a limit; a far lower one is reached sooner."""
    for name, data in (("far.xlsx", far_cell()), ("circle.xls", circle_of_sectors())):
        assert page().info.title == "Рудник"
        process = started[-1]._helper.process.pid
        held, most = resource.prlimit(process, resource.RLIMIT_AS)
        assert _MEMORY <= held < _MEMORY + 2 * 1024**3
        resource.prlimit(process, resource.RLIMIT_AS, (held - _MEMORY + 2**29, most))
        with pytest.raises(ArticleError, match="не хватило памяти, или файл повреждён"):
            Apart().article_in(source_of(data, name, "a"))
    assert page().info.title == "Рудник"


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_read(cold: None) -> None:
    with pytest.raises(ArticleError, match=r"больше 0.001 с.*разделите.*RAG_READ_LIMIT=0.002"):
        Apart(limit=0.001).article_in(source_of(PAGE, "a.html", "а"))
    assert not free()
    assert page().info.id == "а"


def test_reading_stops_in_the_middle_of_a_file(started: Workers, cold: None) -> None:
    stopping: list[bool] = []
    reading = Apart(goes_on=lambda: not stopping).pieces(source_of(CASES["a.zip"], "a.zip", "а"))
    piece = next(reading)
    os.kill(started[0]._helper.process.pid, signal.SIGSTOP)  # as one that is busy for hours
    stopping.append(True)
    with pytest.raises(ReadingStopped):
        piece.article()
    reading.close()
    assert not started[0].is_alive and not free()


def test_a_process_that_is_gone_is_replaced(started: Workers) -> None:
    reading = Apart().pieces(source_of(CASES["a.zip"], "a.zip", "а"))
    next(reading)
    os.kill(started[0]._helper.process.pid, signal.SIGKILL)
    with pytest.raises(ArticleError, match="чтение оборвалось"):
        list(reading)
    assert page().info.id == "а"
    (worker,) = free()
    worker._helper.process.kill()  # between two files nobody notices
    worker._helper.process.wait()
    assert page().info.id == "а"


def test_an_idle_process_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_reading, "_IDLE", 0.1)
    page()
    becomes(free, [])


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_a_process_that_nobody_is_left_to_kill_ends_itself() -> None:
    """What it reads holds the interpreter for ever; its owner was killed."""
    reading = (
        "import re; from rag.library import reading_process; reading_process._alarm(0.2); "
        "re.match('(a+)+b', 'a' * 60)"
    )
    ended = subprocess.run([PYTHON, "-c", reading], timeout=PATIENCE)
    assert ended.returncode == -signal.SIGALRM


def test_the_web_is_asked_by_this_process() -> None:
    pages = []

    def follow(url: str) -> Source:
        pages.append(url)
        return source_of(PAGE, "page.html", "стр")

    item = (
        "<item><title>Рудник</title><link>https://example.org/r</link><description>Медь.</description></item>"
    )
    data = f"<rss version='2.0'><channel><title>а</title>{item}</channel></rss>".encode()
    source = Source("a.rss", "лента", lambda: BytesIO(data), len(data), follow=follow)
    reading = Apart().pieces(source)
    piece = next(reading)
    assert pages == []
    assert TEXT in piece.article().text
    assert pages == ["https://example.org/r"]


def test_how_far_a_file_is() -> None:
    steps: list[tuple[str, int, int]] = []
    many = zip_of({f"{number}.html": PAGE for number in range(150)})
    source = source_of(many, "a.zip", "а")
    reading = Apart(told=lambda *step: steps.append(step)).pieces(source, label="архив")
    assert len([piece.article() for piece in reading]) == 150
    shares = [done for name, done, total in steps if (name, total) == ("архив", 150)]
    assert shares == sorted(shares) and shares[-1] > shares[0]


def test_short_plain_texts_are_read_here() -> None:
    assert is_quick(source_of(b"a" * 1000, "a.txt", "а"))
    assert not is_quick(source_of(b"a" * 1000, "a.html", "а"))
    assert not is_quick(source_of(b"a" * 100_000, "a.txt", "а"))
