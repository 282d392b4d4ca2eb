import pytest

from rag.errors import ArticleError
from rag.library.readers import parse
from rag.library.split import split
from rag.types import Article, ArticleInfo

TEXT = "Рудник открыли весной. Он даёт медь."


def of(text: str, name: str = "a.md") -> Article:
    return parse(text.encode(), name, "a")


def test_front_matter() -> None:
    article = of(
        '---\ntitle: "Рудник: начало"\nsource: Сноска\npublished: 2026-02-23\nurl: https://example.com/1\n'
        f"tags: [медь, 2026]\n---\n\n{TEXT}\n"
    )
    assert article.info == ArticleInfo(
        "a", "Рудник: начало", "Сноска", "2026-02-23", "https://example.com/1", ("медь", "2026")
    )
    assert article.text == f"\n{TEXT}\n"


@pytest.mark.parametrize(
    ("value", "published"),
    [("2026-02-23", "2026-02-23"), ("2026-02-23T10:00:00+05:00", "2026-02-23"), ("23.02.2026", "2026-02-23"),
     ("23 февраля 2026 года", "2026-02-23"), ("", None), ("null", None)],
)  # fmt: skip
def test_dates_in_front_matter(value: str, published: str | None) -> None:
    assert of(f"---\ntitle: Т\npublished: {value}\n---\n{TEXT}").info.published == published


def test_windows_line_breaks_and_a_byte_order_mark() -> None:
    article = parse(b"\xef\xbb\xbf" + f"---\r\ntitle: Т\r\n---\r\n{TEXT}\r\nЕщё.".encode(), "a.md", "a")
    assert (article.info.title, article.text) == ("Т", f"{TEXT}\nЕщё.")


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("---\ntitle: Т\nsource: [1\n---\n", "строка 3"),
        ("---\ntitle: a: b\n---\n", "строка 2"),
        ("---\ntitle: Т\nтекст без конца шапки", "не закрыта"),
        ("---\npublished: 2026-02-30\n---\n", "строка 2"),
        ("---\npublished: скоро\n---\n", "published"),
        ("---\ntitle: {a: b}\n---\n", "title"),
        ("---\ntags: {a: b}\n---\n", "tags"),
        ("---\n- a\n- b\n---\n", "title: Заголовок"),
        ("---\na: " + "[" * 3_000 + "\n---\n", "строка"),
    ],
)
def test_broken_front_matter_is_reported_with_its_line(matter: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        of(matter + TEXT)


def test_a_rule_is_no_front_matter() -> None:
    assert of(f"---\n{TEXT}").text == f"---\n{TEXT}"
    assert of(f"---\n---\n{TEXT}").text == TEXT


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        (f"# Медь и люди #\n\n{TEXT}", "a.md", "Медь и люди"),
        (TEXT, "a.md", "Рудник открыли весной"),
        (TEXT, "a.txt", "Рудник открыли весной"),
        ("Кто даёт медь? Рудник.", "a.txt", "Кто даёт медь?"),
        ("Заголовок без точки\n\nТекст.", "a.txt", "Заголовок без точки"),
        ("БАКУ, 5 мар — РИА Новости. Рудник открыт. Ура.", "a.txt", "Рудник открыт"),
        ("Много " + "слов " * 40 + ".", "a.txt", "Много " + "слов " * 21 + "слов…"),
        ("---\ntitle: " + "слово " * 100 + f"\n---\n{TEXT}", "a.md", "слово " * 49 + "слово…"),
    ],
)
def test_titles(text: str, name: str, title: str) -> None:
    assert of(text, name).info.title == title


def test_a_dateline_gives_date_and_agency_and_stays_in_the_text() -> None:
    text = f" date 2026-02-23 БАКУ /Trend/ - {TEXT}"
    article = of(text, "a.txt")
    assert (article.info.published, article.info.source, article.text) == ("2026-02-23", "Trend", text)
    assert article.info.title == "Рудник открыли весной"


