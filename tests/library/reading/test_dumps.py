import json
from pathlib import Path

import pytest

from rag.errors import ArticleError
from rag.library.files import find_files
from rag.library.readers import checked, pieces
from rag.library.reading.dumps import jsonl
from rag.library.reading.pieces import Source, source_of
from rag.types import ArticleInfo

from .making import articles, only

TEXT = "Рудник открыли весной. Он даёт медь."


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def test_a_row_is_an_article() -> None:
    row = {"_id": "n1", "title": "Рудник", "text": TEXT, "date": "23 февраля 2026 г.",
           "url": "https://example.com/1", "source": "Вестник", "tags": ["медь", "руда"],
           "author": "Анна Ким"}  # fmt: skip
    assert only(lines(row), "dump.jsonl").info == ArticleInfo(
        "a/n1", "Рудник", "Вестник", "2026-02-23", "https://example.com/1", ("медь", "руда"), "Анна Ким",
        "23 февраля 2026 г.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ({"Заголовок": "Рудник", "Текст": TEXT}, "title", "Рудник"),
        ({"headline": "Рудник", "body": TEXT}, "title", "Рудник"),
        ({"название": "Рудник", "содержание": TEXT}, "title", "Рудник"),
        ({"text": TEXT}, "title", "Рудник открыли весной"),
        ({"Текст статьи": TEXT, "Дата публикации": "23.02.2026"}, "published", "2026-02-23"),
        ({"text": TEXT, "published_at": "2026-02-23T01:00:00Z"}, "published", "2026-02-23"),
        ({"text": TEXT, "timestamp": 1771841700}, "published", "2026-02-23"),
        ({"text": TEXT, "date": "", "created": "5 мая 2025"}, "published", "2025-05-05"),
        ({"text": TEXT, "дата": "вчера"}, "published", None),
        ({"text": TEXT, "дата": "вчера"}, "published_raw", "вчера"),
        ({"text": TEXT, "date": "2026-02-23"}, "published_raw", None),
        ({"text": TEXT, "Источник": "Вестник"}, "source", "Вестник"),
        ({"text": TEXT, "source": {"id": 5, "name": "Вестник"}}, "source", "Вестник"),
        ({"text": TEXT, "ссылка": "https://example.com"}, "url", "https://example.com"),
        ({"text": TEXT, "Рубрика": "медь; руда"}, "tags", ("медь", "руда")),
        ({"text": TEXT, "tags": "['медь', 'руда']"}, "tags", ("медь", "руда")),
        ({"text": TEXT, "авторы": ["Анна Ким", "Пётр Лом"]}, "author", "Анна Ким, Пётр Лом"),
        ({"text": TEXT, "id": 17}, "id", "a/17"),
        ({"text": TEXT, "guid": "x-1"}, "id", "a/x-1"),
        ({"text": TEXT}, "id", "a/1"),
    ],
)
def test_columns_by_name(row: object, field: str, value: object) -> None:
    assert getattr(only(lines(row), "dump.jsonl").info, field) == value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (["Первый.", "Второй."], "Первый.\n\nВторой."),
        ("<p>Рудник&nbsp;открыт.</p><p>Он даёт <b>медь</b>.</p>", "Рудник открыт.\n\nОн даёт медь."),
        ("Рудник &laquo;Северный&raquo; открыт.", "Рудник «Северный» открыт."),
        ("Если а < б, то б > а.", "Если а < б, то б > а."),
        ("Руд\u00adник открыт.\r\nСтроили пере-\nправу.", "Рудник открыт.\nСтроили переправу."),
    ],
)
def test_text_of_a_row_is_plain(written: object, text: str) -> None:
    assert only(lines({"text": written}), "dump.jsonl").text == text


