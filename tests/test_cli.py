"""The command line as a user meets it: output, exit codes, signals.

Most commands run in this process, or in a warm one (see tests.warm); `sys.executable` is for what a fresh
interpreter does.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from rag.__main__ import main
from rag.commands import articles
from rag.console import Console
from tests import warm
from tests.library.articles import long_text
from tests.library.reading.site import body
from tests.library.reading.site import serving as serving_site
from tests.patience import PATIENCE, WHOLE_RUN
from tests.processes import free_port
from tests.web.sample import CANAL, SampleBot, open_sample

pytestmark = pytest.mark.slow_file
ROOT = Path(__file__).parents[1]
SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("RAG_")}
ARTICLES = {
    "kanal.md": (
        "---\ntitle: Канал достроят весной\nsource: Степной вестник\npublished: 2026-02-23\n"
        "tags: [Стройка, вода]\n---\n\n"
        "Строители закончили первый участок канала. Длина канала составит 127 километров. "
        "Воду обещают пустить в апреле.\n\nСтоимость канала оценивают в 84 млрд тенге."
    ),
    "most.md": (
        "---\ntitle: Мост через реку\nsource: Газета «Отметка»\npublished: 2025-11-03\ntags: [Мост]\n---\n\n"
        "Новый мост открыли для грузовиков. Его высота — 48 метров. Движение по нему бесплатное."
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with two articles in corpus/."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def indexed(home: Path) -> Path:
    """The same folder after `snoska index`."""
    done = snoska(home, "index")
    assert (done.returncode, done.stderr) == (0, "")
    return home


def environment(**extra: str) -> dict[str, str]:
    """What a command finds: no setting but those of all tests and `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return {**kept, "PYTHONPATH": str(ROOT), **SETTINGS, **extra}


def python(folder: Path, command: Sequence[str], **extra: str) -> subprocess.CompletedProcess[str]:
    """Run this command in `folder`."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        encoding="utf-8",
        timeout=WHOLE_RUN,
    )


def snoska(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m rag …` in `folder`."""
    return python(folder, [warm.python(), "-m", "rag", *arguments])


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture()
def here(indexed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in the indexed folder: the same `main`, with nothing to import anew."""
    monkeypatch.chdir(indexed)

    def run(*arguments: str, **extra: str) -> Done:
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        output = capsys.readouterr()
        return Done(code, output.out, output.err)

    return run


