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

from .articles import tally, write
from .reading.making import zip_of
from .reading.site import Site, body

TEXT = "Рудник номер {} открыли весной. Он даёт медь."
PORT = "Про порт написали отдельно."


def rows(*numbers: int, text: str = TEXT) -> str:
    made = [{"id": each, "title": f"Рудник {each}", "text": text.format(each)} for each in numbers]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in made)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return write(tmp_path / "news/dump.jsonl", rows(*range(5)))


def test_of_a_changed_dump_only_changed_rows_are_made_anew(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tally(library.index([dump])) == (5, 0, 0, 0)
    assert library.store.ids() == [f"dump/{number}" for number in range(5)]
    assert library.article("dump/3").info.title == "Рудник 3"
    write(dump, dump.read_bytes().replace("номер 2 открыли".encode(), "номер 2 закрыли".encode()))
    assert tally(library.index([dump])) == (0, 1, 4, 0)
    assert "закрыли" in library.article("dump/2").text
    write(dump, rows(*range(7)))
    assert tally(library.index([dump])) == (2, 1, 4, 0)
    write(dump, rows(0, 2, 5))
    assert tally(library.index([dump])) == (0, 0, 3, 4), "rows that are gone go"
    assert library.store.ids() == ["dump/0", "dump/2", "dump/5"]
    library.remove(["dump/2"])
    assert tally(library.index([dump])) == (1, 0, 2, 0), "what was removed by hand comes back"
    assert tally(library.index([dump], rebuild=True)) == (0, 3, 0, 0)
    monkeypatch.setattr(Apart, "pieces", lambda *given: pytest.fail("an unchanged file was parsed"))
    assert tally(library.index([dump])) == (0, 0, 3, 0)


def test_of_a_dump_that_is_broken_nothing_is_taken_for_gone(library: Library, dump: Path) -> None:
    library.index([dump])
    before = dump.read_bytes()
    write(dump, rows(0, 1, text="Совсем другой текст {}.") + "\n{broken\n")
    report = library.index([dump])
    assert tally(report) == (0, 2, 0, 0)
    assert report.failed == ((f"{dump}, dump/3", "строка 3: это не JSON"),)
    assert len(library.store.ids()) == 5
    assert library.index([dump]).failed, "what is wrong is told as long as it is wrong"
    write(dump, before)  # what was noted of it then no longer holds
    assert tally(library.index([dump])) == (0, 2, 3, 0)
    assert "медь" in library.article("dump/0").text


def test_a_dump_that_moves_takes_its_articles_along(library: Library, dump: Path) -> None:
    library.index([dump.parent])
    assert tally(library.index([dump.parent / ".." / "news" / ".."])) == (5, 0, 0, 5)
    assert library.store.ids() == [f"news/dump/{number}" for number in range(5)]
    assert tally(library.index([dump.parent])) == (5, 0, 0, 5)
    renamed = dump.rename(dump.with_name("свод.jsonl"))
    assert tally(library.index([dump.parent])) == (5, 0, 0, 5)
    moved = dump.parent.parent / "archive" / "свод.jsonl"
    moved.parent.mkdir()
    renamed.rename(moved)
    assert tally(library.index([moved.parent])) == (0, 0, 5, 0)
    assert tally(library.index([dump.parent], prune=True)) == (0, 0, 0, 0)
    assert set(library.store.origins().values()) == {str(moved)}
    assert [record.origin for record in library.store.files().values() if Path(record.origin).exists()]


def test_a_run_stopped_inside_a_dump_goes_on_from_there(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is gone from a dump goes only when all of it was read."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 1)
    library.index([dump])
    write(dump, rows(*range(3, 60), text="Иной текст {}."))
    told: list[int] = []
    report = library.index([dump], goes_on=lambda: not told, progress=lambda done, total: told.append(done))
    assert report.stopped and report.removed == 0
    assert {f"dump/{number}" for number in range(5)} <= set(library.store.ids())
    assert library.store.files() == {}
    done = report.added + report.replaced
    assert tally(library.index([dump])) == (55 - report.added, 2 - report.replaced, done, 3)
    assert len(library.store.ids()) == 57


def test_files_and_dumps_of_one_folder(library: Library, dump: Path) -> None:
    """How many articles there are is told when it is known; what is gone is pruned alike."""
    steps: list[tuple[int, int | None]] = []

    def index(*paths: Path, prune: bool = False) -> tuple[int, int, int, int]:
        steps.clear()
        return tally(library.index(paths, False, prune, lambda done, total: steps.append((done, total))))

    note, other = write(dump.with_name("а.txt"), PORT), write(dump.with_name("другой.jsonl"), rows(7, 8))
    assert (index(note), steps) == ((1, 0, 0, 0), [(1, 1)])
    assert (index(dump.parent), (8, 8) in steps) == ((7, 0, 1, 0), True)
    write(dump.with_name("таблица.csv"), f"text\n{TEXT}\n")
    assert (index(dump.parent), steps[-1]) == ((1, 0, 8, 0), (9, None))  # a row may be of several lines
    other.unlink()
    note.unlink()
    write(dump, "{broken")
    assert index(dump.parent) == (0, 0, 1, 0)
    assert index(dump.parent, prune=True) == (0, 0, 1, 3)
    assert library.store.ids() == [*(f"dump/{number}" for number in range(5)), "таблица/1"]
    dump.unlink()
    assert index(dump.parent, prune=True) == (0, 0, 1, 5)


def test_nothing_pushes_another_out(library: Library, dump: Path) -> None:
    """A row, a file and what was given want the same name."""
    write(dump.parent / "dump/1.txt", PORT)
    report = library.index([dump.parent])
    assert report.added == 5 and "уже занят" in report.failed[0].reason
    (dump.parent / "dump/1.txt").unlink()
    write(dump.parent / "a.txt", PORT)
    library.index([dump.parent])
    given = "Текст со стандартного ввода.".encode()
    assert "уже занят" in library.index([Given("a.txt", given)]).failed[0].reason
    assert tally(library.index([Given("b.txt", given)])) == (1, 0, 0, 0)
    assert tally(library.index([Given("b.txt", given)])) == (0, 0, 1, 0)
    assert tally(library.index([dump.parent], prune=True)) == (0, 0, 6, 0)


def test_a_dump_is_taken_over_as_it_is_read(
    library: Library, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump larger than memory must not be gathered before it is written."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 10)
    write(dump, rows(*range(200)))
    real, held = Apart.pieces, []

    def watched(*given: object) -> Iterator[object]:
        for piece in real(*given):  # type: ignore[arg-type]
            held.append(library.counts().articles)
            yield piece

    monkeypatch.setattr(Apart, "pieces", watched)
    assert library.index([dump]).added == 200
    assert held[-1] > 100


def test_an_archive_and_a_copy_of_its_member(library: Library, corpus: Path) -> None:
    """A copy of what an archive holds is the same article, also once the archive has let it go."""
    members = {f"{name}.txt": TEXT.format(name).encode() for name in "абв"}
    archive = write(corpus / "архив.zip", zip_of(members))
    copy = write(corpus / "копия.txt", members["а.txt"])
    assert tally(library.index([corpus])) == (3, 0, 1, 0)
    members["б.txt"] = "Иной текст.".encode()
    write(archive, zip_of(members))
    assert tally(library.index([corpus])) == (0, 1, 3, 0)
    del members["а.txt"], members["в.txt"]
    write(archive, zip_of(members))
    assert library.index([corpus]).removed == 1
    assert library.store.origins()["архив/а"] == str(copy)
    assert tally(library.index([corpus], prune=True)) == (1, 0, 1, 1)
    assert library.store.ids() == ["архив/б", "копия"]


# The web


def feed(site: Site, *numbers: int) -> Page:
    items = "".join(
        f"<item><title>Рудник {number}</title><link>{site.root}/{number}</link>"
        f"<description>{TEXT.format(number) * 30}</description></item>"
        for number in numbers
    )
    rss = f'<rss version="2.0"><channel><title>Вестник</title>{items}</channel></rss>'
    site.answers["/rss"] = body(rss, "application/rss+xml")
    return Page(f"{site.root}/rss", Fetcher(private=True))


def test_a_feed_that_moves_on_leaves_its_articles(
    library: Library, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tally(library.index([feed(site, 1, 2)])) == (2, 0, 0, 0)
    place = feed(site, 2, 3)
    assert tally(library.index([place], prune=True)) == (1, 0, 1, 0)
    assert library.store.ids() == [f"127.0.0.1/{number}" for number in (1, 2, 3)]
    origins = library.store.origins()
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")  # as after a new splitter
    assert tally(library.index([])) == (0, 3, 0, 0)
    assert library.store.outdated("newer") == 0
    assert library.store.origins() == origins
    assert tally(library.index([place])) == (0, 2, 0, 0)  # read anew, as the newer reader does
    assert tally(library.index([place])) == (0, 0, 2, 0)


def test_what_is_read_now_wins_over_what_is_split_anew(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([Given("а.txt", "Прежний текст про порт.".encode())])
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    library.index([Given("а.txt", "Новый текст про порт.".encode())])
    assert library.article("а").text == "Новый текст про порт."


def test_a_page(library: Library, site: Site) -> None:
    site.answers["/news/1.html"] = body(f"<html><body><article><p>{TEXT * 20}</p></article></body></html>")
    place = Page(f"{site.root}/news/1.html", Fetcher(private=True))
    assert tally(library.index([place])) == (1, 0, 0, 0)
    assert tally(library.index([place])) == (0, 0, 1, 0)
    assert library.article("127.0.0.1/news/1").info.url == f"{site.root}/news/1.html"
    del site.answers["/news/1.html"]
    report = library.index([place], prune=True)
    assert "404" in report.failed[0].reason and report.removed == 0
