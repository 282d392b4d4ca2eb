"""Former texts, what was set by hand, removed articles put back: in a real library with an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.errors import ArticleError, NotFoundError
from rag.library import versions
from rag.library.library import Library
from rag.library.split import split

from .articles import article, long_text, write
from .indexes import FileIndex

FIRST = "Длина моста — 640 метров. Его открыли в июле."
SECOND = "Длина моста — 642 метра: её измерили заново. Его открыли в июле."


def texts(library: Library, article_id: str = "мост") -> list[tuple[int, str, bool]]:
    """Versions of an article: number, text, whether it is the present one."""
    return [(each.version, each.article.text, each.until is None) for each in library.versions(article_id)]


def test_a_changed_file_keeps_its_former_text(library: Library, leg: FileIndex, corpus: Path) -> None:
    for text in (FIRST, SECOND, FIRST):
        write(corpus / "мост.txt", text)
        library.index([corpus])
        library.index([corpus], rebuild=True)  # the same text is no version of its own
    assert texts(library) == [(3, FIRST, True), (2, SECOND, False), (1, FIRST, False)]
    assert library.article("мост").text == FIRST
    assert leg.held["мост"] == [each.id for each in split(library.article("мост"))]
    assert library.version("мост", 2).article.text == SECOND
    newest, middle, oldest = library.versions("мост")
    assert oldest.until == middle.since and middle.until == newest.since
    with pytest.raises(NotFoundError, match="Версии 4 статьи «мост» нет"):
        library.version("мост", 4)
    with pytest.raises(NotFoundError, match="«нет» нет в библиотеке"):
        library.versions("нет")


def test_a_posted_article_keeps_its_former_text(library: Library) -> None:
    for text in (FIRST, SECOND):
        library.add([article("мост", text)])
    assert texts(library) == [(2, SECOND, True), (1, FIRST, False)]
    library.add([article("мост", SECOND, title="Другой заголовок")])
    library.edit("мост", {"source": "Вестник"})
    assert texts(library)[0] == (2, SECOND, True), "neither is a version of its own"
    info = library.article("мост").info
    assert (info.title, info.source) == ("Другой заголовок", "Вестник")


def test_a_quote_is_of_the_newest_version_that_has_it(library: Library) -> None:
    for text in (FIRST, SECOND):
        library.add([article("мост", text)])
    quoting = library.store.quoting
    assert quoting("мост", 0, "Длина моста — 64") == 2
    assert quoting("мост", 0, FIRST) == 1
    assert quoting("мост", FIRST.index("Его"), "Его открыли в июле.") == 1
    assert quoting("мост", 0, "чужое") is None and quoting("нет", 0, "Длина") is None
    library.remove(["мост"])
    assert quoting("мост", 0, SECOND) == 2


def test_what_is_removed_can_be_put_back(library: Library, leg: FileIndex) -> None:
    library.add([article("мост", FIRST), article("рудник", long_text(1)), article("река", long_text(2))])
    library.add([article("мост", SECOND)])
    library.edit("мост", {"title": "Мост через Тобол"})
    before, held = library.article("мост"), dict(leg.held)
    library.remove(["мост", "рудник"])
    assert leg.held.keys() == {"река"}
    assert library.restore(["рудник", "мост", "река", "нет"]) == ["рудник", "мост"]
    assert library.article("мост") == before and leg.held == held
    assert texts(library) == [(2, SECOND, True), (1, FIRST, False)]
    assert library.store.edits() == {"мост": {"title": "Мост через Тобол"}}
    assert library.restore(["мост"]) == []


def test_another_text_under_a_removed_id_is_a_version_more(library: Library) -> None:
    library.add([article("мост", FIRST)])
    library.remove(["мост"])
    assert texts(library) == [(1, FIRST, False)]
    library.add([article("мост", SECOND)])
    assert texts(library) == [(2, SECOND, True), (1, FIRST, False)]
    assert library.restore(["мост"]) == []
    assert library.forget_versions() == 1
    library.add([article("мост", FIRST)])
    assert texts(library) == [(3, FIRST, True), (2, SECOND, False)]  # a number is never given twice


def test_removed_articles_are_forgotten_after_a_while(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([article("мост", FIRST), article("рудник", long_text(1))])
    library.add([article("мост", SECOND)])
    library.remove(["рудник"])
    later = datetime.now(UTC) + versions.REMEMBERED + timedelta(minutes=1)
    monkeypatch.setattr("rag.library.store._now", lambda: later.isoformat(timespec="seconds"))
    library.add([article("река", long_text(2))])
    assert library.restore(["рудник"]) == []
    assert len(texts(library)) == 2  # that of an article which is there stays


def test_former_texts_can_be_forgotten(library: Library) -> None:
    for text in (FIRST, SECOND):
        library.add([article("мост", text), article("рудник", long_text(1))])
    library.remove(["рудник"])
    assert library.forget_versions() == 2
    assert texts(library) == [(2, SECOND, True)]
    assert library.restore(["рудник"]) == []


# Set by hand


def test_what_is_set_holds_when_the_file_is_read_again(library: Library, corpus: Path) -> None:
    write(corpus / "мост.txt", FIRST)
    library.index([corpus])
    about = {"source": "Вестник", "published": "2025-07-20"}
    info = library.edit("мост", {"title": " Мост  через Тобол ", "tags": ["мост", "мост", ""], **about}).info
    assert (info.title, info.tags) == ("Мост через Тобол", ("мост",))
    assert {"source": info.source, "published": info.published} == about
    write(corpus / "мост.txt", SECOND)
    report = library.index([corpus])
    assert report.replaced == 1
    assert library.article("мост") == replace(library.article("мост"), info=info, text=SECOND)
    assert library.store.passages_of(["мост"]) == split(library.article("мост"))
    assert library.index([corpus]).unchanged == 1
    assert library.edit("мост", {"source": None}).info.source is None
    library.index([corpus], rebuild=True)
    assert library.article("мост").info == replace(info, source=None)
    assert library.tags() == ["мост"] and library.sources() == []


def test_what_can_not_be_set(library: Library) -> None:
    library.add([article("мост", FIRST)])
    before = library.article("мост")
    refused: list[tuple[dict[str, object], str]] = [
        ({}, "укажите хотя бы одно"),
        ({"text": "другой"}, "Изменить можно"),
        ({"title": "  "}, "должен быть заголовок"),
        ({"title": None}, "должен быть заголовок"),
        ({"source": "я" * 301}, "до 300 знаков"),
        ({"tags": ["я" * 301]}, "до 300 знаков"),
    ]
    for given, reason in refused:
        with pytest.raises(ArticleError, match=reason):
            library.edit("мост", given)
        assert library.article("мост") == before
    with pytest.raises(NotFoundError):
        library.edit("нет", {"title": "Есть"})
