"""Folders, uploads and articles that come into a library: what is read, kept, replaced and refused."""

import json
from pathlib import Path

import pytest

from rag.errors import NotFoundError
from rag.library import arrivals, run
from rag.library.library import Library
from rag.library.report import Failure, Outcome, Report
from rag.library.run import Watch
from rag.library.uploads import upload_id
from rag.types import Article

from .articles import TEXT, article, long_text, sent, tally, write
from .indexes import FileIndex
from .reading.making import zip_of


@pytest.fixture
def corpus(corpus: Path) -> Path:
    for name in "абв":
        write(corpus / f"{name}.txt", f"Статья {name}. {TEXT}")
    return corpus


def test_only_what_changed_in_a_folder_is_read_again(
    library: Library, leg: FileIndex, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[int, int | None]] = []
    report = library.index([corpus], progress=lambda done, total: steps.append((done, total)))
    assert tally(report) == (3, 0, 0, 0)
    assert (report.articles, report.passages, report.failed) == (3, 3, ())
    assert steps == [(3, 3)]  # told once it is sure: here with the only batch
    assert sorted(leg.held) == ["а", "б", "в"]
    write(corpus / "а.txt", long_text(1))
    write(corpus / "г.txt", long_text(2))
    assert tally(library.index([corpus])) == (1, 1, 2, 0)
    assert tally(library.index([corpus])) == (0, 0, 4, 0)
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")  # as after a new splitter
    assert tally(library.index([corpus])) == (0, 4, 0, 0)
    leg.held["а"] = ["что-то не то"]
    assert (tally(library.index([corpus], rebuild=True)), leg.made) == ((0, 4, 0, 0), 1)


def test_bad_files_are_named_and_the_others_indexed(library: Library, corpus: Path) -> None:
    bad = {
        "empty.txt": b"",
        "binary.md": b"\x00\x01\x02" * 100,
        "mac.txt": long_text(1).encode("mac-cyrillic"),
        "broken.md": b"---\ntitle: [\n---\ntext",
        "nothing.html": b"<html></html>",
    }
    for name, content in bad.items():
        write(corpus / name, content)
    with (corpus / "huge.txt").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    write(corpus / "windows.txt", TEXT.encode("cp1251"))
    report = library.index([corpus, corpus / "missing.md"])
    assert tally(report) == (4, 0, 0, 0)
    assert {Path(failure.name).name for failure in report.failed} == {*bad, "huge.txt", "missing.md"}
    assert all(failure.reason for failure in report.failed)
    assert library.article("windows").text == TEXT
    write(corpus / "а.txt", b"")
    assert tally(library.index([corpus], prune=True)) == (0, 0, 3, 0)
    assert library.article("а").text.startswith("Статья а."), "what became unreadable is not gone"


def test_articles_of_files_that_are_gone_go_when_asked_to(
    library: Library, corpus: Path, tmp_path: Path
) -> None:
    elsewhere = write(tmp_path / "elsewhere/е.txt", long_text(5))
    library.index([corpus, elsewhere.parent])
    library.add([article("uploaded")])
    (corpus / "а.txt").unlink()
    elsewhere.unlink()
    assert tally(library.index([corpus])) == (0, 0, 2, 0)
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 1)
    assert library.store.ids() == ["uploaded", "б", "в", "е"], "of another folder nothing goes"


def test_a_file_that_moves_takes_its_article_along(library: Library, corpus: Path, tmp_path: Path) -> None:
    library.index([corpus])
    (corpus / "а.txt").rename(corpus / "я.txt")
    assert tally(library.index([corpus])) == (1, 0, 2, 1)
    assert library.store.ids() == ["б", "в", "я"]
    (tmp_path / "archive").mkdir()
    (corpus / "я.txt").rename(tmp_path / "archive/я.txt")
    assert tally(library.index([tmp_path / "archive"])) == (0, 0, 1, 0)
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 0)
    assert library.store.ids() == ["б", "в", "я"]
    assert tally(library.index([tmp_path])) == (3, 0, 0, 3)  # under another folder, and not doubled
    assert library.store.ids() == ["archive/я", "corpus/б", "corpus/в"]


