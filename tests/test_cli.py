"""The command line as a user meets it: indexing, articles, copies, keys.

What writes is typed twice: in a folder whose library nobody has, and in one whose library a server has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.command_line import ARTICLES, Done, Typist, furnished, one_line
from tests.library.reading.site import body
from tests.library.reading.site import serving as serving_site
from tests.processes import free_port, served

pytestmark = pytest.mark.slow_file
LENGTH = "Какова длина канала?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder and a server that has its library, empty at first."""
    folder = furnished(tmp_path_factory.mktemp("serving"))
    with served(folder, free_port()):
        yield folder


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    return _indexed(Typist(home, monkeypatch, capsys))


@pytest.fixture
def there(serving: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    return _indexed(Typist(serving, monkeypatch, capsys))


@pytest.fixture(params=["here", "there"])
def anywhere(request: pytest.FixtureRequest) -> Typist:
    typist: Typist = request.getfixturevalue(request.param)
    return typist


def _indexed(typist: Typist) -> Typist:
    """Its library holds the two articles, whatever the test before has done to it."""
    assert typist("index", "--prune").stderr == ""
    return typist


# Indexing


def test_indexing_says_what_it_did(anywhere: Typist, tmp_path: Path) -> None:
    corpus = anywhere.folder / "corpus"
    again = anywhere("index")
    assert (again.returncode, again.stderr) == (0, "")  # no progress bar outside a terminal
    assert "без изменений 2. Всего в библиотеке 2" in one_line(again.stdout)
    (corpus / "лёд.txt").write_text("Лёд на озере встал 4 ноября.", encoding="utf-8")
    (corpus / "пусто.md").write_bytes(b"")
    done = anywhere("index")
    assert done.returncode == 1
    assert "пусто.md: файл пуст" in one_line(done.stderr)
    assert "добавлено 1, без изменений 2" in one_line(done.stdout)
    (corpus / "лёд.txt").unlink()
    (corpus / "пусто.md").unlink()
    assert "удалено 1. Всего в библиотеке 2" in anywhere("index", "--prune").stdout
    rebuilt = anywhere("index", "--rebuild")
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    assert "изменено 2. Всего в библиотеке 2" in rebuilt.stdout
    (tmp_path / "копия.md").write_text(ARTICLES["kanal.md"], encoding="utf-8")
    assert "без изменений 1. Всего в библиотеке 2" in anywhere("index", str(tmp_path)).stdout
    (corpus / "most.md").write_text(ARTICLES["most.md"] + " Его длина — 700 метров.", encoding="utf-8")
    assert "изменено 1" in anywhere("index").stdout
    assert "Его длина — 700 метров." in anywhere("articles", "show", "most").stdout
    (corpus / "most.md").write_text(ARTICLES["most.md"], encoding="utf-8")


def test_a_dump_is_kept_up_to_date(anywhere: Typist) -> None:
    rows = [
        json.dumps({"id": number, "title": f"Рудник {number}", "text": f"Рудник {number} даёт медь."})
        for number in range(3)
    ]
    dump = anywhere.folder / "corpus" / "свод.jsonl"
    dump.write_text("\n".join(rows), encoding="utf-8")
    assert "добавлено 3, без изменений 2" in anywhere("index").stdout
    dump.write_text("\n".join([*rows[:2], rows[2].replace("2", "5")]), encoding="utf-8")
    assert "добавлено 1, без изменений 4, удалено 1" in anywhere("index").stdout
    assert "без изменений 5" in anywhere("index").stdout
    dump.unlink()
    assert "без изменений 2, удалено 3" in anywhere("index", "--prune").stdout


def test_an_address_and_standard_input_are_articles(
    anywhere: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode("koi8-r"))))

    with serving_site() as site:
        text = "Озеро замёрзло в ноябре. Лёд держит человека. " * 10
        site.answers["/lake.html"] = body(f"<html><body><article><p>{text}</p></article></body></html>")
        address = f"{site.root}/lake.html"
        refused = anywhere("index", address)
        assert refused.returncode == 1 and "RAG_FETCH_PRIVATE=1" in one_line(refused.stderr)
        assert site.asked == []
        for outcome in ("добавлено 2", "без изменений 2"):
            typed("На перевале открыли метеостанцию. Зимой там никого нет.")
            done = anywhere("index", address, "-", "--name", "../перевал.txt", RAG_FETCH_PRIVATE="1")
            assert (done.returncode, done.stderr) == (0, "")
            assert outcome in done.stdout
    assert "На перевале открыли метеостанцию." in anywhere("articles", "show", "перевал").stdout
    assert "Лёд держит человека." in anywhere("articles", "show", "127.0.0.1/lake").stdout
    typed("")
    assert "на стандартном вводе пусто" in one_line(anywhere("index", "-").stderr)
    assert anywhere("articles", "remove", "перевал", "127.0.0.1/lake").returncode == 0


