"""Answers and articles as HTML: what is shown, where footnotes stand, and that nothing runs."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from rag.chats.records import Exchange
from rag.types import Article, ArticleInfo, Disagreement, Sentence, Version
from rag.web.render import answer_html, sentence_html
from rag.web.render_article import article_html, missing_html
from rag.web.render_chat import conversation_html
from tests.web.sample import CANAL, HOSTILE, INJECTION, LENGTH, SampleBot, citation, open_sample

ALLOWED = {
    "section", "h2", "h3", "p", "div", "span", "strong", "sup", "button", "ol", "ul", "li", "cite", "article",
    "header", "a", "mark", "details", "summary",
    "form", "label", "textarea", "input", "output",
    "svg", "path", "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Reader(HTMLParser):
    """The tags, attributes and text of a piece of HTML, as a browser's parser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.marked: list[str] = []
        self.text: list[str] = []
        self._in_mark = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._in_mark:
            self.marked.append(data)


@pytest.fixture()
def bot(tmp_path: Path) -> SampleBot:
    return open_sample(tmp_path / "data")


def shown(html: Markup) -> str:
    """The HTML as text, without tags."""
    return "".join(Reader(str(html)).text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Длина — 43 км.", "Длина — 43 км1.✓"),
        ("Длина — 43 км [1].", "Длина — 43 км1.✓"),
        ("Длина — 43 км. [1]", "Длина — 43 км1.✓"),
        ("Так ли это?", "Так ли это?1✓"),
        ("Канал достроят…", "Канал достроят…1✓"),
        ("Это было в 2026 г.", "Это было в 2026 г.1✓"),
        ("Потратили 5 млн руб.", "Потратили 5 млн руб.1✓"),
        ("Пункт [2] остаётся.", "Пункт [2] остаётся1.✓"),
    ],
)
def test_a_footnote_stands_where_russian_typesetting_puts_it(text: str, expected: str) -> None:
    source = citation(1, CANAL, LENGTH)
    assert shown(sentence_html(Sentence(text, (1,), "supported"), {1: source}, None)) == expected


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ("127,4 км", "127,4 км"),
        ("127,4\u00a0км", "127,4 км"),
        ("ДЛИНА КАНАЛА", "Длина канала"),
        ("27,4", None),  # inside another number
        ("", None),
        (" ", None),
    ],
)
def test_the_short_answer_is_bold_inside_its_sentence(short: str, expected: str | None) -> None:
    html = sentence_html(Sentence(LENGTH, (1,), "supported"), {1: citation(1, CANAL, LENGTH)}, short)
    assert re.findall("<strong>(.*?)</strong>", html) == ([expected] if expected else [])


TABLE = Article(
    ArticleInfo("t", "Цены"), "Прокат.\n\n| Лодка | Час |\n|---|---|\n| Каяк | 310 |\n| Плот | 520 |"
)


def test_a_row_of_a_table_is_shown_as_cells_and_its_article_as_a_table() -> None:
    source = citation(1, TABLE, TABLE.text[TABLE.text.index("| Лодка") :])
    html = sentence_html(Sentence("Лодка: Плот; Час: 520", (1,), "supported"), {1: source}, "520")
    assert re.findall(r'class="head">(.*?)<', html) == ["Лодка", "Час"]
    assert re.findall(r'class="said">(.*?)</span>', html) == ["Плот", "<strong>520</strong>"]
    assert "«Лодка: Плот; Час: 520»" in html  # the hint over the footnote
    article = article_html(TABLE, source.start, source.stop)
    assert re.findall(r"<th>(.*?)</th>", article) == ["<mark>Лодка</mark>", "<mark>Час</mark>"]
    assert "<td>Каяк</td>" in article and "<td><mark>Плот</mark></td>" in article  # the row that is quoted
    assert article.count("<tr>") == 3
    assert "<p>Прокат.</p>" in article


