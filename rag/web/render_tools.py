"""What can be done with an open article, as safe HTML: find in it, correct it, look at its versions."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from markupsafe import Markup

from rag.library.records import Edition
from rag.types import ArticleInfo

FIND = Markup(
    '<form class="find" role="search" data-find><label><span class="unseen">Найти в статье</span>'
    '<input type="search" placeholder="Найти в статье" maxlength="200" autocomplete="off"></label>'
    '<output class="found" aria-live="polite"></output>'
    '<button type="button" data-find-step="-1" aria-label="Предыдущее место" title="Предыдущее">↑</button>'
    '<button type="submit" aria-label="Следующее место" title="Следующее">↓</button></form>'
)
_TOOLS = Markup(
    '<div class="tools" data-tools="{id}"><button type="button" class="ask-this" data-ask-article="{id}">'
    'Спросить эту статью</button><details name="tool"><summary>Изменить</summary>'
    '<form class="edit" data-edit>'
    '<label>Заголовок<input name="title" value="{title}" maxlength="1000" required></label>'
    '<label>Источник<input name="source" value="{source}" maxlength="300"></label>'
    '<label>Дата<input name="published" value="{day}" placeholder="дд.мм.гггг" maxlength="40"></label>'
    '<label>Метки через запятую<input name="tags" value="{tags}"></label>'
    '<div class="buttons"><button class="button chief">Сохранить</button>'
    '<p class="bad" role="alert"></p></div></form></details>'
    '<details name="tool" data-versions><summary>Версии: {version}</summary><div class="versions"></div>'
    "</details>{original}</div>"
)
_ORIGINAL = Markup('<a class="original" href="api/articles/{}/original" download>Скачать файл</a>')
_CHANGED = Markup(
    '<div class="tools" data-tools="{id}"><details name="tool" data-changes data-from="{version}">'
    '<summary>Что изменилось с тех пор</summary><div class="versions"></div></details></div>'
)


def tools_html(edition: Edition) -> Markup:
    """What can be done with an article as it is now."""
    info = edition.article.info
    return _TOOLS.format(
        id=info.id,
        title=info.title,
        source=info.source or "",
        day=_day(info),
        tags=", ".join(info.tags),
        version=edition.version,
        original=_ORIGINAL.format(quote(info.id)) if edition.original else "",
    )


def changed_html(article_id: str, version: int | None) -> Markup:
    """Under an article as it was quoted: what has changed since that version, where it is still kept."""
    return _CHANGED.format(id=article_id, version=version) if version else Markup("")


def _day(info: ArticleInfo) -> str:
    """The day of publication as it is typed here."""
    try:
        return date.fromisoformat(info.published or "").strftime("%d.%m.%Y")
    except ValueError:
        return info.published or ""
