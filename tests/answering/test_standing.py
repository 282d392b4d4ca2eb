"""Where quotes stand: headings above them and their page."""

from __future__ import annotations

from rag.answering.surroundings import standing
from rag.text.setting import standing_line
from rag.types import Article, ArticleInfo, Citation

TEXT = "# Отчёт\n\nСначала.\n\n## Тарифы\n\nБилет стоит 40 рублей."
ARTICLE = Article(ArticleInfo("a", "Отчёт"), TEXT, ((0, 7), (20, 8)))


def cited(quote: str) -> Citation:
    start = TEXT.find(quote)
    return Citation(1, "a", "Отчёт", None, None, None, quote, start, start + len(quote), "p")


def test_a_quote_has_its_headings_without_the_title_and_its_page() -> None:
    (found,) = standing([cited("Билет стоит 40 рублей.")], lambda _: ARTICLE)
    assert (found.context, found.page) == (("Тарифы", "с. 8"), 8)
    assert standing_line(found.context) == "Тарифы, с.\u00a08"


def test_a_heading_stands_under_those_that_govern_it() -> None:
    dated = "# Отчёт\n\n## Ремонт\n\n### 3 мая\n\nНачали.\n\n### 9 мая\n\nЗакончили."
    start = dated.find("9 мая")
    quote = Citation(1, "a", "Отчёт", None, None, None, "9 мая", start, start + 5, "p")
    (found,) = standing([quote], lambda _: Article(ArticleInfo("a", "Отчёт"), dated))
    assert found.context == ("Ремонт",)


def test_a_quote_of_an_article_that_is_gone_or_changed_stays_as_it_is() -> None:
    quote = cited("Билет стоит 40 рублей.")
    changed = Article(ARTICLE.info, TEXT.replace("40", "45"), ARTICLE.pages)
    assert standing([quote], lambda _: None) == standing([quote], lambda _: changed) == (quote,)