def test_ids_are_unique_and_blank_lines_are_not_rows() -> None:
    twins = lines({"id": "x", "text": TEXT}, {"id": "x", "text": TEXT + " Ещё."})
    found = articles(twins + b"\n\n" + lines({"text": TEXT}), "dump.jsonl", "news/dump")
    assert [each.id for each in found] == ["news/dump/x", "news/dump/x-2", "news/dump/4"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "строка 2: это не JSON"),
        (b"[1, 2]", "строка 2: нужен объект"),
        (b'{"title": "\xd0\xa0"}', "строка 2: нет текста"),
        (b'{"text": "  "}', "нет текста"),
        (b"[" * 100_000, "строка 2: это не JSON"),
        (b'{"text": "\\ud800 \xd0\xa0\xd1\x83\xd0\xb4\xd0\xb0"}', "нет в Юникоде"),
    ],
)
def test_a_bad_line_is_reported_and_the_others_are_read(line: bytes, reason: str) -> None:
    good = lines({"text": TEXT})
    first, second, third = pieces(source_of(good + b"\n" + line + b"\n" + good, "dump.jsonl", "a"))
    assert checked(first.article()).text == checked(third.article()).text == TEXT
    with pytest.raises(ArticleError, match=reason):
        checked(second.article())


def test_a_piece_changes_with_its_row_alone() -> None:
    rows = [{"id": number, "text": f"{TEXT} Номер {number}."} for number in range(3)]
    before = {each.id: each.digest for each in jsonl(source_of(lines(*rows), "a.jsonl", "a"))}
    rows[1]["text"] = "Другой текст."
    after = {each.id: each.digest for each in jsonl(source_of(lines(*rows), "a.jsonl", "a"))}
    assert {each for each in before if before[each] != after[each]} == {"a/1"}


def test_a_dump_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((lines({"text": TEXT}) + b"\n") * 50_000)
    opened = [path.open("rb") for _ in range(2)]  # once to know its encoding
    left = iter(opened)
    rows = jsonl(Source("a.jsonl", "a", lambda: next(left), path.stat().st_size))
    assert [next(rows).id for _ in range(1000)][-1] == "a/1000"
    assert opened[0].closed and opened[1].tell() < 2_000_000 < path.stat().st_size
    rows.close()  # type: ignore[attr-defined]


CSV = 'Заголовок{d}Текст{d}Дата\nРудник{d}"Рудник открыли; он{d} «даёт» медь.\nВторая строка."{d}23.02.2026\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "utf-16", "utf-16-le"])
def test_delimiters_and_encodings_of_a_table(delimiter: str, encoding: str) -> None:
    written = CSV.replace("{d}", delimiter)
    if encoding == "koi8-r":
        written = written.replace("«", "'").replace("»", "'")
    article = only(written.encode(encoding), "a.csv")
    assert article.info.title == "Рудник"
    assert article.info.published == "2026-02-23"
    assert article.text.endswith("медь.\nВторая строка.")


@pytest.mark.parametrize(
    "beginning", ["sep=;\r\nЗаголовок;Текст\r\n", "\ufeffЗаголовок;Текст\r\n", '"Заголовок";"Текст"\r\n']
)
def test_what_excel_writes(beginning: str) -> None:
    article = only((beginning + 'Рудник;"Сказал: ""медь""."\r\n;\r\n').encode(), "a.csv")
    assert (article.id, article.info.title, article.text) == ("a/1", "Рудник", 'Сказал: "медь".')


@pytest.mark.parametrize("end", ["", '"Кофе;300\nСоль;30\n'])
def test_a_table_that_holds_no_articles_is_one(end: str) -> None:
    article = only(f"Товар;Цена, ₽\nЧай;120\n\nСахар|песок;90\n{end}".encode(), "a.csv")
    table = "| Товар | Цена, ₽ |\n|---|---|\n| Чай | 120 |\n| Сахар/песок | 90 |"
    assert article.text == (f"{table}\n| Кофе | 300 |\n| Соль | 30 |" if end else table)
    assert article.left_out == (("строка 5: кавычка не закрыта",) if end else ())


def test_a_table_that_breaks_off_is_not_read_to_its_end() -> None:
    data = b"text\n" + ("Строка о руднике.\n" * 30_000).encode() + "Сломано".encode("cp1251")
    rows = pieces(source_of(data, "a.csv", "a"))
    with pytest.raises(ArticleError, match="дальше файл повреждён"):
        for _ in rows:
            pass


def test_a_dump_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "год").mkdir()
    (tmp_path / "год/новости.ndjson").write_bytes(lines({"id": 1, "text": TEXT}))
    (found,) = find_files([tmp_path])
    assert [each.id for each in pieces(found.source())] == ["год/новости/1"]
