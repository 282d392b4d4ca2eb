"""What the usual library has written is read back word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.library.reading.sniffing import known_suffix, suffix_of
from rag.text.structure import Structure

from . import written
from .making import articles, epub_of, only, pdf_of, zip_of

TABLE = written.TOLD
CASES = {
    "a.xlsx": (
        written.xlsx(),
        f"## Прайс\n\nЦены склада на Портовой\n\n{TABLE}\n\n"
        "| Смена | Часы |\n|---|---|\n| ночная | 03.02.2026 22:30 |\n\n"
        "## Проценты\n\nВесна\n\n| план | да |\n|---|---|\n| пуск | февраль 2026 |",
    ),
    "a.xls": (written.xls(), f"## Прайс\n\n{TABLE}"),
    "a.ods": (written.ods(), f"## Прайс\n\n{TABLE}"),
    "a.pptx": (
        written.pptx_slides(),
        "## Слайд 1. Грузы\n\n- Уголь пошёл через новый причал.\n- Зерно ждёт весны.\n\n"
        "Заметки: Сказать о ледоколе.\n\n## Слайд 2\n\n| Год | Тонн |\n|---|---|\n| 2025 | 900 |\n\n"
        "|  | Суда |\n|---|---|\n| май | 7 |\n| июнь | 8,5 |\n\nНачальник порта — Ли.",
    ),
    "a.odt": (
        written.odt(),
        "# Стройка\n\nМост строят третий год, и конца не видно.\n\n"
        "Опоры стоят на сваях.\n\nПроход закрыт.\n\n"
        "## Бригады\n\n- сварщики\n- монтажники\n- ночная смена\n\nПролёт | Месяц\nПервый | май\n\n"
        "Кроме зимы.",
    ),
    "a.odp": (written.odp(), "## Слайд 1. Грузы\n\nУголь пошёл через новый причал."),
    "a.docx": (
        written.docx_file(),
        "# Склад\n\nСклад открыт ночью.\n\n- вход с реки\n\nПропуск | нужен всем\n\nДирекция порта",
    ),
    "a.fb2": (
        written.fb2(),
        "Рассказы о паромщиках.\n\n# Речные истории\n\n## Глава 1\n\nРека всё помнит.\n\nПаромщик\n\n"
        "### Весна\n\nЛёд сошёл рано.\n\nПлыви, паром,\nпод новым днём.\n\n#### О ценах\n\n"
        "| Груз | Плата |\n|---|---|\n| воз | 5 копеек |\n\n## Примечания\n\nВ апреле.",
    ),
    "a.eml": (
        written.eml(),
        "От кого: Анна Ким <kim@example.org>\nКому: Порт <port@example.org>\nДата: 03.02.2026 10:15\n\n"
        "Пропуск готов.\n\nЗаберите его в дирекции.\n\nВложения: схема проезда.pdf",
    ),
    "a.rtf": (
        written.rtf(),
        "# Часы\nСклад открыт зимой.\n1. вход с реки\n\nДень | Часы\nвторник | с 9 до 18\n\n"
        "Звоните заранее.\n\nДирекция порта\n\nКроме среды.",
    ),
    "a.srt": (
        written.SRT.encode("cp1251"),
        "## 0:01\n\nЛедокол вышел из порта в полночь. Команда спит, и только вахта на месте.\n\n"
        "## 1:02:05\n\n— Кто идёт?",
    ),
    "a.vtt": (
        written.VTT.encode(),
        "## 0:01\n\nВедущий: Кто поведёт ледокол & баржу?\nКапитан Ли: Я поведу.",
    ),
    "a.json": (
        written.JSON.encode(),
        "## Порт\n\nНачальник: Ли\nПричалов: 7\nоткрыт: да\nГрузы: уголь, зерно\n\n### Суда\n\n"
        "| имя | тонн |\n|---|---|\n| Нина | 900,5 |\n| Лада | 40 |\n\n### Смены\n\nчасы: 1, 2\n\n"
        "#### люди\n\nкто: Ким\n\n##### где\n\nпост: вахта",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_word_is_read_back_whatever_the_file_is_called(name: str) -> None:
    data, text = CASES[name]
    assert only(data, name).text == text
    assert known_suffix(data) == Path(name).suffix
    assert only(data, "без_расширения").text == text


@pytest.mark.parametrize(
    ("name", "title", "author", "published"),
    [
        ("a.pptx", "Итоги порта", "Анна Ким", None),
        ("a.odt", "Мост через Лену", "Анна Ким", None),
        ("a.docx", "Склад", "Анна Ким", None),
        ("a.fb2", "Речные истории", "Олег Мохов", None),
        ("a.eml", "Пропуск на склад", "Анна Ким <kim@example.org>", "2026-02-03"),
        ("a.rtf", "Склад порта", None, None),
    ],
)
def test_what_is_known_of_it(name: str, title: str, author: str | None, published: str | None) -> None:
    info = only(CASES[name][0], name).info
    assert (info.title, info.author, info.published) == (title, author, published)


def test_a_packed_book_is_one_article() -> None:
    article = only(written.fb2_zip(), "мохов.fb2.zip")
    assert (article.id, article.text) == ("a", CASES["a.fb2"][1])


def test_a_mailbox_is_an_article_a_letter() -> None:
    first, second = articles(written.mbox(), "a.mbox")
    assert (first.id, second.id, first.text) == ("a/1", "a/2", CASES["a.eml"][1])
    assert second.info.title == first.info.title


def test_a_cell_stands_under_its_sheet_and_its_head() -> None:
    text = CASES["a.xlsx"][1]
    place = text.index("45,5")
    structure = Structure(text)
    row = structure.row(place)
    assert structure.path(place) == ("Прайс",)
    assert row and row.told == "Товар: Гвозди; Цена, руб.: 45,5; Доля: 12,5%; Привоз: 03.02.2026"


TEXT = "Рудник открыли весной. Он даёт медь."


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (TEXT.encode(), ".txt"),
        (TEXT.encode("cp1251"), ".txt"),
        (TEXT.encode("utf-16"), ".txt"),
        (b"\0\1\2", ".txt"),
        (b"", ".txt"),
        (f"# Медь\n\n{TEXT}".encode(), ".md"),
        (f"---\ntitle: Медь\n---\n{TEXT}".encode(), ".md"),
        (f"---\n{TEXT}".encode(), ".txt"),
        (f"<!DOCTYPE html><html><body>{TEXT}".encode(), ".html"),
        (f"<html><body>{TEXT}".encode("cp1251"), ".html"),
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', ".xml"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', ".xml"),
        (f'{{"text": "{TEXT}"}}\n'.encode(), ".jsonl"),
        ("{не JSON} ".encode(), ".txt"),
        (f"Заголовок;Текст\nМедь;{TEXT}\n".encode("cp1251"), ".csv"),
        (f"id,title,text\n1,Медь,{TEXT}\n".encode(), ".csv"),
        (f"Сказал, что текст, {TEXT}".encode(), ".txt"),
        (pdf_of(TEXT), ".pdf"),
        (epub_of({"a.xhtml": TEXT}), ".epub"),
        (zip_of({"word/document.xml": b"<x/>"}), ".docx"),
        (zip_of({"a.txt": TEXT.encode()}), ".zip"),
        (b"PK\x03\x04", ".zip"),
        (written.fb2_zip(), ".fb2.zip"),
        (written.mbox(), ".mbox"),
        (f'[{{"text": "{TEXT}"}}]'.encode(), ".json"),
        ("Внимание: склад закрыт.\nПричина: ремонт.\n".encode(), ".txt"),
    ],
    ids=range(26),
)
def test_formats_without_a_name(data: bytes, suffix: str) -> None:
    assert suffix_of(data) == suffix


@pytest.mark.parametrize("data", [b"\x7fELF\0\1\2\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"])
def test_what_is_no_text_is_of_no_kind(data: bytes) -> None:
    assert known_suffix(data) == ""
