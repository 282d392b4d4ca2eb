"""The library as safe HTML: adding articles, what is there, a chart of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.library.records import Listed, Shares
from rag.web.chart import months_html, sources_html
from rag.web.icons import icon
from rag.web.render_article import link_html
from rag.web.wording import count, russian_date

PAGE_SIZE = 25
TOP = Markup(
    '<div class="drop" data-drop><p class="lead">{}<span>Перетащите статьи сюда</span></p>'
    '<p>или <label class="pick">выберите файлы'
    '<input type="file" multiple class="unseen" data-files></label>. '
    "Годятся тексты, страницы, таблицы, слайды, книги, письма, сканы и архивы: "
    "pdf, docx, xlsx, pptx, odt, rtf, html, md, epub, csv, eml, zip и другие.</p>"
    '<div class="otherwise"><details name="adding"><summary>Добавить по адресу</summary>'
    '<form class="adding" data-adding="fetch"><label>Адрес страницы, ленты или файла<input name="url" '
    'placeholder="https://…" maxlength="2000" required autocomplete="off"></label>'
    '<button class="button">Добавить</button></form></details>'
    '<details name="adding"><summary>Вставить текст</summary>'
    '<form class="adding" data-adding="text"><label>Заголовок<input name="title" maxlength="1000" '
    'autocomplete="off"></label><label>Текст<textarea name="text" rows="6" required></textarea></label>'
    '<button class="button">Добавить</button></form></details></div>'
    '<ul class="uploads" aria-live="polite" aria-label="Загрузка"></ul></div>'
    '<details class="outdated" hidden><summary></summary><ul></ul></details>'
    '<form class="search-articles" role="search"><label>Слова заголовка<input type="search" name="words" '
    'maxlength="200" autocomplete="off"></label><label>Слова текста<input type="search" name="text" '
    'maxlength="200" autocomplete="off"></label><label>Источник'
    '<select name="source"><option value="">все</option>'
    # Not of the type "date": that speaks the language of the browser, not of the page.
    '</select></label><label>С даты<input name="since" placeholder="дд.мм.гггг" maxlength="40" '
    'autocomplete="off"></label><label>По дату<input name="until" placeholder="дд.мм.гггг" maxlength="40" '
    'autocomplete="off"></label></form>'
).format(icon("file"))
_ROW = Markup(
    '<tr data-id="{id}"><td class="pick-one"><input type="checkbox" data-pick="{id}" '
    'aria-label="Выбрать статью «{title}»"></td><th scope="row">'
    '<button type="button" class="title" data-read="{id}">{title}</button>'
    "{link}"
    '</th><td class="source">{source}</td><td class="date">{date}</td><td class="size">{size}</td>'
    '<td><button type="button" class="quiet" data-remove="{id}" data-title="{title}" '
    'aria-label="Убрать статью «{title}»">Убрать</button></td></tr>'
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list of articles: which page, what it lists, how many there are in all."""

    page: int
    listed: Sequence[Listed]
    shares: Shares


def shelf_html(shelf: Shelf) -> Markup:
    """The chart and the table of what was found."""
    if not shelf.shares.total:
        return Markup('<p class="nothing">Таких статей нет. Измените условия или добавьте статьи.</p>')
    rows = Markup("").join(_row(each) for each in shelf.listed)
    return Markup(
        '<p class="total" role="status">{total}</p><div class="charts">{months}{sources}</div>'
        '<div class="picked"><label><input type="checkbox" data-pick-all> Выбрать все на странице</label>'
        '<span role="status"></span><button type="button" class="quiet" data-remove-picked hidden>'
        "Убрать выбранные</button></div>"
        '<table class="articles"><thead><tr><th scope="col"><span class="unseen">Выбор</span></th>'
        '<th scope="col">Статья</th><th scope="col">Источник</th><th scope="col">Дата</th>'
        '<th scope="col">Знаков</th>'
        '<th scope="col"><span class="unseen">Действия</span>'
        "</th></tr></thead><tbody>{rows}</tbody></table>{pages}"
    ).format(
        total=count(shelf.shares.total, "статья", "статьи", "статей"),
        months=months_html(shelf.shares.months),
        sources=sources_html(shelf.shares.sources),
        rows=rows,
        pages=_pages(shelf.page, shelf.shares.total),
    )


def _row(listed: Listed) -> Markup:
    info = listed.info
    return _ROW.format(
        id=info.id,
        title=info.title,
        link=link_html(info.url),
        source=info.source or "—",
        date=russian_date(info.published) if info.published else "—",
        size=f"{listed.characters:,}".replace(",", "\u00a0"),
    )


def _pages(page: int, total: int) -> Markup:
    last = (total - 1) // PAGE_SIZE
    if not last:
        return Markup("")
    buttons = Markup("").join(
        Markup('<button type="button" class="quiet" data-page="{}"{}>{}</button>').format(
            to, Markup("") if 0 <= to <= last else Markup(" disabled"), label
        )
        for to, label in ((page - 1, "← Новее"), (page + 1, "Старше →"))
    )
    return Markup('<nav class="pages" aria-label="Страницы списка">{}<span>{} из {}</span></nav>').format(
        buttons, page + 1, last + 1
    )
