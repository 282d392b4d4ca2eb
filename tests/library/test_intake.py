"""One file of many articles in the library: skipped whole, row by row, and what is gone from it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import arrivals, run
from rag.library.isolated_reading import Apart
from rag.library.library import Library
from rag.library.reading.fetching import Fetcher
from rag.library.reading.places import Given, Page
from rag.library.report import Report

from .indexes import FileIndex
from .reading.making import zip_of
from .reading.site import Site, body, serving

TEXT = "Рудник номер {number} открыли весной. Он даёт медь."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    data = tmp_path / "data"
    data.mkdir()
    with Library(data, [FileIndex(data)], "тест") as library:
        yield library


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "news" / "dump.jsonl"
    path.parent.mkdir()
    write(path, *range(5))
    return path


def write(path: Path, *numbers: int, text: str = TEXT) -> None:
    rows = [
        {"id": number, "title": f"Рудник {number}", "text": text.format(number=number)} for number in numbers
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


def tally(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.removed


def test_rows_are_articles(library: Library, dump: Path) -> None:
    assert tally(library.index([dump.parent])) == (5, 0, 0, 0)
    assert library.store.ids() == [f"dump/{number}" for number in range(5)]
    assert library.article("dump/3").info.title == "Рудник 3"


def test_an_unchanged_dump_is_not_parsed(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([dump])
    monkeypatch.setattr(Apart, "pieces", lambda *given: pytest.fail("the file was parsed"))
    assert tally(library.index([dump])) == (0, 0, 5, 0)


def test_of_a_changed_dump_only_changed_rows_are_made_anew(library: Library, dump: Path) -> None:
    library.index([dump])
    rows = dump.read_text(encoding="utf-8").split("\n")
    rows[2] = rows[2].replace("медь", "золото")
    dump.write_text("\n".join(rows), encoding="utf-8")
    assert tally(library.index([dump])) == (0, 1, 4, 0)
    assert "золото" in library.article("dump/2").text


def test_rows_that_are_gone_from_a_dump_are_gone_from_the_library(library: Library, dump: Path) -> None:
    library.index([dump])
    write(dump, 0, 2, 5)
    assert tally(library.index([dump])) == (1, 0, 2, 3)
    assert library.store.ids() == ["dump/0", "dump/2", "dump/5"]
    assert tally(library.index([dump])) == (0, 0, 3, 0)


def test_rows_put_after_the_last_one_leave_it_as_it_is(library: Library, dump: Path) -> None:
    library.index([dump])
    write(dump, *range(7))
    assert tally(library.index([dump])) == (2, 0, 5, 0)


def test_of_a_dump_that_is_broken_nothing_is_taken_for_gone(library: Library, dump: Path) -> None:
    library.index([dump])
    write(dump, 0, 1)
    with dump.open("ab") as file:
        file.write(b"\n{broken\n")
    report = library.index([dump])
    assert tally(report) == (0, 0, 2, 0)
    assert [(failure.name, failure.reason) for failure in report.failed] == [
        (f"{dump}, dump/3", "строка 3: это не JSON")
    ]
    assert len(library.store.ids()) == 5
    assert library.index([dump]).failed, "what is wrong is told as long as it is wrong"


def test_an_article_removed_by_hand_comes_back_with_its_dump(library: Library, dump: Path) -> None:
    library.index([dump])
    library.remove(["dump/1"])
    assert tally(library.index([dump])) == (1, 0, 4, 0)


def test_a_dump_that_goes_back_to_what_it_was_is_read(library: Library, dump: Path) -> None:
    """What is noted of a file holds only as long as nothing happened to its articles."""
    library.index([dump])
    before = dump.read_bytes()
    write(dump, *range(5), text="Совсем другой текст {number}.")
    (row,) = dump.read_text(encoding="utf-8").split("\n")[:1]
    dump.write_text(row + "\n{broken", encoding="utf-8")
    library.index([dump])
    dump.write_bytes(before)
    assert tally(library.index([dump])) == (0, 1, 4, 0)
    assert "медь" in library.article("dump/0").text


def test_a_dump_under_another_folder_is_not_doubled(library: Library, dump: Path) -> None:
    library.index([dump.parent])
    assert tally(library.index([dump.parent.parent / "news" / ".."])) == (5, 0, 0, 5)
    assert library.store.ids() == [f"news/dump/{number}" for number in range(5)]


def test_a_dump_that_moved_to_another_folder_is_not_pruned(library: Library, dump: Path) -> None:
    library.index([dump.parent])
    moved = dump.parent.parent / "archive" / dump.name
    moved.parent.mkdir()
    dump.rename(moved)
    assert tally(library.index([moved.parent])) == (0, 0, 5, 0)
    assert tally(library.index([dump.parent], prune=True)) == (0, 0, 0, 0)
    assert set(library.store.origins().values()) == {str(moved)}
    assert [record.origin for record in library.store.files().values() if Path(record.origin).exists()]


def test_a_renamed_dump_takes_its_articles_along(library: Library, dump: Path) -> None:
    library.index([dump.parent])
    dump.rename(dump.with_name("свод.jsonl"))
    assert tally(library.index([dump.parent])) == (5, 0, 0, 5)
    assert library.store.ids() == [f"свод/{number}" for number in range(5)]
    assert tally(library.index([dump.parent])) == (0, 0, 5, 0)


def test_a_run_stopped_inside_a_dump_goes_on_from_there(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is gone from a dump goes only when all of it was read."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 1)
    library.index([dump])
    write(dump, *range(3, 60), text="Иной текст {number}.")
    told: list[int] = []
    report = library.index([dump], goes_on=lambda: not told, progress=lambda done, total: told.append(done))
    assert report.stopped and report.removed == 0
    assert {f"dump/{number}" for number in range(5)} <= set(library.store.ids())
    assert library.store.files() == {}
    done = report.added + report.replaced
    assert tally(library.index([dump])) == (55 - report.added, 2 - report.replaced, done, 3)
    assert len(library.store.ids()) == 57


def test_a_file_with_the_bytes_of_a_member_keeps_its_article(library: Library, tmp_path: Path) -> None:
    """A copy of what an archive holds is the same article, also once the archive has let it go."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    members = {f"{name}.txt": TEXT.format(number=name).encode() for name in "аб"}
    (corpus / "архив.zip").write_bytes(zip_of(members))
    (corpus / "копия.txt").write_bytes(members["а.txt"])
    assert tally(library.index([corpus])) == (2, 0, 1, 0)
    (corpus / "архив.zip").write_bytes(zip_of({"б.txt": members["б.txt"]}))
    assert library.index([corpus]).removed == 0
    assert library.store.origins()["архив/а"] == str(corpus / "копия.txt")
    assert tally(library.index([corpus], prune=True)) == (1, 0, 1, 1)
    assert library.store.ids() == ["архив/б", "копия"]