def test_two_files_do_not_push_each_other_out(library: Library, corpus: Path, tmp_path: Path) -> None:
    write(tmp_path / "archive/а.txt", long_text(1))
    library.index([corpus])
    report = library.index([tmp_path / "archive"])
    assert "уже занят" in report.failed[0].reason
    assert library.article("а").text.startswith("Статья а.")
    (corpus / "а.txt").unlink()
    assert tally(library.index([tmp_path / "archive"])) == (0, 1, 0, 0)


def test_a_copy_under_another_name_is_recognised(library: Library, corpus: Path, tmp_path: Path) -> None:
    copy = write(tmp_path / "elsewhere/копия.txt", (corpus / "а.txt").read_bytes())
    library.index([corpus])
    assert tally(library.index([copy.parent])) == (0, 0, 1, 0)
    assert library.store.ids() == ["а", "б", "в"]
    # The copy holds the article when the file it was read from goes.
    (corpus / "а.txt").unlink()
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 0)
    assert library.store.origins()["а"] == str(copy)
    # It is an article of its own as soon as it says something else.
    write(copy, long_text(3))
    assert tally(library.index([copy.parent], prune=True)) == (1, 0, 0, 1)
    assert library.store.ids() == ["б", "в", "копия"]
    assert library.store.copies() == {}


def test_copies_in_one_folder_are_one_article(library: Library, corpus: Path) -> None:
    write(corpus / "я.txt", (corpus / "а.txt").read_bytes())
    assert tally(library.index([corpus])) == (3, 0, 1, 0)
    # The first one changes in the same run in which the second one is read: neither text is lost.
    write(corpus / "а.txt", long_text(4))
    assert tally(library.index([corpus])) == (1, 1, 2, 0)
    assert library.store.ids() == ["а", "б", "в", "я"]
    assert tally(library.index([corpus], rebuild=True)) == (0, 4, 0, 0)


def test_a_run_that_is_stopped_keeps_what_it_told_of(
    library: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH_ARTICLES", 1)
    told: list[int] = []
    for rebuild in (False, True):
        told.clear()
        report = library.index(
            [corpus], rebuild, True, lambda done, total: told.append(done), lambda: not told
        )
        assert report.stopped
        assert len(told) <= report.articles == len(library.store.ids()) < 3
        assert library.differences() == []
    assert tally(library.index([corpus]))[1:] == (0, report.articles, 0)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("../../etc/passwd.txt", "passwd"),
        ("C:\\Документы\\отчёт за май.TXT", "отчёт за май"),
        ("..", "без названия"),
        ("/", "без названия"),
        ("a\0b\u202e.md", "ab"),
        ("х" * 900 + ".txt", "х" * 200),
        ("без суффикса", "без суффикса"),
    ],
    ids=range(7),
)
def test_an_upload_s_name_is_no_path(name: str, wanted: str) -> None:
    assert upload_id(name) == wanted


def test_uploads_are_told_one_by_one(library: Library, corpus: Path) -> None:
    library.index([corpus])
    told: list[Outcome] = []
    texts = {"новая": long_text(1), "пустая": "", "а": long_text(2), "копия": f"Статья б. {TEXT}"}
    uploads = [sent(f"{name}.txt", text) for name, text in texts.items()]
    assert tally(library.upload(uploads, Watch(tell=told.append))) == (1, 0, 1, 0)
    assert {(each.name, each.status, each.article_id) for each in told} == {
        ("новая.txt", "added", "новая"),
        ("пустая.txt", "failed", None),
        ("а.txt", "failed", None),  # its id belongs to a file on the disk
        ("копия.txt", "unchanged", "б"),
    }
    again = [sent("новая.txt", long_text(3)), sent("другая.txt", long_text(3))]
    assert tally(library.upload(again, Watch())) == (0, 1, 1, 0)
    assert library.article("новая").text == long_text(3)
    namesakes = [sent("имя.txt", long_text(4)), sent("имя.txt", long_text(5))]
    assert tally(library.upload(namesakes, Watch())) == (2, 0, 0, 0)
    assert {"имя", "имя-2"} <= set(library.store.ids())
    assert tally(library.upload(namesakes, Watch())) == (0, 0, 2, 0)


