"""The list of a reader's conversations as safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from rag.chats.records import ListedChat
from rag.web.icons import icon
from rag.web.wording import russian_date

_LINE = Markup(
    '<li class="chat" data-chat="{id}"{current}{pinned}>'
    '<button type="button" class="open" data-do="pick"{pressed}>'
    '<span class="title">{title}</span><span class="when">{when}</span></button>'
    '<details class="more"><summary aria-label="Что сделать с разговором «{title}»" title="Ещё">⋯</summary>'
    '<div class="menu"><button type="button" data-do="rename">Переименовать</button>'
    '<button type="button" data-do="{pin_act}">{pin_label}</button>'
    '<span class="menu-label">Сохранить как</span>'
    '<a href="chats/{id}/export.docx" download>Word</a><a href="chats/{id}/export.md" download>Markdown</a>'
    '<a href="chats/{id}/export.html" download>Веб-страницу</a>'
    '<button type="button" class="danger" data-do="delete">Удалить</button></div></details></li>'
)


def history_html(chats: Sequence[ListedChat], current: str = "", query: str = "") -> Markup:
    """The chats, the `current` one marked; what to expect where there are none."""
    lines = Markup("").join(
        _LINE.format(
            id=chat.id,
            title=chat.title,
            when=f"закреплён · {_day(chat.updated)}" if chat.pinned else _day(chat.updated),
            pinned=Markup(" data-pinned") if chat.pinned else "",
            pin_act="unpin" if chat.pinned else "pin",
            pin_label="Открепить" if chat.pinned else "Закрепить",
            current=Markup(" data-current") if chat.id == current else "",
            pressed=Markup(' aria-current="true"') if chat.id == current else "",
        )
        for chat in chats
    )
    if lines:
        return Markup('<ul class="chats">{}</ul>').format(lines)
    nothing = "Таких разговоров нет." if query.strip() else "Здесь появятся ваши разговоры."
    return Markup('<p class="nothing">{}</p>').format(nothing)


def _day(updated: str) -> str:
    """The day of an ISO time, where the server stands."""
    day, today = (datetime.fromisoformat(updated).astimezone().date(), datetime.now().astimezone().date())
    near = {today: "сегодня", today - timedelta(days=1): "вчера"}
    return near.get(day) or russian_date(day.isoformat())


FOOT = Markup(
    '<div class="history-foot"><details class="more save-all"><summary>Сохранить разговоры</summary>'
    '<div class="menu"><span class="menu-label">Все из списка, одним архивом</span>'
    '<button type="button" data-save-all="docx">Word</button>'
    '<button type="button" data-save-all="md">Markdown</button>'
    '<button type="button" data-save-all="html">Веб-страницы</button></div></details>'
    '<label class="theme">Оформление<select data-theme-choice><option value="auto">как в системе</option>'
    '<option value="light">светлое</option><option value="dark">тёмное</option></select></label>'
    '<button type="button" class="foot-act" data-help>Клавиши</button>{}</div>'
)
LEAVING = Markup('<a class="leave" href="logout">Выйти</a>')  # where the page has a login
PANEL = Markup(
    '<div class="history-top"><button type="button" class="new" data-do="new">{}'
    "<span>Новый разговор</span></button>"
    '<label class="search"><span class="unseen">Поиск по разговорам</span>'
    '<input type="search" placeholder="Найти в разговорах" maxlength="200" autocomplete="off"></label></div>'
).format(icon("plus"))