def one_line(text: str) -> str:
    """The only line of `text`, which must be Russian and no traceback."""
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert re.search("[а-я]", lines[0])
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "не хватает аргументов: КОМАНДА"),
        (
            ["fly"],
            "нет команды «fly»; есть index, example, ask, search, articles, serve, mcp, backup, restore, "
            "deploy, bundle, keys, move, train, tune, doctor, help. Справка",
        ),
        (["articles", "burn"], "нет действия «burn»; есть list, show, set, remove, restore. Справка"),
        (["ask"], "не хватает аргументов: ВОПРОС"),
        (["ask", "что?", "--from", "вчера"], "«вчера» — не дата; нужна дата вида 2026-02-23"),
        (["ask", "что?", "--from"], "нужно одно значение"),
        (["ask", "что?", "--fast"], "неизвестные аргументы: --fast"),
        (["search", "что", "-k", "0"], "нужно целое число от 1 до 100"),
        (["search", "что", "-k", "²"], "нужно целое число от 1 до 100"),
        (["serve", "--port", "70000"], "нужно целое число от 0 до 65535"),
        (["articles"], "не хватает аргументов: ДЕЙСТВИЕ"),
        (["articles", "show"], "не хватает аргументов: ID"),
        (["index", "--prune=1"], "лишнее значение «1»"),
        (
            ["ask", "что?", "--from", "2026-03-01", "--to", "2026-02-01"],
            "дата --from (2026-03-01) позже даты",
        ),
        (["search", "что", "--from", "2026-03-01", "--to", "2026-02-01"], "Справка: snoska search --help"),
    ],
)
def test_wrong_usage_is_one_russian_line_and_exit_2(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert expected in one_line(output.err)
    assert "--help" in output.err


@pytest.mark.parametrize(
    "command",
    [
        "",
        "index",
        "example",
        "ask",
        "search",
        "articles",
        "articles list",
        "serve",
        "keys",
        "keys add",
        "move",
        "doctor",
        "help",
    ],
)
def test_help_is_russian(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("использование: snoska")
    assert not re.findall(r"\b(usage|options|positional|show this|required|optional)\b", text)


def test_help_comes_without_heavy_imports() -> None:
    code = (
        "import sys; from rag.__main__ import main; main(['--help'])\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = python(ROOT, [sys.executable, "-c", code])
    heavy = {"gradio", "fastapi", "chromadb", "llama_index", "torch", "tantivy", "sqlite3"}
    assert not heavy & set(re.findall(r"'(\w+)'", done.stderr))


def test_indexing_says_what_it_did(here: Run) -> None:
    again = here("index")
    assert again.returncode == 0
    assert again.stderr == ""  # no progress bar outside a terminal
    assert "без изменений 2" in one_line(again.stdout).lower()


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_indexed(here: Run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Озеро замёрзло в ноябре. Лёд держит человека.", encoding="utf-8")
    (tmp_path / "empty.md").write_bytes(b"")
    done = here("index", str(tmp_path), RAG_DATA=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "empty.md" in one_line(done.stderr)
    assert "добавлено 1" in one_line(done.stdout).lower()


def test_kinds_that_are_not_read_are_named_and_counted(here: Run, tmp_path: Path) -> None:
    files, data = tmp_path / "files", str(tmp_path / "data")
    files.mkdir()
    (files / "good.txt").write_text("Озеро замёрзло в ноябре. Лёд держит человека.", encoding="utf-8")
    (files / "заметка").write_text("Рыбу ловят у мыса.", encoding="utf-8")
    (files / "empty.md").write_bytes(b"")
    for name in ("a.mp3", "b.mp3", "программа", ".скрытый", "Thumbs.db"):
        (files / name).write_bytes(b"\x7fELF\0\1\2")
    done = here("index", str(files), RAG_DATA=data)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert f"Пропущено: 2 файла .mp3 (такие файлы не читаются): {files / 'a.mp3'}, {files / 'b.mp3'}" in said
    assert f"Пропущено: 1 файл без расширения (не текст и не документ): {files / 'программа'}" in said
    assert "Читаются тексты, " in said and "Все расширения: snoska help formats" in said
    assert "snoska index --skip-unknown" in said
    assert "Статьи: добавлено 2. Файлы: пропущено 3, не прочитано 1." in one_line(done.stdout)
    (files / "empty.md").unlink()
    done = here("index", str(files), "--skip-unknown", RAG_DATA=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "без изменений 2. Файлы: пропущено 3." in one_line(done.stdout)


def test_what_a_reader_left_out_is_told(here: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('title,text\nЛёд,"Лёд встал\nМыс,Рыбу ловят у мыса.\n', encoding="utf-8")
    done = here("index", str(tmp_path / "a.csv"), RAG_DATA=str(tmp_path / "data"))
    assert (done.returncode, done.stdout[:19]) == (0, "Статьи: добавлено 2")
    assert one_line(done.stderr) == f"{tmp_path / 'a.csv'}: строка 2: кавычка не закрыта"


def test_standard_input_is_an_article(here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = str(tmp_path / "data")
    typed = "Озеро замёрзло в ноябре. Лёд держит человека.".encode("koi8-r")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(typed)))
    done = here("index", "-", "--name", "../озеро.txt", RAG_DATA=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Лёд держит человека." in here("articles", "show", "озеро", RAG_DATA=data).stdout
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
    assert "на стандартном вводе пусто" in one_line(here("index", "-", RAG_DATA=data).stderr)


def test_an_address_is_an_article(here: Run, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with serving_site() as site:
        text = "Озеро замёрзло в ноябре. Лёд держит человека. " * 10
        site.answers["/lake.html"] = body(f"<html><body><article><p>{text}</p></article></body></html>")
        refused = here("index", f"{site.root}/lake.html", RAG_DATA=data)
        assert refused.returncode == 1 and "RAG_FETCH_PRIVATE=1" in one_line(refused.stderr)
        assert site.asked == []
        done = here("index", f"{site.root}/lake.html", RAG_DATA=data, RAG_FETCH_PRIVATE="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "127.0.0.1/lake" in here("articles", "list", RAG_DATA=data).stdout


def test_an_answer_with_its_footnote(indexed: Path) -> None:
    """By a new user: a fresh interpreter, no settings, so that the network reads."""
    command = [sys.executable, "-m", "rag", "ask", "Какова длина канала?"]
    done = python(indexed, command, RAG_READER="auto")
    assert (done.returncode, done.stderr) == (0, "")
    assert "127 километров" in done.stdout
    assert "[1] Канал достроят весной — Степной вестник, 23\u00a0февраля 2026\u00a0г. · kanal:" in done.stdout
    assert "\033" not in done.stdout  # colours only on a terminal


def test_json_points_into_the_article(here: Run) -> None:
    answer = json.loads(here("ask", "Какова длина канала?", "--json").stdout)
    shown = here("articles", "show", "kanal").stdout
    assert answer["found"]
    assert all(citation["quote"] in shown for citation in answer["citations"])


def test_explain_shows_every_stage(here: Run) -> None:
    text = here("ask", "Какова длина канала?", "--explain").stdout
    stages, places = next((head, row) for head, row in pairwise(text.splitlines()) if "этап" in head)
    assert stages.split() == ["этап", "слова", "векторы", "вместе", "переоценка"]
    assert places.split() == ["место", "1", "1", "1", "1"]
    assert re.search(r"канала +\d+\u00a0% +1,00 +канала +предложение \d+–\d+ +точное", text)
    assert "Уверенность" in text
    assert "Сверка [1]:" in text
    assert "«Длина» — то же: «Длина»" in text or "«длина» — то же: «Длина»" in text


def test_search_explains_its_hits_too(here: Run) -> None:
    plain, told = (here("search", "длина канала", *option).stdout for option in ([], ["--explain"]))
    assert "слова: 1-е место" in plain
    assert "сила" in told
    assert "сила" not in plain
    assert "Длина канала составит 127 километров." in told


@pytest.mark.parametrize("command", ["ask", "search"])
def test_json_explains_on_request(here: Run, command: str) -> None:
    found = json.loads(here(command, "Какова длина rfyfkf?", "--json", "--explain").stdout)
    shown = here("articles", "show", "kanal").stdout
    best = found["hits"][0]
    words = best["explanation"]["words"]
    assert [(word["lemma"], word["asked"]) for word in words] == [("длина", "длина"), ("канал", "канала")]
    assert all(word["found"]["text"] in shown for word in words)
    added = sum(each["score"] for each in best["explanation"]["contributions"])
    assert added == pytest.approx(best["scores"]["rerank"], abs=1e-3)
    sentences = found.get("sentences", [])
    assert all(
        {"slot", "outcome", "claim", "source"} == slot.keys() for s in sentences for slot in s["slots"]
    )
    plain = json.loads(here(command, "Какова длина rfyfkf?", "--json").stdout)
    assert not any("slots" in sentence for sentence in plain.get("sentences", []))
    assert not any("explanation" in hit for hit in plain["hits"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--source", "Газета «Отметка»"], {"most"}),
        (["--from", "2026-01-01"], {"kanal"}),
        (["--to", "2025-12-31"], {"most"}),
        (["--article", "most", "--article", "kanal"], {"kanal", "most"}),
        (["--tag", "Стройка", "--tag", "мост", "--from", "2026-01-01"], {"kanal"}),
    ],
)
def test_search_with_filters(here: Run, options: list[str], expected: set[str]) -> None:
    done = here("search", "канал и мост", "--json", *options)
    assert {hit["article_id"] for hit in json.loads(done.stdout)["hits"]} == expected


def test_filters_that_nothing_fits_are_told(here: Run) -> None:
    for option, note in (
        (["--source", "Труд"], "в библиотеке нет источника «Труд»"),
        (["--tag", "лёд"], "в библиотеке нет метки «лёд»"),
        (["--article", "нет"], "в библиотеке нет статьи «нет»"),
        (["--source", "Степной вестник", "--article", "most"], "условиям поиска не подходит ни одна статья"),
    ):
        found = json.loads(here("search", "канал", "--json", *option).stdout)
        assert (found["hits"], found["notes"]) == ([], [note])
        answer = json.loads(here("ask", "Какова длина канала?", "--json", *option).stdout)
        assert (answer["found"], answer["notes"]) == (False, [note])
    assert here("search", "канал", "--tag", "лёд").stdout.startswith("(в библиотеке нет метки «лёд»)")


def test_the_time_in_a_question_is_told(here: Run) -> None:
    said = here("ask", "Какова длина канала в феврале 2026 года?", "--explain").stdout
    assert said.startswith("(учтён период: февраль 2026 года)")
    assert re.search(r"этап .* даты\n +место .* 1\n", said)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--limit", "1"], ["kanal"]),
        (["--offset", "1"], ["most"]),
        (["--find", "достроят", "канала"], ["kanal"]),
        (["--source", "газета «отметка»", "--from", "2026-01-01"], []),
        (["--tag", "вода", "--tag", "мост", "--to", "2025-12-31"], ["most"]),
        (["--text", "жираф"], []),
    ],
)
def test_the_list_can_be_narrowed(here: Run, options: list[str], expected: list[str]) -> None:
    done = here("articles", "list", *options)
    assert [line.split()[0] for line in done.stdout.splitlines()] == expected
    told = "" if expected else "Таких статей нет. Все статьи: snoska articles list\n"
    assert (done.returncode, done.stderr) == (0, told)


def test_articles_are_listed_shown_and_removed(here: Run, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    here("index", RAG_DATA=data)
    listed = here("articles", "list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["kanal", "most"]
    assert "Его высота — 48 метров." in here("articles", "show", "most").stdout
    done = here("articles", "remove", "most", "nothing")
    assert (done.returncode, done.stdout) == (1, "Удалено: 1\u00a0статья.\n")
    assert "nothing" in one_line(done.stderr)
    assert "snoska articles list" in one_line(here("articles", "show", "most").stderr)


def test_an_article_is_corrected_compared_and_put_back(here: Run, tmp_path: Path) -> None:
    data, corpus = str(tmp_path / "data"), tmp_path / "corpus"
    corpus.mkdir()
    for height in ("48", "52"):
        text = f"Высота моста — {height} метров. Он стоит над рекой."
        (corpus / "most.txt").write_text(text, encoding="utf-8")
        here("index", str(corpus), RAG_DATA=data)
    said = here("articles", "show", "most", "--versions", RAG_DATA=data).stdout
    assert re.match(r"Версия 2 с .*г\., \d\d:\d\d, нынешняя · 45\u00a0знаков\n", said)
    assert "Высота моста — [-48-]{+52+} метров." in said and "\nВерсия 1 с " in said
    assert "48 метров" in here("articles", "show", "most", "--version", "1", RAG_DATA=data).stdout
    given = ("--title", "Новый мост", "--source", "Вестник", "--date", "2026-02-23", "--tags", "мост,река")
    done = here("articles", "set", "most", *given, RAG_DATA=data)
    assert done.stdout == "most  Новый мост — Вестник, 23\u00a0февраля 2026\u00a0г.\n"
    assert "most" in here("articles", "list", "--text", "высоты", "--tag", "река", RAG_DATA=data).stdout
    assert here("articles", "set", "most", RAG_DATA=data).returncode == 2
    assert "заголовок" in one_line(here("articles", "set", "most", "--title", "", RAG_DATA=data).stderr)
    here("articles", "remove", "most", RAG_DATA=data)
    assert here("articles", "restore", "most", RAG_DATA=data).stdout == "Возвращено: 1\u00a0статья.\n"
    assert "Новый мост" in here("articles", "list", RAG_DATA=data).stdout
    done = here("index", str(corpus), "--prune-versions", RAG_DATA=data)
    assert "без изменений 1" in done.stdout and "Прежних версий удалено: 1." in done.stdout
    assert "30 дней" in one_line(here("articles", "restore", "most", RAG_DATA=data).stderr)


@pytest.mark.parametrize("question", ["", "х" * 10_000, "What is the length?", "'; DROP TABLE articles; --"])
def test_strange_questions_get_a_polite_reply(here: Run, question: str) -> None:
    done = here("ask", "--", question)
    assert done.returncode in (0, 1)
    said = one_line(done.stderr) if done.returncode else done.stdout
    assert re.search("[а-я]", said)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_wrong_setting_is_one_line(here: Run) -> None:
    done = here("ask", "Какова длина?", RAG_PORRT="1")
    assert done.returncode == 1
    assert "RAG_PORRT" in one_line(done.stderr)


def test_an_unexpected_error_leaves_one_line_and_a_log(
    here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("boom")

    data = tmp_path / "data"
    monkeypatch.setattr(articles, "load", crash)
    done = here("articles", "list", RAG_DATA=str(data))
    assert done.returncode == 1
    assert str(data / "error.log") in one_line(done.stderr)
    assert "RuntimeError: boom" in (data / "error.log").read_text(encoding="utf-8")


def test_a_locale_without_russian_changes_nothing(indexed: Path) -> None:
    plain = {
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
    }
    command = [sys.executable, "-m", "rag", "articles", "list", "--find", "канал"]
    done = python(indexed, command, **plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Канал достроят весной" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(indexed: Path) -> None:
    command = f'"{sys.executable}" -m rag articles show kanal | true; echo "${{PIPESTATUS[0]}}"'
    done = python(indexed, ["bash", "-c", command])
    assert (done.stdout, done.stderr) == ("0\n", "")


@contextmanager
def started(folder: Path, command: Sequence[str], port: int) -> Iterator[subprocess.Popen[str]]:
    """A server process that has said it is ready."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(RAG_PORT=str(port), PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if "готова" in line:
                assert f"http://127.0.0.1:{port}" in line
                break
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_server_starts_answers_and_stops_cleanly(indexed: Path) -> None:
    port = free_port()
    with started(indexed, [warm.python(), str(ROOT / "app.py")], port) as process:
        address = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{address}/api/health", timeout=PATIENCE).json()["articles"] == 2
        assert "Сноска" in httpx.get(address, timeout=PATIENCE).text
        answer = httpx.post(
            f"{address}/api/ask", json={"question": "Какова длина канала?"}, timeout=PATIENCE
        ).json()
        assert "127 километров" in answer["text"]

        asked = snoska(indexed, "ask", "Какова длина канала?")  # the library is the server's: it answers
        assert (asked.returncode, asked.stderr) == (0, "")
        assert "127 километров" in asked.stdout
        taken = snoska(indexed, "serve", "--port", str(port))
        assert taken.returncode == 1
        assert f"Порт {port} уже занят" in one_line(taken.stderr)

        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        assert "остановлена" in output


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with two articles in corpus/ and a server that has its library, empty at first."""
    folder = tmp_path_factory.mktemp("serving")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    with started(folder, [warm.python(), "-m", "rag", "serve"], free_port()):
        yield folder


@pytest.fixture()
def there(serving: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in the folder of the server; its library holds the two articles."""
    monkeypatch.chdir(serving)

    def run(*arguments: str) -> Done:
        code = main(arguments)
        output = capsys.readouterr()
        return Done(code, output.out, output.err)

    run("index", "--prune")
    return run


def test_indexing_goes_through_the_server(there: Run, serving: Path) -> None:
    again = there("index")
    assert (again.returncode, again.stderr) == (0, "")
    assert "без изменений 2. Всего в библиотеке 2" in one_line(again.stdout)
    (serving / "corpus" / "лёд.txt").write_text("Лёд на озере встал 4 ноября.", encoding="utf-8")
    (serving / "corpus" / "пусто.md").write_bytes(b"")
    done = there("index")
    assert done.returncode == 1
    assert "пусто.md: файл пуст" in one_line(done.stderr)
    assert "добавлено 1, без изменений 2" in one_line(done.stdout)
    (serving / "corpus" / "лёд.txt").unlink()
    (serving / "corpus" / "пусто.md").unlink()
    assert "удалено 1. Всего в библиотеке 2" in there("index", "--prune").stdout
    rebuilt = there("index", "--rebuild")
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    assert "изменено 2. Всего в библиотеке 2" in rebuilt.stdout


def test_a_copy_and_a_changed_file_go_through_the_server(there: Run, serving: Path, tmp_path: Path) -> None:
    (tmp_path / "копия.md").write_text(ARTICLES["kanal.md"], encoding="utf-8")
    assert "без изменений 1. Всего в библиотеке 2" in there("index", str(tmp_path)).stdout
    file = serving / "corpus" / "most.md"
    file.write_text(ARTICLES["most.md"] + " Его длина — 700 метров.", encoding="utf-8")
    assert "изменено 1" in there("index").stdout
    assert "Его длина — 700 метров." in there("articles", "show", "most").stdout
    file.write_text(ARTICLES["most.md"], encoding="utf-8")


def test_a_dump_goes_through_the_server(there: Run, serving: Path) -> None:
    rows = [
        json.dumps({"id": number, "title": f"Рудник {number}", "text": f"Рудник {number} даёт медь."})
        for number in range(3)
    ]
    dump = serving / "corpus" / "свод.jsonl"
    dump.write_text("\n".join(rows), encoding="utf-8")
    assert "добавлено 3, без изменений 2" in there("index").stdout
    dump.write_text("\n".join([*rows[:2], rows[2].replace("2", "5")]), encoding="utf-8")
    assert "добавлено 1, без изменений 4, удалено 1" in there("index").stdout
    again = there("index")
    assert (again.returncode, again.stderr) == (0, "")
    assert "без изменений 5" in again.stdout
    dump.unlink()
    assert "без изменений 2, удалено 3" in there("index", "--prune").stdout


def test_an_address_and_standard_input_go_through_the_server(
    there: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_FETCH_PRIVATE", "1")
    typed = "На перевале открыли метеостанцию."
    with serving_site() as site:
        text = "Озеро замёрзло в ноябре. Лёд держит человека. " * 10
        site.answers["/lake.html"] = body(f"<html><body><article><p>{text}</p></article></body></html>")
        for outcome in ("добавлено 2", "без изменений 2"):
            monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(typed.encode())))
            done = there("index", f"{site.root}/lake.html", "-", "--name", "перевал.txt")
            assert (done.returncode, done.stderr) == (0, "")
            assert outcome in done.stdout
    assert typed in there("articles", "show", "перевал").stdout
    assert "Лёд держит человека." in there("articles", "show", "127.0.0.1/lake").stdout
    assert there("articles", "remove", "перевал", "127.0.0.1/lake").returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "Какова длина канала?"],
        ["ask", "Какова длина rfyfkf?", "--explain"],
        ["ask", "Кто выиграл матч по хоккею?"],
        ["search", "длина канала", "-k", "3", "--explain"],
        ["search", "мост", "--source", "Газета «Отметка»", "--from", "2025-01-01", "--to", "2025-12-31"],
        ["search", "мост", "--tag", "нет такой"],
        ["search", "мост", "--article", "kanal"],
        ["articles", "list"],
        ["articles", "list", "--find", "канал", "--limit", "1"],
        ["articles", "show", "kanal"],
        ["articles", "show", "нет"],
        ["ask", ""],
        ["search", "длина канала", "--json"],
    ],
    ids=" ".join,
)
def test_what_the_server_says_is_what_the_command_says(there: Run, here: Run, words: list[str]) -> None:
    theirs = there(*words)
    ours = here(*words)

    def timeless(done: Done) -> Done:
        return replace(done, stdout=re.sub(r"за [\d,]+ мс", "", done.stdout))

    assert timeless(theirs) == timeless(ours)


def test_articles_are_removed_through_the_server(there: Run) -> None:
    done = there("articles", "remove", "most", "нет")
    assert (done.returncode, done.stdout) == (1, "Удалено: 1\u00a0статья.\n")
    assert "нет" in one_line(done.stderr)
    assert [line.split()[0] for line in there("articles", "list").stdout.splitlines()] == ["kanal"]


def check_keys(run: Run) -> None:
    """Made, listed and revoked; the secret is on standard output alone, so that a script can take it."""
    made = run("keys", "add", "сайт", "--scope", "read", "--tags", "мосты,каналы", "--expires", "2099-12-31")
    secret = made.stdout.strip()
    assert made.returncode == 0 and secret.startswith("snoska-") and len(secret) > 50
    assert "больше его не покажут" in one_line(made.stderr)
    listed = one_line(run("keys", "list").stdout).replace("\u00a0", " ")
    assert "сайт  read · метки: мосты, каналы · до 31 декабря 2099" in listed and secret not in listed
    for arguments, told in (
        (["сайт", "--scope", "admin"], "«сайт» уже есть"),
        (["другой", "--scope", "write", "--sources", "Вестник"], "может только читать"),
        (["третий", "--scope", "read", "--expires", "2020-01-01"], "уже прошёл"),
    ):
        refused = run("keys", "add", *arguments)
        assert refused.returncode == 1 and told in one_line(refused.stderr)
    gone = run("keys", "revoke", "сайт", "нет")
    assert gone.returncode == 1 and gone.stdout == "Отозвано: сайт.\n" and "нет" in one_line(gone.stderr)
    assert "отозван" in one_line(run("keys", "list").stdout)
    assert run("keys", "revoke", "сайт", "--forget").returncode == 0
    assert "Ключей нет" in one_line(run("keys", "list").stderr)


def test_keys_are_made_listed_and_revoked(here: Run) -> None:
    check_keys(here)


def test_keys_are_made_through_the_server(there: Run) -> None:
    check_keys(there)


def test_the_owner_s_addresses_want_the_token(there: Run, serving: Path) -> None:
    owner = serving / ".snoska" / "library.owner.json"
    assert owner.stat().st_mode & 0o077 == 0
    told = json.loads(owner.read_text(encoding="utf-8"))
    address = f"{told['address']}/api/owner"
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": told["token"][1:]}):
        assert httpx.get(f"{address}/held", headers=header, timeout=PATIENCE).status_code == 404
        assert (
            httpx.post(f"{address}/aftermath", headers=header, content=b"{}", timeout=PATIENCE).status_code
            == 404
        )
    known = {"Authorization": f"Bearer {told['token']}"}
    assert httpx.get(f"{address}/held", headers=known, timeout=PATIENCE).status_code == 200
    assert "owner" not in httpx.get(f"{told['address']}/openapi.json", timeout=PATIENCE).text


def test_a_wrong_request_is_logged_and_a_browser_that_stays_holds_nothing_up(indexed: Path) -> None:
    port = free_port()
    with started(indexed, [warm.python(), "-m", "rag", "serve"], port) as process:
        body = {"data": [1], "fn_index": 0, "session_hash": "wrong"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/gradio_api", timeout=PATIENCE) as client:
            client.post("/queue/join", json=body).raise_for_status()
            assert "process_completed" in client.get("/queue/data", params={"session_hash": "wrong"}).text
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
    assert snoska(indexed, "articles", "list").returncode == 0
    assert "Traceback" in (indexed / ".snoska" / "server.log").read_text(encoding="utf-8")


def test_a_full_disk_is_one_line_and_the_next_run_continues(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    for number in range(30):
        text = long_text(number, sentences=60)
        (tmp_path / "corpus" / f"{number}.txt").write_text(text, encoding="utf-8")
    full = subprocess.run(
        [sys.executable, "-m", "rag", "index"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )
    assert full.returncode == 1
    assert "Освободите место" in one_line(full.stderr)
    assert "добавлено 30" in snoska(tmp_path, "index").stdout
    deep = snoska(tmp_path, "doctor", "--deep")
    assert (deep.returncode, deep.stderr) == (0, "")
    assert "✓ сверка: база и индексы совпадают" in deep.stdout


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A process at work in `folder`."""
    return subprocess.Popen(
        [warm.python(), *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_an_interrupted_run_keeps_what_it_has_read(tmp_path: Path) -> None:
    many = 160  # eight batches: it is interrupted after the first one
    code = (
        "import sys; from rag.__main__ import main; from rag.library import run\n"
        "run.BATCH_ARTICLES = 20\n"
        "sys.exit(main(['index']))"
    )
    (tmp_path / "corpus").mkdir()
    for number in range(many):
        (tmp_path / "corpus" / f"{number}.txt").write_text(long_text(number, 9), encoding="utf-8")
    process = begun(tmp_path, "-c", code)
    state = tmp_path / ".snoska" / "keyword.state.json"
    while process.poll() is None and not (state.exists() and '"seq": 0' not in state.read_text()):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=WHOLE_RUN)
    assert process.returncode == 1
    assert one_line(errors).startswith("Прервано. Прочитанное сохранено")
    added = int(re.findall(r"добавлено (\d+)", output)[0])
    assert 0 < added < many
    done = snoska(tmp_path, "index")
    assert f"без изменений {added}" in done.stdout
    assert f"Всего в библиотеке {many}" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stop_in_the_middle_of_a_file(tmp_path: Path, number: signal.Signals) -> None:
    """A text as long as ten books takes half a minute; it isn't waited for, and nothing of it is left."""
    (tmp_path / "corpus").mkdir()
    text = "".join(f"Мост номер {each} открыли в {each} году. " for each in range(130_000))
    (tmp_path / "corpus" / "a.txt").write_text(text, encoding="utf-8")
    process = begun(tmp_path, "-m", "rag", "index")
    state = tmp_path / ".snoska" / "dense.state.json"
    while process.poll() is None and not state.exists():
        time.sleep(0.01)
    time.sleep(1)
    process.send_signal(number)
    output, errors = process.communicate(timeout=WHOLE_RUN)
    assert process.returncode == 1
    assert one_line(errors).startswith("Прервано. Прочитанное сохранено")
    assert "Всего в библиотеке 0\u00a0статей" in output or "Всего в библиотеке 0 статей" in output


def test_make_run_claims_nothing_of_an_index_that_failed(tmp_path: Path) -> None:
    stamp = tmp_path / "installed"
    stamp.touch()
    done = subprocess.run(
        ["make", "--silent", "-C", str(ROOT), "run", f"STAMP={stamp}", f"PYTHON={warm.python()}"],
        env=environment(RAG_PORRT="1", LC_ALL="C", MAKEFLAGS=""),
        capture_output=True,
        encoding="utf-8",
    )
    index_said, remark, serve_said, *_ = done.stderr.splitlines()
    assert done.returncode != 0
    assert "RAG_PORRT" in index_said and "RAG_PORRT" in serve_said
    assert remark == "Индексирование завершилось с замечаниями (выше); запускаю сервер."


def test_a_library_is_saved_and_put_back(here: Run) -> None:
    saved = here("backup", "copy.zip")
    assert saved.returncode == 0 and saved.stdout.startswith("Сохранено в copy.zip: статей ")
    back = here("restore", "copy.zip")
    assert back.returncode == 0 and "Восстановлено из copy.zip" in back.stdout, back.stderr
    spoilt = here("restore", "no-such.zip")
    assert spoilt.returncode == 1 and "no-such.zip" in spoilt.stderr and "Traceback" not in spoilt.stderr


def test_a_library_is_put_back_through_the_server(there: Run) -> None:
    assert there("backup", "copy.zip").returncode == 0
    back = there("restore", "copy.zip")
    assert back.returncode == 0 and "Восстановлено из copy.zip" in back.stdout, back.stderr
    spoilt = there("restore", "no-such.zip")
    assert spoilt.returncode == 1 and "no-such.zip" in one_line(spoilt.stderr)


def test_deploy_prints_a_file(here: Run) -> None:
    assert "services:" in here("deploy", "compose").stdout


def test_doctor_reports(here: Run) -> None:
    done = here("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓" in done.stdout and "✗" not in done.stdout


def test_a_promise_about_wrong_answers_is_kept_and_taken_back(here: Run, tmp_path: Path) -> None:
    line = {"question": "Какова длина канала?", "answers": ["127"]}
    known, unknown = tmp_path / "known.jsonl", tmp_path / "few.jsonl"
    known.write_text("\n".join([json.dumps(line, ensure_ascii=False)] * 12), encoding="utf-8")
    unknown.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    few = here("tune", "--set", str(unknown), RAG_READER="off")
    assert few.returncode == 1 and "Вопросов мало" in one_line(few.stderr)
    assert "порог отказа" not in here("doctor").stdout
    tuned = here("tune", "--set", str(known), "--at-most-wrong", "40%")
    assert tuned.returncode == 0, tuned.stderr
    promise = "не больше 40 % неверных ответов, проверено на 12 вопросах"
    assert "← выбран" in tuned.stdout and promise in tuned.stdout
    assert promise in here("doctor").stdout
    assert here("ask", "Какова длина канала?").stdout.startswith("Длина канала составит 127 километров")
    assert here("tune", "--reset").stdout == "Порог отказа снова обычный.\n"
    assert here("tune", "--reset").stdout == "Порог отказа и был обычный.\n"
    assert "порог отказа" not in here("doctor").stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--set", "{missing}"], "не читается"),
        ([], "укажите набор вопросов"),
        (["--set", "x", "--at-most-wrong", "200%"], "нужна доля вида 5%"),
    ],
)
def test_a_tuning_that_cannot_begin(here: Run, tmp_path: Path, given: list[str], said: str) -> None:
    done = here("tune", *(each.format(missing=tmp_path / "missing.jsonl") for each in given))
    assert done.returncode in (1, 2) and said in done.stderr


@pytest.mark.parametrize(("command", "text"), [("ask", "Какова длина rfyfkf?"), ("search", "длина rfyfkf")])
def test_a_repair_is_told_and_can_be_undone(here: Run, command: str, text: str) -> None:
    told = here(command, text)
    assert told.stdout.startswith("(исправлена раскладка: «rfyfkf» → «канала»")
    assert "(искать как написано: --as-typed)" in told.stdout
    repaired = json.loads(here(command, text, "--json").stdout)
    assert repaired["repairs"] == [{"typed": "rfyfkf", "meant": "канала"}]
    assert json.loads(here(command, text, "--json", "--as-typed").stdout)["repairs"] == []
    assert "исправлен" not in here(command, text, "--as-typed").stdout


@pytest.fixture()
def bot(tmp_path: Path) -> SampleBot:
    return open_sample(tmp_path / "data")


def test_the_short_answer_is_bold_on_a_terminal(bot: SampleBot) -> None:
    answer = bot.ask("Какова длина канала?")
    assert "\033[1m127,4 км\033[0m" in Console(colour=True).answer(answer)
    assert "\033" not in Console(colour=False).answer(answer, explain=True)


def test_a_doubtful_sentence_is_named(bot: SampleBot) -> None:
    text = Console(colour=False).answer(bot.ask("Какова длина канала?"))
    assert "! подтверждено частично: В проекте названа другая цифра" in text


def test_a_doubt_comes_with_its_reason(bot: SampleBot) -> None:
    answer = bot.ask("Какова длина канала?")
    doubtful = replace(
        answer.sentences[-1], support="unsupported", reasons=("в источнике «43 км»", "нет даты")
    )
    text = Console(colour=False).answer(replace(answer, sentences=(doubtful,)))
    assert "! не подтверждено: В проекте названа другая цифра" in text
    assert "(в источнике «43 км»; нет даты)" in text


def test_a_refusal_prints_the_nearest_passages(bot: SampleBot) -> None:
    text = Console(colour=False).answer(bot.ask("Кто выиграл матч?"))
    assert "Ближайшее по теме:" in text
    assert (
        "• Спор о длине: 127 или 131 километр? — Газета «Отметка», 2\u00a0марта 2026\u00a0г. · kanal-spor:0–"
        in text
    )


def test_notes_come_first_and_articles_read_well(bot: SampleBot) -> None:
    console = Console(colour=False)
    assert console.answer(bot.ask("rfyfk длина")).startswith("(исправлена раскладка")
    bare = replace(CANAL, info=replace(CANAL.info, source=None, published=None, url=None, tags=()))
    assert console.article(bare).startswith("Канал через пустыню: вода придёт к весне\n\nСтроители")
    assert console.hits([]) == "Ничего не найдено."
    assert date.fromisoformat(CANAL.info.published or "").year == 2026


def test_the_console_counts_reprints_and_names_three(bot: SampleBot) -> None:
    refused = bot.ask("Кто выиграл матч?")
    head, *_ = refused.hits
    console = Console(colour=False)
    listed = f"{CANAL.info.source}, 23\u00a0февраля 2026\u00a0г. · {CANAL.id}:0–99"
    assert f"    ещё\u00a01\u00a0публикация: {listed}\n" in console.answer(refused)
    many = replace(head, reprints=head.reprints * 5)
    line = console.hits([many]).splitlines()[-1]
    assert line == f"ещё\u00a05\u00a0публикаций: {'; '.join([listed] * 3)}; …"
    answer = bot.ask("Сколько стоит канал?")
    cited = replace(answer.citations[0], passage_id=head.passage.id)
    assert console.answer(replace(answer, citations=(cited,), hits=(head,))).endswith(
        f"\n    ещё\u00a01\u00a0публикация: {listed}"
    )