def test_an_upload_may_hold_several_articles(library: Library, corpus: Path) -> None:
    rows = [{"id": number, "text": long_text(number)} for number in range(3)]
    dump = "\n".join(json.dumps(row) for row in rows).encode()
    archive = zip_of({"а.txt": long_text(8).encode(), "б.exe": b"MZ", "пусто.md": b""})
    told: list[Outcome] = []
    steps: list[int | None] = []
    watch = Watch(lambda done, total: steps.append(total), told.append)
    report = library.upload([sent("свод.jsonl", dump), sent("x/архив.zip", archive)], watch)
    assert tally(report) == (4, 0, 0, 0)
    assert {(each.name, each.status, each.article_id) for each in told} == {
        *(("свод.jsonl", "added", f"свод/{number}") for number in range(3)),
        ("x/архив.zip", "added", "архив/а"),
        ("x/архив.zip", "failed", None),  # its reason names б.exe
        ("x/архив.zip, архив/пусто", "failed", None),
    }
    assert set(steps) == {None}
    changed = dump.replace(json.dumps(rows[1]).encode(), '{"id": 1, "text": "Иное."}'.encode())
    assert tally(library.upload([sent("свод.jsonl", changed)], Watch())) == (0, 1, 2, 0)
    # Two of one name are two, here as with files of one article.
    namesakes = [sent("свод.jsonl", changed), sent("свод.jsonl", dump)]
    assert tally(library.upload(namesakes, Watch())) == (3, 0, 3, 0)
    assert "свод-2/0" in library.store.ids()
    # And rows of a file on the disk are not pushed out by those of an upload.
    write(corpus / "диск.jsonl", '{"id": 1, "text": "Первый текст."}')
    library.index([corpus])
    report = library.upload([sent("диск.jsonl", '{"id": 1, "text": "Второй текст."}')], Watch())
    assert "прочитана из файла" in report.failed[0].reason
    assert library.article("диск/1").text == "Первый текст."


def test_articles_are_added_and_removed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [article("a", "Строка.\r\nЕщё строка."), article("b"), article("a", "Новый текст.")]
    assert tally(library.add(first)) == (2, 1, 0, 0)
    assert library.article("a").text == "Новый текст."
    assert tally(library.add(each for each in first[1:])) == (0, 0, 2, 0)
    assert library.remove(["a", "нет"]) == ["a"]
    assert library.remove(["нет"]) == []
    with pytest.raises(NotFoundError):
        library.article("a")
    assert tally(library.add([article("a")])) == (1, 0, 0, 0)
    monkeypatch.setattr(run, "BATCH_ARTICLES", 7)
    assert library.add([article(f"{number:02}", long_text(number, 9)) for number in range(20)]).added == 20


def test_articles_that_can_not_be_stored_are_reported(library: Library) -> None:
    bad: list[Article] = [
        *(article("a", text) for text in ("", " \n", "Текст \ud800", "…")),
        article(""),
        *(article("a", published=day) for day in ("вчера", "")),
    ]
    for each in bad:
        report = library.add([each, article("good")])
        assert len(report.failed) == 1, each
    assert library.store.ids() == ["good"]


def test_summary() -> None:
    failed = (Failure("a", "b"), Failure("c", "d"))
    report = Report(1, 3, 11, 22, failed, articles=1021, passages=5, seconds=1.25)
    assert report.summary() == (
        "Статьи: добавлено 1, изменено 3, без изменений 11, удалено 22. Файлы: не прочитано 2. "
        "Всего в библиотеке 1\u00a0021 статья, 5 фрагментов; 1,2 с."
    )
    report = Report(articles=1, passages=2)
    assert report.summary() == "Новых статей нет. Всего в библиотеке 1 статья, 2 фрагмента; 0,0 с."