def test_a_short_answer_that_is_in_no_sentence_and_yes_lead_the_answer(bot: SampleBot) -> None:
    answer = bot.ask("Какова длина канала?")
    apart = replace(answer, short_answer="сто двадцать семь километров")
    assert '<p class="short"><strong>сто двадцать семь километров</strong></p>' in answer_html(apart)
    said = replace(answer.sentences[0], text=f"Да, {answer.sentences[0].text}")
    html = answer_html(replace(answer, sentences=(said,), short_answer="Да"))
    assert '<p class="short"><strong>Да</strong></p>' in html
    assert html.count("<strong>Да</strong>") == 1


def test_every_footnote_opens_the_exact_place(bot: SampleBot) -> None:
    html = answer_html(bot.ask("Какова длина канала?"))
    places = re.findall(r'class="footnote".*?data-article="(.*?)" data-start="(\d+)" data-stop="(\d+)"', html)
    quotes = [bot.library.article(a).text[int(start) : int(stop)] for a, start, stop in places]
    assert quotes == [LENGTH, "В проекте длина канала указана как 131 км."]


def test_a_reason_is_said_in_words() -> None:
    reason = 'в источнике «43 км», в ответе "34 км"'
    html = sentence_html(Sentence("Мост длиной 34 км.", (), "unsupported", (reason,)), {}, None)
    assert html.count("Цитатой не подтверждено; в источнике «43 км», в ответе &#34;34 км&#34;") == 2


def test_doubtful_support_and_notes_are_said_in_words(bot: SampleBot) -> None:
    html = answer_html(bot.ask("Какова длина rfyfk?"))
    assert "исправлена раскладка" in html
    assert "Подтверждено цитатой лишь частично" in html
    assert "Подтверждено цитатами: 1 из 2\u00a0предложений" in html


def test_a_refusal_shows_the_nearest_passages(bot: SampleBot) -> None:
    html = answer_html(bot.ask("Кто выиграл матч?"))
    assert "ответа на этот вопрос нет" in html
    assert re.findall(r'class="title">(.*?)<', html) == [
        "Спор о длине: 127 или 131 километр?",
        "Канал через пустыню: вода придёт к весне",
    ]
    assert "сноск" not in html.lower()


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (Exchange("Вопрос"), "Ищу в статьях"),
        (Exchange("Вопрос", error="Вопрос пуст."), "Вопрос пуст."),
        (Exchange("Вопрос", state="stopped"), "Остановлено."),
        (Exchange("", state="done", error="Вопрос пуст."), "…"),
    ],
)
def test_a_conversation_shows_its_state(exchange: Exchange, expected: str) -> None:
    assert expected in conversation_html([exchange])


def test_an_empty_conversation_offers_examples_and_a_very_long_question_is_clipped() -> None:
    assert 'data-question="Что &#34;это&#34;?"' in conversation_html([], ['Что "это"?'])
    assert len(conversation_html([Exchange("вопрос " * 2000)])) < 2000


def test_the_quote_is_marked_in_its_article() -> None:
    start = CANAL.text.index(LENGTH)
    reader = Reader(article_html(CANAL, start, start + len(LENGTH)))
    assert "".join(reader.marked) == LENGTH
    assert re.sub(r"\s", "", CANAL.text) in re.sub(r"\s", "", "".join(reader.text))


def test_the_printed_page_stands_above_the_paragraph_of_its_quote() -> None:
    text = "Первый абзац.\n\nВторой абзац с цитатой.\n\nТретий."
    article = Article(ArticleInfo("отчёт 1", "Отчёт"), text, ((0, 13), (15, 14)), "Распознано с изображения")
    place = text.index("с цитатой")
    html = article_html(article, place, place + 9, pictured=True)
    address = (
        f"api/articles/%D0%BE%D1%82%D1%87%D1%91%D1%82%201/pages/14.png?start={place}&amp;stop={place + 9}"
    )
    assert html.index("Первый") < html.index(f'src="{address}&amp;near=true"') < html.index("Второй")
    assert "Страница 14" in html and "Распознано с изображения" in html
    assert "<img" not in article_html(article, place, place + 9) + article_html(article, 0, 0, pictured=True)


def test_markdown_signs_are_kept_but_hidden() -> None:
    article = Article(ArticleInfo("a", "А"), "## Раздел\n\n**Что это?** Канал.")
    html = article_html(article, 11, 24)
    assert '<h3><span class="sign">## </span>Раздел</h3>' in html
    assert "".join(Reader(html).marked) == "**Что это?** "


