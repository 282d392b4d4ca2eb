"""Conversations as safe HTML: the list of them, and one with its questions, answers and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from markupsafe import Markup

from rag.chats.export import plain_text
from rag.chats.records import Exchange, ListedChat, Opinion
from rag.text.words import fold
from rag.web.chat_answers import Shown
from rag.web.render import answer_html, notes_html
from rag.web.templating import rendered
from rag.web.wording import clip, russian_date

_STEPS = count()
QUESTION_SHOWN = 600  # characters of a question repeated on the page
QUESTION_LIMIT = 2_000  # characters: what the bot takes


def conversation_html(
    exchanges: Sequence[Exchange],
    examples: Sequence[str] = (),
    chat_id: str = "",
    first: int = 0,
) -> Markup:
    """The conversation from its `first` exchange to its last; with none of them, a greeting with examples."""
    total = first + len(exchanges)
    inner = (
        Markup("").join(exchange_html(each, place, total) for place, each in enumerate(exchanges, first))
        if exchanges
        else greeting_html(examples)
    )
    return Markup('<div class="exchanges" data-chat="{}" data-first="{}">{}</div>').format(
        chat_id, first, inner
    )


def step_html(shown: Shown, examples: Sequence[str] = (), kind: str = "") -> Markup:
    """What the page changes in the conversation that it shows; no two steps are the same.

    `kind` is "earlier" for what goes above it. Otherwise the exchanges stand in place of all that was shown
    from the first of them on, or of everything where they are the whole that is known of their chat.
    """
    news = shown.news
    kind = kind or ("whole" if len(news) == len(shown.exchanges) else "tail")
    place = shown.first + len(shown.exchanges) - len(news)
    return Markup('<div class="step" data-kind="{}" data-step="{}">{}</div>').format(
        kind, next(_STEPS), conversation_html(news, examples, shown.chat_id, place)
    )


def greeting_html(examples: Sequence[str]) -> Markup:
    """What stands in an empty conversation."""
    return rendered("greeting", examples=examples)


def exchange_html(exchange: Exchange, place: int = 0, of: int = 1) -> Markup:
    """One question with its answer, the one at `place` of `of` in its chat."""
    answer, writing = exchange.answer, exchange.state == "writing"
    is_whole = answer is not None and exchange.state == "done"
    shows = answer is not None and (is_whole or bool(answer.sentences))
    return rendered(
        "exchange",
        exchange=exchange,
        place=place,
        is_last=place == of - 1,
        is_whole=is_whole,
        writing=writing,
        judged=_judged(exchange.opinion),
        whole=exchange.question if len(exchange.question) <= QUESTION_LIMIT else None,
        question=clip(exchange.question, QUESTION_SHOWN) or "…",
        edit="Изменить вопрос; ответы после него будут заменены" if place < of - 1 else "Изменить вопрос",
        notes=notes_html(("поиск по вопросу, как он написан",)) if exchange.as_typed else "",
        answer=answer_html(answer, writing) if answer and shows else "",
        is_narrow=answer and exchange.scope and not answer.found and not writing,
        stopped=exchange.state == "stopped" and exchange.error is None and not exchange.told,
        copied=plain_text(exchange) if is_whole else "",
        note=exchange.opinion.note if exchange.opinion else "",
    )


def _judged(opinion: Opinion | None) -> str:
    """What was thought of the answer, for the script: "true" for good, nothing where nobody has said."""
    return ("true" if opinion.good else "false") if opinion else ""


# The list of a reader's conversations.


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


def history_top_html() -> Markup:
    """What stands above that list: a new conversation, and looking for one."""
    return rendered("chats-top")


def history_foot_html(locked: bool) -> Markup:
    """What stands below it; `locked`: the page has a login, which can be left."""
    return rendered("chats-foot", locked=locked)