def test_kinds_that_are_not_read_are_named_and_counted(here: Typist, tmp_path: Path) -> None:
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
    done = here("index", str(files), "--skip-unknown")
    assert (done.returncode, done.stderr) == (0, "")
    assert "без изменений 2. Файлы: пропущено 3." in one_line(done.stdout)


def test_what_a_reader_left_out_is_told(here: Typist, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('title,text\nЛёд,"Лёд встал\nМыс,Рыбу ловят у мыса.\n', encoding="utf-8")
    done = here("index", str(tmp_path / "a.csv"), RAG_DATA=str(tmp_path / "data"))
    assert (done.returncode, done.stdout[:19]) == (0, "Статьи: добавлено 2")
    assert one_line(done.stderr) == f"{tmp_path / 'a.csv'}: строка 2: кавычка не закрыта"


# Articles, copies, keys


@pytest.mark.parametrize(
    "words",
    [
        ["ask", LENGTH],
        ["ask", "Какова длина rfyfkf?"],
        ["ask", "Кто выиграл матч по хоккею?"],
        ["ask", ""],
        ["search", "длина канала", "-k", "3"],
        ["search", "мост", "--source", "Газета «Отметка»", "--from", "2025-01-01", "--to", "2025-12-31"],
        ["search", "мост", "--tag", "нет такой"],
        ["search", "мост", "--article", "kanal", "--json"],
        ["articles", "list", "--find", "канал", "--limit", "1"],
        ["articles", "show", "kanal"],
        ["articles", "show", "нет"],
    ],
    ids=" ".join,
)
def test_what_the_server_says_is_what_the_command_says(there: Typist, here: Typist, words: list[str]) -> None:
    def told(done: Done) -> Done:
        """But for times and scores: what an index has held before moves their last digit."""
        return replace(done, stdout=re.sub(r"\d+[.,]\d+", "0", re.sub(r"за [\d,]+ мс", "", done.stdout)))

    assert told(there(*words)) == told(here(*words))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["kanal", "most"]),
        (["--limit", "1"], ["kanal"]),
        (["--offset", "1"], ["most"]),
        (["--find", "достроят", "канала"], ["kanal"]),
        (["--source", "газета «отметка»", "--from", "2026-01-01"], []),
        (["--tag", "вода", "--tag", "мост", "--to", "2025-12-31"], ["most"]),
        (["--text", "жираф"], []),
    ],
)
def test_the_list_can_be_narrowed(here: Typist, options: list[str], expected: list[str]) -> None:
    done = here("articles", "list", *options)
    assert [line.split()[0] for line in done.stdout.splitlines()] == expected
    told = "" if expected else "Таких статей нет. Все статьи: snoska articles list\n"
    assert (done.returncode, done.stderr) == (0, told)


def test_articles_are_shown_and_removed(anywhere: Typist) -> None:
    assert "Его высота — 48 метров." in anywhere("articles", "show", "most").stdout
    done = anywhere("articles", "remove", "most", "нет")
    assert (done.returncode, done.stdout) == (1, "Удалено: 1\u00a0статья.\n")
    assert "нет" in one_line(done.stderr)
    assert [line.split()[0] for line in anywhere("articles", "list").stdout.splitlines()] == ["kanal"]
    assert "snoska articles list" in one_line(anywhere("articles", "show", "most").stderr)