def test_a_dump_and_a_file_of_one_folder_are_pruned_alike(library: Library, dump: Path) -> None:
    other = dump.with_name("другой.jsonl")
    write(other, 7, 8)
    (dump.parent / "а.txt").write_text("Про порт написали отдельно.", encoding="utf-8")
    assert tally(library.index([dump.parent])) == (8, 0, 0, 0)
    other.unlink()
    (dump.parent / "а.txt").unlink()
    dump.write_bytes(b"{broken")
    report = library.index([dump.parent], prune=True)
    assert report.failed and report.removed == 3
    assert library.store.ids() == [f"dump/{number}" for number in range(5)]


def test_the_number_of_articles_is_told_when_it_is_known(library: Library, dump: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    (dump.parent / "а.txt").write_text("Про порт написали отдельно.", encoding="utf-8")
    table = dump.parent / "таблица.csv"
    for paths in ([dump.parent / "а.txt"], [dump.parent]):
        library.index(paths, progress=lambda done, total: steps.append((done, total)))
    table.write_text(f"text\n{TEXT}\n", encoding="utf-8")
    library.index([dump.parent], progress=lambda done, total: steps.append((done, total)))
    assert steps[0] == (1, 1)
    assert (6, 6) in steps  # five rows of the dump, and the file
    assert steps[-1] == (7, None)  # the rows of a table may be of several lines


def test_prune_removes_a_dump_that_is_gone(library: Library, dump: Path) -> None:
    library.index([dump.parent])
    dump.unlink()
    assert tally(library.index([dump.parent])) == (0, 0, 0, 0)
    assert tally(library.index([dump.parent], prune=True)) == (0, 0, 0, 5)


def test_rebuild_reads_a_dump_again(library: Library, dump: Path) -> None:
    library.index([dump])
    assert tally(library.index([dump], rebuild=True)) == (0, 5, 0, 0)


def test_a_row_and_a_file_do_not_push_each_other_out(library: Library, dump: Path) -> None:
    (dump.parent / "dump").mkdir()
    (dump.parent / "dump" / "1.txt").write_text("Другая статья про порт.", encoding="utf-8")
    report = library.index([dump.parent])
    assert "уже занят" in report.failed[0].reason
    assert report.added == 5


def test_a_dump_is_taken_over_as_it_is_read(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump larger than memory must not be gathered before it is written."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 10)
    write(dump, *range(200))
    real, held = Apart.pieces, []

    def watched(*given: object) -> Iterator[object]:
        for piece in real(*given):  # type: ignore[arg-type]
            held.append(library.counts().articles)
            yield piece

    monkeypatch.setattr(Apart, "pieces", watched)
    assert library.index([dump]).added == 200
    assert held[-1] > 100


def test_an_archive(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "архив.zip"
    members = {f"{name}.txt": TEXT.format(number=name).encode() for name in "абв"}
    path.write_bytes(zip_of(members))
    assert tally(library.index([path])) == (3, 0, 0, 0)
    path.write_bytes(zip_of({**members, "б.txt": "Иной текст.".encode()}))
    assert tally(library.index([path])) == (0, 1, 2, 0)
    del members["а.txt"]
    path.write_bytes(zip_of(members))
    assert tally(library.index([path])) == (0, 1, 1, 1)
    assert library.store.ids() == ["архив/б", "архив/в"]


def test_what_was_given_does_not_push_a_file_out(library: Library, dump: Path) -> None:
    (dump.parent / "a.txt").write_text(TEXT, encoding="utf-8")
    library.index([dump.parent])
    report = library.index([Given("a.txt", "Текст со стандартного ввода.".encode())])
    assert "уже занят" in report.failed[0].reason
    given = Given("b.txt", "Текст со стандартного ввода.".encode())
    assert tally(library.index([given])) == (1, 0, 0, 0)
    assert tally(library.index([given])) == (0, 0, 1, 0)
    assert tally(library.index([dump.parent], prune=True)) == (0, 0, 6, 0)


# The web


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def feed(site: Site, *numbers: int) -> None:
    items = "".join(
        f"<item><title>Рудник {number}</title><link>{site.root}/{number}</link>"
        f"<description>{TEXT.format(number=number) * 30}</description></item>"
        for number in numbers
    )
    rss = f'<rss version="2.0"><channel><title>Вестник</title>{items}</channel></rss>'
    site.answers["/rss"] = body(rss, "application/rss+xml")


def test_a_feed_that_moves_on_leaves_its_articles(library: Library, site: Site) -> None:
    place = Page(f"{site.root}/rss", Fetcher(private=True))
    feed(site, 1, 2)
    assert tally(library.index([place])) == (2, 0, 0, 0)
    feed(site, 2, 3)
    assert tally(library.index([place], prune=True)) == (1, 0, 1, 0)
    assert library.store.ids() == [f"127.0.0.1/{number}" for number in (1, 2, 3)]


def test_what_came_from_the_web_outlives_a_newer_splitter(
    library: Library, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Page(f"{site.root}/rss", Fetcher(private=True))
    feed(site, 1, 2)
    library.index([place])
    origins = library.store.origins()
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    assert tally(library.index([])) == (0, 2, 0, 0)
    assert library.store.outdated("newer") == 0
    assert library.store.origins() == origins
    assert tally(library.index([place])) == (0, 2, 0, 0)  # read anew, as the newer reader does
    assert tally(library.index([place])) == (0, 0, 2, 0)


def test_what_is_read_now_wins_over_what_is_split_anew(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([Given("а.txt", "Прежний текст про порт.".encode())])
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    library.index([Given("а.txt", "Новый текст про порт.".encode())])
    assert library.article("а").text == "Новый текст про порт."


def test_a_page(library: Library, site: Site) -> None:
    page = f"<html><body><article><p>{TEXT * 20}</p></article></body></html>"
    site.answers["/news/1.html"] = body(page)
    place = Page(f"{site.root}/news/1.html", Fetcher(private=True))
    assert tally(library.index([place])) == (1, 0, 0, 0)
    assert tally(library.index([place])) == (0, 0, 1, 0)
    assert library.article("127.0.0.1/news/1").info.url == f"{site.root}/news/1.html"
    del site.answers["/news/1.html"]
    report = library.index([place], prune=True)
    assert "404" in report.failed[0].reason and report.removed == 0
