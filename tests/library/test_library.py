import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryBusyError, LibraryError, NotFoundError
from rag.library import arrivals, run
from rag.library.library import Library
from rag.library.report import Failure, Outcome, Report
from rag.library.split import split
from rag.library.store import FILE
from rag.library.uploads import Upload, upload_id
from rag.types import Article, ArticleInfo

from .articles import TEXT, article, long_text
from .indexes import FileIndex
from .reading.making import zip_of


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in "абв":
        (folder / f"{name}.txt").write_text(f"Статья {name}. {TEXT}", encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, data: Path) -> FileIndex:
    data.mkdir()
    return FileIndex(data)


@pytest.fixture
def library(data: Path, index: FileIndex) -> Iterator[Library]:
    with Library(data, [index], "тест") as library:
        index.made = 0
        yield library


def tally(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.removed


def check(library: Library, index: FileIndex) -> None:
    """The index holds what the store holds, and every passage stands where it says."""
    passages = [passage for batch in library.store.all_passages() for passage in batch]
    assert sorted(each for ids in index.held.values() for each in ids) == sorted(
        passage.id for passage in passages
    )
    assert all(set(ids) for ids in index.held.values())
    for passage in passages:
        text = library.article(passage.article_id).text
        assert text[passage.start : passage.stop] == passage.text


def test_indexing_a_folder(library: Library, index: FileIndex, corpus: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    report = library.index([corpus], progress=lambda done, total: steps.append((done, total)))
    assert tally(report) == (3, 0, 0, 0)
    assert (report.articles, report.passages, report.failed) == (3, 3, ())
    assert steps == [(3, 3)]  # told once it is sure: here with the only batch
    assert sorted(index.held) == ["а", "б", "в"]
    check(library, index)


def test_only_what_changed_is_read_again(library: Library, index: FileIndex, corpus: Path) -> None:
    library.index([corpus])
    (corpus / "а.txt").write_text(long_text(1), encoding="utf-8")
    (corpus / "г.txt").write_text(long_text(2), encoding="utf-8")
    assert tally(library.index([corpus])) == (1, 1, 2, 0)
    assert tally(library.index([corpus])) == (0, 0, 4, 0)
    check(library, index)


def test_articles_of_an_older_splitter_are_read_again(
    library: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([corpus])
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    assert tally(library.index([corpus])) == (0, 3, 0, 0)


def test_bad_files_are_named_and_the_others_indexed(library: Library, corpus: Path) -> None:
    bad = {
        "empty.txt": b"",
        "binary.md": b"\x00\x01\x02" * 100,
        "mac.txt": long_text(1).encode("mac-cyrillic"),
        "broken.md": b"---\ntitle: [\n---\ntext",
        "nothing.html": b"<html></html>",
    }
    for name, content in bad.items():
        (corpus / name).write_bytes(content)
    with (corpus / "huge.txt").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    (corpus / "windows.txt").write_text(TEXT, encoding="cp1251")
    report = library.index([corpus, corpus / "missing.md"])
    assert tally(report) == (4, 0, 0, 0)
    assert {Path(failure.name).name for failure in report.failed} == {*bad, "huge.txt", "missing.md"}
    assert all(failure.reason for failure in report.failed)
    assert library.article("windows").text == TEXT


def test_a_file_that_became_unreadable_keeps_its_article(library: Library, corpus: Path) -> None:
    library.index([corpus])
    (corpus / "а.txt").write_bytes(b"")
    report = library.index([corpus], prune=True)
    assert tally(report) == (0, 0, 2, 0)
    assert len(report.failed) == 1
    assert library.article("а").text.startswith("Статья а.")


def test_prune_removes_articles_of_files_that_are_gone(
    library: Library, index: FileIndex, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/е.txt").write_text(long_text(5), encoding="utf-8")
    library.index([corpus, tmp_path / "elsewhere"])
    library.add([article("uploaded")])
    (corpus / "а.txt").unlink()
    (tmp_path / "elsewhere/е.txt").unlink()
    assert tally(library.index([corpus])) == (0, 0, 2, 0)
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 1)
    assert library.store.ids() == ["uploaded", "б", "в", "е"]
    check(library, index)


def test_the_same_file_under_another_folder_is_not_doubled(
    library: Library, index: FileIndex, corpus: Path
) -> None:
    library.index([corpus])
    report = library.index([corpus.parent])
    assert tally(report) == (3, 0, 0, 3)
    assert library.store.ids() == ["corpus/а", "corpus/б", "corpus/в"]
    check(library, index)


def test_two_files_do_not_push_each_other_out(library: Library, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/а.txt").write_text(long_text(1), encoding="utf-8")
    library.index([corpus])
    report = library.index([tmp_path / "archive"])
    assert "уже занят" in report.failed[0].reason
    assert library.article("а").text.startswith("Статья а.")
    (corpus / "а.txt").unlink()
    assert tally(library.index([tmp_path / "archive"])) == (0, 1, 0, 0)


def test_a_copy_under_another_name_is_recognised(
    library: Library, index: FileIndex, corpus: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "копия.txt"
    copy.parent.mkdir()
    copy.write_bytes((corpus / "а.txt").read_bytes())
    library.index([corpus])
    assert tally(library.index([copy.parent])) == (0, 0, 1, 0)
    assert library.store.ids() == ["а", "б", "в"]
    # The copy holds the article when the file it was read from goes.
    (corpus / "а.txt").unlink()
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 0)
    assert library.store.origins()["а"] == str(copy)
    # It is an article of its own as soon as it says something else.
    copy.write_text(long_text(3), encoding="utf-8")
    assert tally(library.index([copy.parent], prune=True)) == (1, 0, 0, 1)
    assert library.store.ids() == ["б", "в", "копия"]
    assert library.store.copies() == {}
    check(library, index)


def test_copies_in_one_folder_are_one_article(library: Library, index: FileIndex, corpus: Path) -> None:
    (corpus / "я.txt").write_bytes((corpus / "а.txt").read_bytes())
    assert tally(library.index([corpus])) == (3, 0, 1, 0)
    # The first one changes in the same run in which the second one is read: neither text is lost.
    (corpus / "а.txt").write_text(long_text(4), encoding="utf-8")
    assert tally(library.index([corpus])) == (1, 1, 2, 0)
    assert library.store.ids() == ["а", "б", "в", "я"]
    check(library, index)
    assert tally(library.index([corpus], rebuild=True)) == (0, 4, 0, 0)


def test_a_renamed_file_takes_its_article_along(library: Library, index: FileIndex, corpus: Path) -> None:
    library.index([corpus])
    (corpus / "а.txt").rename(corpus / "я.txt")
    assert tally(library.index([corpus])) == (1, 0, 2, 1)
    assert library.store.ids() == ["б", "в", "я"]
    check(library, index)


def test_a_file_that_moved_to_another_folder_is_not_pruned(
    library: Library, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    library.index([corpus])
    (corpus / "а.txt").rename(tmp_path / "archive/а.txt")
    assert tally(library.index([tmp_path / "archive"])) == (0, 0, 1, 0)
    assert tally(library.index([corpus], prune=True)) == (0, 0, 2, 0)
    assert library.store.ids() == ["а", "б", "в"]


def test_a_run_that_is_stopped_keeps_what_it_told_of(
    library: Library, index: FileIndex, corpus: Path, monkeypatch: pytest.MonkeyPatch
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
        check(library, index)
    assert tally(library.index([corpus]))[1:] == (0, report.articles, 0)


UPLOADS = {
    "../../etc/passwd.txt": "passwd",
    "C:\\Документы\\отчёт за май.TXT": "отчёт за май",
    "..": "без названия",
    "a\0b\u202e.md": "ab",
    "х" * 900 + ".txt": "х" * 200,
    "/": "без названия",
    "без суффикса": "без суффикса",
}


@pytest.mark.parametrize(("name", "wanted"), UPLOADS.items(), ids=range(len(UPLOADS)))
def test_an_upload_s_name_is_no_path(name: str, wanted: str) -> None:
    assert upload_id(name) == wanted


def uploads(**texts: str) -> list[Upload]:
    return [
        Upload(f"{name}.txt", lambda text=text: text.encode())  # type: ignore[misc]
        for name, text in texts.items()
    ]


def test_uploads_are_told_one_by_one(library: Library, index: FileIndex, corpus: Path) -> None:
    library.index([corpus])
    told: list[Outcome] = []
    watch = run.Watch(tell=told.append)
    sent = uploads(новая=long_text(1), пустая="", а=long_text(2), копия=f"Статья б. {TEXT}")
    assert tally(library.upload(sent, watch)) == (1, 0, 1, 0)
    assert {(each.name, each.status, each.article_id) for each in told} == {
        ("новая.txt", "added", "новая"),
        ("пустая.txt", "failed", None),
        ("а.txt", "failed", None),  # its id belongs to a file on the disk
        ("копия.txt", "unchanged", "б"),
    }
    assert tally(library.upload(uploads(новая=long_text(3), другая=long_text(3)), watch)) == (0, 1, 1, 0)
    assert library.article("новая").text == long_text(3)
    check(library, index)


def test_uploads_of_one_name_do_not_push_each_other_out(library: Library) -> None:
    sent = [*uploads(имя=long_text(1)), *uploads(имя=long_text(2))]
    assert tally(library.upload(sent, run.Watch())) == (2, 0, 0, 0)
    assert library.store.ids() == ["имя", "имя-2"]
    assert tally(library.upload(sent, run.Watch())) == (0, 0, 2, 0)


def sent(name: str, data: bytes) -> Upload:
    return Upload(name, lambda: data)


def test_an_upload_may_hold_several_articles(library: Library, index: FileIndex, corpus: Path) -> None:
    library.index([corpus])
    rows = [{"id": number, "text": long_text(number)} for number in range(3)]
    dump = "\n".join(json.dumps(row) for row in rows).encode()
    archive = zip_of({"а.txt": long_text(8).encode(), "б.exe": b"MZ", "пусто.md": b""})
    told: list[Outcome] = []
    steps: list[int | None] = []
    watch = run.Watch(lambda done, total: steps.append(total), told.append)
    assert tally(library.upload([sent("свод.jsonl", dump), sent("x/архив.zip", archive)], watch)) == (
        4,
        0,
        0,
        0,
    )
    assert {(each.name, each.status, each.article_id) for each in told} == {
        *(("свод.jsonl", "added", f"свод/{number}") for number in range(3)),
        ("x/архив.zip", "added", "архив/а"),
        ("x/архив.zip", "failed", None),  # its reason names б.exe
        ("x/архив.zip, архив/пусто", "failed", None),
    }
    assert set(steps) == {None}
    changed = dump.replace(
        json.dumps(rows[1]).encode(), b'{"id": 1, "text": "\xd0\x98\xd0\xbd\xd0\xbe\xd0\xb5."}'
    )
    assert tally(library.upload([sent("свод.jsonl", changed)], run.Watch())) == (0, 1, 2, 0)
    # Two of one name are two, here as with files of one article.
    assert tally(library.upload([sent("свод.jsonl", changed), sent("свод.jsonl", dump)], run.Watch())) == (
        3,
        0,
        3,
        0,
    )
    assert "свод-2/0" in library.store.ids()
    check(library, index)


def test_an_upload_does_not_push_rows_of_a_file_out(library: Library, corpus: Path) -> None:
    rows = b'{"id": 1, "text": "%s"}'
    (corpus / "свод.jsonl").write_bytes(rows % "Первый текст.".encode())
    library.index([corpus])
    report = library.upload([sent("свод.jsonl", rows % "Второй текст.".encode())], run.Watch())
    assert "прочитана из файла" in report.failed[0].reason
    assert library.article("свод/1").text == "Первый текст."


def test_rebuild_reads_everything_and_builds_the_indexes_anew(
    library: Library, index: FileIndex, corpus: Path
) -> None:
    library.index([corpus])
    index.held["а"] = ["что-то не то"]
    assert tally(library.index([corpus], rebuild=True)) == (0, 3, 0, 0)
    assert index.made == 1
    check(library, index)


def test_adding_articles(library: Library, index: FileIndex) -> None:
    first = [article("a", "Строка.\r\nЕщё строка."), article("b"), article("a", "Новый текст.")]
    assert tally(library.add(first)) == (2, 1, 0, 0)
    assert library.article("a").text == "Новый текст."
    assert tally(library.add(each for each in first[1:])) == (0, 0, 2, 0)
    check(library, index)


@pytest.mark.parametrize(
    "bad",
    [
        article("a", ""),
        article("a", " \n"),
        article("", TEXT),
        article("a", "Текст \ud800"),
        article("a", "…"),
        Article(ArticleInfo("a", "Т", published="вчера"), TEXT),
        Article(ArticleInfo("a", "Т", published=""), TEXT),
    ],
)
def test_articles_that_can_not_be_stored_are_reported(library: Library, bad: object) -> None:
    report = library.add([bad, article("good")])  # type: ignore[list-item]
    assert (len(report.failed), report.added) == (1, 1)


def test_removing(library: Library, index: FileIndex) -> None:
    library.add([article("a"), article("b")])
    assert library.remove(["a", "нет"]) == ["a"]
    assert library.remove(["нет"]) == []
    check(library, index)
    with pytest.raises(NotFoundError):
        library.article("a")
    assert tally(library.add([article("a")])) == (1, 0, 0, 0)
    check(library, index)


def test_many_articles_go_in_batches(
    library: Library, index: FileIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH_ARTICLES", 7)
    assert library.add([article(f"{number:02}", long_text(number)) for number in range(40)]).added == 40
    check(library, index)


# What happens between two openings


def filled(data: Path) -> FileIndex:
    data.mkdir(exist_ok=True)
    index = FileIndex(data)
    with Library(data, [index]) as library:
        library.add([article("a"), article("b", long_text(1))])
    index.made = 0
    return index


def test_a_database_that_is_damaged_inside_is_set_aside_by_a_rebuild(data: Path) -> None:
    data.mkdir()
    with Library(data, [FileIndex(data)]) as library:
        library.add([article(f"{number}", long_text(number)) for number in range(30)])
    file = data / FILE
    content = bytearray(file.read_bytes())
    for page in range(4, len(content) // 4096, 2):  # its head is whole: it can be opened
        content[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    file.write_bytes(content)
    for name in (f"{FILE}-wal", f"{FILE}-shm"):
        (data / name).unlink(missing_ok=True)
    with Library(data, [FileIndex(data)], repair=True) as library:
        assert "Прежняя база отложена" in library.notes[0]
        assert library.add([article("a")]).added == 1
        assert library.differences() == []


def test_a_lost_journal_is_told(data: Path, tmp_path: Path) -> None:
    """What stood in the journal alone is gone: never an empty library without a word."""
    data.mkdir()
    index = FileIndex(data)
    with Library(data, [index]) as library:
        library.add([article("a")])
        copy = tmp_path / "copy"
        shutil.copytree(data, copy)  # as a crash would leave it
    assert (copy / f"{FILE}-wal").stat().st_size
    for name in (f"{FILE}-wal", f"{FILE}-shm"):
        (copy / name).unlink()
    with Library(copy, [FileIndex(copy)]) as library:
        assert any("library.db-wal" in note and "snoska index" in note for note in library.notes)
        assert library.differences() == []


def test_uploads_of_an_older_version_are_split_anew(
    library: Library, index: FileIndex, corpus: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([corpus])
    library.upload(uploads(новая=long_text(1)), run.Watch())
    library.close()
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    with Library(data, [FileIndex(data)], building="behind") as opened:
        assert opened.notes == [
            "Разобрано прежней версией программы: 4 статьи. Прочитайте их заново: snoska index"
        ]
        assert tally(opened.index([corpus])) == (0, 4, 0, 0)
        assert tally(opened.upload(uploads(новая=long_text(1)), run.Watch())) == (0, 0, 1, 0)
        assert opened.differences() == []


@pytest.mark.parametrize("damage", ["lost", "extra", "twice", "text", "count"])
def test_a_deep_look_finds_every_difference(library: Library, index: FileIndex, damage: str) -> None:
    library.add([article("a", long_text(1)), article("b")])
    assert library.differences() == []
    if damage == "lost":
        index.held["a"].pop()
    elif damage == "extra":
        index.held["c"] = ["0123456789abcdef"]
    elif damage == "twice":
        index.held["b"] *= 2
    else:
        with library.store._writing() as db:
            if damage == "text":
                db.execute("UPDATE passages SET text = replace(text, 'руд', 'Руд') WHERE article_id = 'b'")
            else:
                db.execute("UPDATE articles SET passage_count = 9 WHERE id = 'b'")
    (found,) = library.differences()
    assert {"lost": "нет 1", "extra": "лишние 1", "twice": "дважды 1"}.get(damage, "статей «b»") in found


def test_a_new_library_has_nothing_to_note(library: Library) -> None:
    assert library.notes == []


def test_an_index_that_is_up_to_date_is_left_alone(data: Path) -> None:
    index = filled(data)
    with Library(data, [index]) as library:
        assert (index.made, library.notes) == (0, [])
        check(library, index)


def test_an_index_that_missed_changes_catches_up(data: Path) -> None:
    index = filled(data)
    with Library(data, []) as library:
        library.add([article("c"), article("a", "Новый текст.")])
        library.remove(["b"])
    with Library(data, [index]) as library:
        assert index.made == 0
        assert sorted(index.held) == ["a", "c"]
        check(library, index)


@pytest.mark.parametrize("damage", ["missing", "torn", "short", "state", "bad state", "newer"])
def test_a_damaged_index_is_rebuilt(data: Path, damage: str) -> None:
    index = filled(data)
    state = data / "plain.state.json"
    if damage == "missing":
        index.file.unlink()
    elif damage == "torn":
        index.file.write_text('{"a": [')
    elif damage == "short":
        index.file.write_text(json.dumps({"a": json.loads(index.file.read_text())["a"]}))
    elif damage == "state":
        state.unlink()
    elif damage == "bad state":
        state.write_text("[]")
    else:
        state.write_text('{"settings": "1", "seq": 1000, "folder": "plain/1"}')
    with Library(data, [index]) as library:
        assert index.made == 1
        assert len(library.notes) == 1 and library.notes[0].startswith("Индекс plain построен заново: ")
        check(library, index)


def test_an_index_of_other_settings_is_rebuilt_and_others_are_not(data: Path) -> None:
    filled(data)
    index, other = FileIndex(data, settings="2"), FileIndex(data, name="other")
    with Library(data, [index, other]) as library:
        assert "изменились настройки" in library.notes[0]
        assert "его не было на диске" in library.notes[1]
        check(library, index)
        check(library, other)
    other.made = index.made = 0
    index.settings = index.recipe = "3"
    with Library(data, [index, other]):
        assert (index.made, other.made) == (1, 0)


def test_a_crash_in_the_middle_of_a_rebuild_starts_it_again(data: Path) -> None:
    index = filled(data)
    index.settings, index.broken = "2", True
    with pytest.raises(LibraryError, match="Индекс plain не построен"):
        Library(data, [index])
    index.broken = False
    with Library(data, [index]) as library:
        check(library, index)


def test_what_a_failing_index_missed_is_made_up_for(library: Library, index: FileIndex) -> None:
    library.add([article("a")])
    index.broken = True
    with pytest.raises(LibraryError, match="Индекс plain не записан"):
        library.add([article("b")])
    index.broken = False
    library.add([article("c")])
    assert sorted(index.held) == ["a", "b", "c"]
    check(library, index)


def test_a_second_library_on_the_folder_is_refused(library: Library, data: Path) -> None:
    with pytest.raises(LibraryBusyError, match=r"\(тест\)"):
        Library(data, [])


def test_a_library_that_failed_to_open_leaves_the_folder_free(data: Path) -> None:
    data.mkdir()
    (data / FILE).write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryError, match="snoska index --rebuild"):
        Library(data, [])
    with Library(data, [FileIndex(data)], repair=True) as library:
        assert "Прежняя база отложена" in library.notes[0]
        assert library.add([article("a")]).added == 1
    assert len(list(data.glob(f"{FILE}.*"))) == 1


def test_real_articles_have_exact_passages(library: Library) -> None:
    folder = Path(__file__).parents[2] / "corpus/articles"
    report = library.index([folder])
    assert report.articles >= 16 and not report.failed
    for article_id in library.store.ids():
        whole = library.article(article_id)
        assert library.store.passages_of([article_id]) == split(whole)
        assert all(whole.text[each.start : each.stop] == each.text for each in split(whole))


def test_summary() -> None:
    failed = (Failure("a", "b"), Failure("c", "d"))
    report = Report(1, 3, 11, 22, failed, articles=1021, passages=5, seconds=1.25)
    assert report.summary() == (
        "Статьи: добавлено 1, изменено 3, без изменений 11, удалено 22. Файлы: не прочитано 2. "
        "Всего в библиотеке 1\u00a0021 статья, 5 фрагментов; 1,2 с."
    )
    report = Report(articles=1, passages=2)
    assert report.summary() == "Новых статей нет. Всего в библиотеке 1 статья, 2 фрагмента; 0,0 с."