def test_an_article_is_corrected_compared_and_put_back(here: Typist, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for height in ("48", "52"):
        text = f"Высота моста — {height} метров. Он стоит над рекой."
        (corpus / "most.txt").write_text(text, encoding="utf-8")
        here("index", str(corpus), RAG_DATA=str(tmp_path / "data"))
    said = here("articles", "show", "most", "--versions").stdout
    assert re.match(r"Версия 2 с .*г\., \d\d:\d\d, нынешняя · 45\u00a0знаков\n", said)
    assert "Высота моста — [-48-]{+52+} метров." in said and "\nВерсия 1 с " in said
    assert "48 метров" in here("articles", "show", "most", "--version", "1").stdout
    given = ("--title", "Новый мост", "--source", "Вестник", "--date", "2026-02-23", "--tags", "мост,река")
    done = here("articles", "set", "most", *given)
    assert done.stdout == "most  Новый мост — Вестник, 23\u00a0февраля 2026\u00a0г.\n"
    assert "most" in here("articles", "list", "--text", "высоты", "--tag", "река").stdout
    assert here("articles", "set", "most").returncode == 2
    assert "заголовок" in one_line(here("articles", "set", "most", "--title", "").stderr)
    here("articles", "remove", "most")
    assert here("articles", "restore", "most").stdout == "Возвращено: 1\u00a0статья.\n"
    assert "Новый мост" in here("articles", "list").stdout
    done = here("index", str(corpus), "--prune-versions")
    assert "без изменений 1" in done.stdout and "Прежних версий удалено: 1." in done.stdout
    assert "30 дней" in one_line(here("articles", "restore", "most").stderr)


def test_a_library_is_saved_and_put_back(anywhere: Typist) -> None:
    saved = anywhere("backup", "copy.zip")
    assert saved.returncode == 0 and saved.stdout.startswith("Сохранено в copy.zip: статей ")
    (anywhere.folder / "copy.zip").rename(anywhere.folder / "back.zip")
    back = anywhere("restore", "back.zip")
    assert back.returncode == 0 and "Восстановлено из back.zip" in back.stdout, back.stderr
    (anywhere.folder / "back.zip").unlink()
    spoilt = anywhere("restore", "no-such.zip")
    assert spoilt.returncode == 1 and "no-such.zip" in one_line(spoilt.stderr)


def test_keys_are_made_listed_and_revoked(anywhere: Typist) -> None:
    """The secret is on standard output alone, so that a script can take it."""
    given = ("--scope", "read", "--tags", "мосты,каналы", "--expires", "2099-12-31")
    made = anywhere("keys", "add", "сайт", *given)
    secret = made.stdout.strip()
    assert made.returncode == 0 and secret.startswith("snoska-") and len(secret) > 50
    assert "больше его не покажут" in one_line(made.stderr)
    listed = one_line(anywhere("keys", "list").stdout).replace("\u00a0", " ")
    assert "сайт  read · метки: мосты, каналы · до 31 декабря 2099" in listed and secret not in listed
    for arguments, told in (
        (["сайт", "--scope", "admin"], "«сайт» уже есть"),
        (["другой", "--scope", "write", "--sources", "Вестник"], "может только читать"),
        (["третий", "--scope", "read", "--expires", "2020-01-01"], "уже прошёл"),
    ):
        refused = anywhere("keys", "add", *arguments)
        assert refused.returncode == 1 and told in one_line(refused.stderr)
    gone = anywhere("keys", "revoke", "сайт", "нет")
    assert gone.returncode == 1 and gone.stdout == "Отозвано: сайт.\n" and "нет" in one_line(gone.stderr)
    assert "отозван" in one_line(anywhere("keys", "list").stdout)
    assert anywhere("keys", "revoke", "сайт", "--forget").returncode == 0
    assert "Ключей нет" in one_line(anywhere("keys", "list").stderr)


# Deploying, tuning


def test_deploy_prints_a_file_and_doctor_reports(here: Typist) -> None:
    assert "services:" in here("deploy", "compose").stdout
    done = here("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓" in done.stdout and "✗" not in done.stdout


def test_a_promise_about_wrong_answers_is_kept_and_taken_back(here: Typist, tmp_path: Path) -> None:
    line = json.dumps({"question": LENGTH, "answers": ["127"]}, ensure_ascii=False)
    known, unknown = tmp_path / "known.jsonl", tmp_path / "few.jsonl"
    known.write_text("\n".join([line] * 12), encoding="utf-8")
    unknown.write_text(line, encoding="utf-8")
    for given, said in (
        (["--set", str(unknown)], "Вопросов мало"),
        (["--set", str(tmp_path / "missing.jsonl")], "не читается"),
        ([], "укажите набор вопросов"),
    ):
        refused = here("tune", *given)
        assert refused.returncode in (1, 2) and said in one_line(refused.stderr)
    assert "порог отказа" not in here("doctor").stdout
    tuned = here("tune", "--set", str(known), "--at-most-wrong", "40%")
    assert tuned.returncode == 0, tuned.stderr
    promise = "не больше 40 % неверных ответов, проверено на 12 вопросах"
    assert "← выбран" in tuned.stdout and promise in tuned.stdout
    assert promise in here("doctor").stdout
    assert here("ask", LENGTH).stdout.startswith("Длина канала составит 127 километров")
    assert here("tune", "--reset").stdout == "Порог отказа снова обычный.\n"
    assert here("tune", "--reset").stdout == "Порог отказа и был обычный.\n"
    assert "порог отказа" not in here("doctor").stdout