def test_front_matter_wins_over_the_dateline() -> None:
    info = of(f"---\nsource: Своё\nauthor: Анна Ким\n---\nБАКУ, 5 марта 2025 г. /Trend/ - {TEXT}").info
    assert (info.published, info.source, info.author) == ("2025-03-05", "Своё", "Анна Ким")
    info = of(f"---\ndate: 23 фев. 2026 г., 10:15\n---\n{TEXT}").info
    assert (info.published, info.published_raw) == ("2026-02-23", "23 фев. 2026 г., 10:15")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("рудник открыли весной. он даёт медь. люди приехали летом.", 3),  # no capitals
        ("Рудник открыли весной. " * 400, 400),  # no paragraphs
        ("Рудники:\n- «Северный» даёт медь\n- «Южный» даёт золото", 3),
        ("Год | Тонн\n2024 | 120\n2025 | 140", 3),
        ("Рудник откры\u00adли вес\u00ad\nной. Он даёт «медь».", 2),
        ("Рудник построили на берегу, и в мае пере-\nрабатывающий завод начал работу. Он новый.", 2),
    ],
)  # fmt: skip
def test_texts_of_every_shape_have_their_sentences(text: str, found: int) -> None:
    article = of(text, "a.txt")
    passages = split(article)
    assert sum(len(passage.sentences) for passage in passages) == found
    assert "\u00ad" not in article.text and "-\n" not in article.text
    assert all(article.text[each.start : each.stop] == each.text for each in passages)


def test_a_text_wrapped_at_a_width_has_its_names_whole() -> None:
    wrapped = (
        "Длина моста через реку составила три тысячи сто двадцать восемь\nметров, и это самый длинный мост "
        "республики. Подрядчик — компания\nРосмост — начал работы в мае и за полтора года построил пере-\n"
        "праву, о которой в городе мечтали полвека. Открывал мост\nИван Петров, который строил его от первой "
        "сваи до последней и\nзнает о нём всё.\n"
    )
    text = of(wrapped, "a.txt").text
    assert "компания Росмост — начал" in text and "построил переправу, о" in text and "мост Иван" in text


PAGE = f"""<html lang="ru"><head><title>Медь и люди — Сайт</title>
<meta property="og:title" content="Медь и люди"><meta property="og:site_name" content="Сноска">
<meta name="author" content="Анна Ким">
<meta property="article:published_time" content="2026-02-23T10:00:00+05:00">
<meta property="og:url" content="https://example.com/1"></head><body><nav>Главная Контакты</nav>
<article><h1>Медь и люди</h1><p>{TEXT * 3}</p><p>Второй абзац рассказывает о людях.</p></article>
<footer>Все права защищены</footer><script>alert(1)</script></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-r", "utf-16"])
def test_a_saved_page(encoding: str) -> None:
    article = parse(PAGE.encode(encoding, "xmlcharrefreplace"), "page.HTML", "page")
    assert article.info == ArticleInfo(
        "page", "Медь и люди", "Сноска", "2026-02-23", "https://example.com/1", author="Анна Ким"
    )
    assert "Второй абзац рассказывает о людях." in article.text
    assert "alert" not in article.text and "Контакты" not in article.text


def test_a_short_page_keeps_its_table() -> None:
    rows = "<tr><th>Врач<th>Приносить</tr><tr><td>Окулист<td><ul><li>паспорт<li>очки</ul></tr>"
    text = of(f"<html><body><p>Приём с девяти.</p><table>{rows}</table></body></html>", "a.html").text
    told = ["Приём с девяти.", "| Врач | Приносить |", "|---|---|", "| Окулист | паспорт; очки |"]
    assert [each.strip() for each in text.split("\n") if each.strip()] == told


@pytest.mark.parametrize(
    "page",
    ["<p>Мост открыт.", "<div>Мост <b>открыт</b>.</div>", "<ul><li>Мост открыт.</ul>", "Мост <i>открыт</i>."],
)
def test_a_page_without_a_body(page: str) -> None:
    assert of(page, "a.html").text.strip() == "Мост открыт."


@pytest.mark.parametrize("article_id", ["", " ", "x" * 501, "a\0b", "a\udcff"])
def test_ids_that_can_not_be_stored(article_id: str) -> None:
    with pytest.raises(ArticleError):
        parse(TEXT.encode(), "a.txt", article_id)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Сроки.** Добыча через три года.", "Сроки. Добыча через три года."),
        ("Сообщает [Trend](https://example.org/a).", "Сообщает Trend."),
        ("См. [статью](https://example.org/a_(b)) и [файл](./b.md).", "См. статью и файл."),
        ("Сумма 2**3 и 4**5 равна 1032.", "Сумма 2**3 и 4**5 равна 1032."),
        ("Имя my__var__name не выделено.", "Имя my__var__name не выделено."),
        ("Скобки [не ссылка] (в тексте).", "Скобки [не ссылка] (в тексте)."),
    ],
)
def test_markup_gives_way_to_its_words(markdown: str, text: str) -> None:
    assert parse(f"# Заголовок\n\n{markdown}\n".encode(), "a.md", "a").text.endswith(f"{text}\n")