@given(st.text(st.sampled_from("аб <&>\n#*.\u00a0\U0001f600"), max_size=60), st.data())
def test_the_mark_holds_exactly_the_quoted_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    reader = Reader(article_html(Article(ArticleInfo("a", "А"), text), start, stop))
    assert "".join("".join(reader.marked).split()) == "".join(text[start:stop].split())


def test_wrong_offsets_never_break_the_article() -> None:
    for start, stop in ((-5, 3), (5, 2), (10**9, 10**9 + 1), (0, 0)):
        assert "Канал" in article_html(CANAL, start, stop)


def test_only_web_addresses_become_links() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "ftp://example.org", "//example.org", ""):
        assert "<a " not in article_html(Article(ArticleInfo("a", "А", url=url), "Текст."), 0, 0), url
    assert 'href="https://example.org/kanal"' in article_html(CANAL, 0, 0)


def test_hostile_texts_stay_texts(bot: SampleBot) -> None:
    answer = bot.ask("зло")
    question = "<script>alert(1)</script>"
    refused = replace(bot.ask("?!"), text=question, notes=(question,))
    pages = [
        conversation_html([Exchange(question, answer, state="done"), Exchange(question, error=question)]),
        conversation_html([Exchange("?", refused, state="done")]),
        article_html(HOSTILE, 0, 20),
        missing_html(question),
    ]
    for page in pages:
        reader = Reader(str(page))
        assert reader.tags <= ALLOWED
        assert not [name for name in reader.attributes if name.startswith("on")]
    assert INJECTION in shown(pages[2])


def test_reprints_are_counted_and_open_their_articles(bot: SampleBot) -> None:
    refused = bot.ask("Кто выиграл матч?")
    html = str(answer_html(refused))
    assert html.count("<details") == 1
    assert "ещё\u00a01\u00a0публикация" in html
    assert f'data-article="{CANAL.id}" data-start="0" data-stop="99"' in html


def test_reprints_stand_under_the_footnote_of_their_passage(bot: SampleBot) -> None:
    answer = bot.ask("Сколько стоит канал?")
    (hit, *_) = bot.ask("Кто выиграл матч?").hits
    cited = replace(answer.citations[0], article_id="other", passage_id=hit.passage.id)
    html = str(answer_html(replace(answer, citations=(cited,), hits=(hit,))))
    assert "<details" in html[html.index("footnotes") :]
    itself = replace(cited, number=2, article_id=hit.reprints[0].article_id, passage_id="p")
    both = str(answer_html(replace(answer, citations=(cited, itself), hits=(hit,))))
    assert "<details" not in both  # it has a footnote of its own
    assert "<details" not in str(answer_html(answer))


def test_facts_of_one_kind_are_a_list(bot: SampleBot) -> None:
    answer = replace(bot.ask("Какова длина канала?"), listed=True)
    html = str(answer_html(answer))
    assert '<ul class="text listed">' in html
    assert html.count('<li><span class="sentence"') == len(answer.sentences)


def test_sources_that_differ_are_told_with_their_footnotes(bot: SampleBot) -> None:
    answer = bot.ask("Какова длина канала?")
    number = answer.citations[0].number
    versions = (Version("<b>43</b> км", number, "Trend", "2026-03-02"), Version("42 км", 99, None, None))
    html = str(answer_html(replace(answer, disagreements=(Disagreement("figure", versions),))))
    assert "Источники расходятся" in html
    assert "<tr><td>&lt;b&gt;43&lt;/b&gt; км<sup>" in html
    assert "</td><td>Trend</td><td>2\u00a0марта 2026\u00a0г.</td></tr>" in html
    assert "<tr><td>42 км</td><td>—</td><td>—</td></tr>" in html
    assert html.index("43") < html.index("42 км")


def test_lines_of_a_sentence_stay_lines() -> None:
    sentence = Sentence("Места:\n• первое;\n• второе.", (), "supported")
    assert "Места:<br>• первое;<br>• второе" in str(sentence_html(sentence, {}, None))
