"""The list of a reader's conversations as safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from rag.chats.records import ListedChat
from rag.text.words import fold
from rag.web.templating import rendered
from rag.web.wording import russian_date


def history_html(chats: Sequence[ListedChat], current: str = "", query: str = "") -> Markup:
    """The chats by their folders, the `current` one marked; what to expect where there are none."""
    return rendered("chats", folders=_folders(chats), current=current, query=query, day=_day)


def _folders(chats: Sequence[ListedChat]) -> dict[str, list[ListedChat]]:
    """The folders in the order of the alphabet with their chats; last, without a name, the other chats."""
    names = sorted({chat.folder for chat in chats}, key=lambda name: (not name, fold(name), name))
    return {name: [chat for chat in chats if chat.folder == name] for name in names}


def _day(updated: str) -> str:
    """The day of an ISO time, where the server stands."""
    day, today = (datetime.fromisoformat(updated).astimezone().date(), datetime.now().astimezone().date())
    near = {today: "сегодня", today - timedelta(days=1): "вчера"}
    return near.get(day) or russian_date(day.isoformat())


def top_html() -> Markup:
    """What stands above the list: a new conversation, and looking for one."""
    return rendered("chats-top")


def foot_html(locked: bool) -> Markup:
    """What stands below it; `locked`: the page has a login, which can be left."""
    return rendered("chats-foot", locked=locked)
