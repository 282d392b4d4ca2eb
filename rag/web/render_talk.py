"""A conversation as safe HTML: questions with their answers, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from markupsafe import Markup

from rag.chats.export import plain_text
from rag.chats.records import Exchange, Opinion
from rag.web.icons import icon
from rag.web.render import answer_html, notes_html
from rag.web.talking import Shown
from rag.web.wording import clip

_STEPS = count()
QUESTION_SHOWN = 600  # characters of a question repeated on the page
QUESTION_LIMIT = 2_000  # characters: what the bot takes
_ACT = Markup('<button type="button" class="act" data-act="{act}"{more}>{icon}<span>{label}</span></button>')
_EVERYWHERE = Markup(
    '<p class="wider"><button type="button" class="button" data-everywhere="{}">Искать везде</button></p>'
)
_THUMB = Markup(
    '<button type="button" class="act thumb" data-act="judge" data-good="{good}" aria-pressed="{pressed}" '
    'aria-label="{label}" title="{label}">{icon}</button>'
)
_FEEDBACK = Markup(
    '<form class="feedback" hidden><label>{label}'
    '<textarea rows="2" maxlength="2000" name="note">{note}</textarea></label>'
    '<p class="hint">Для набора вопросов впишите верный ответ дословно, как он стоит в статье. Пусто — '
    "верен сам ответ, если он помог, а если нет — ответа в статьях быть не должно.</p>"
    '<div class="buttons"><button type="submit" class="button">Сохранить</button>'
    '<button type="button" class="button" data-act="keep">В набор вопросов</button>'
    '<button type="button" class="button" data-act="unjudge">Отмена</button>'
    '<a class="quiet" href="api/questions" download>Скачать набор</a>'
    '<span class="told" role="status"></span></div></form>'
)


def conversation_html(
    exchanges: Sequence[Exchange],
    examples: Sequence[str] = (),
    chat_id: str = "",
    first: int = 0,
    of: int | None = None,
) -> Markup:
    """The conversation from its `first` exchange on; before the first question, a greeting with examples.

    `of`: how many exchanges the chat has; None: these are its last.
    """
    total = first + len(exchanges) if of is None else of
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
    chips = Markup("").join(
        Markup('<li><button type="button" class="example" data-question="{0}">{0}</button></li>').format(text)
        for text in examples
    )
    listed = Markup('<p class="label">Например</p><ul class="examples">{}</ul>').format(chips)
    return Markup(
        '<section class="greeting"><p>Спросите о том, что написано в статьях. У каждого предложения ответа '
        "есть сноска: нажмите её — и рядом откроется статья с выделенной цитатой.</p>{}</section>"
    ).format(listed if chips else "")


def exchange_html(exchange: Exchange, place: int = 0, of: int = 1) -> Markup:
    """One question with its answer, the one at `place` of `of` in its chat."""
    return Markup(
        '<section class="exchange" data-state="{state}" data-answer="{id}" data-place="{place}"{judged}>'
        '<div class="asked"><h2 class="question"{whole}>{question}</h2>{edit}</div>'
        "{notes}{reply}{acts}</section>"
    ).format(
        state=exchange.state,
        id=exchange.id,
        place=place,
        judged=_judged(exchange.opinion),
        whole=_whole(exchange.question),
        question=clip(exchange.question, QUESTION_SHOWN) or "…",
        edit="" if exchange.state == "writing" else _edit(place < of - 1),
        notes=notes_html(("поиск по вопросу, как он написан",)) if exchange.as_typed else "",
        reply=_reply(exchange),
        acts="" if exchange.state == "writing" else _acts(exchange, place == of - 1),
    )


def _whole(question: str) -> Markup:
    """The question as it was typed, for editing it; one that was too long to be asked is edited as shown."""
    return Markup(' data-text="{}"').format(question) if len(question) <= QUESTION_LIMIT else Markup("")


def _edit(drops: bool) -> Markup:
    label = "Изменить вопрос; ответы после него будут заменены" if drops else "Изменить вопрос"
    return Markup(
        '<button type="button" class="edit" data-act="edit" aria-label="{0}" title="{0}">{1}</button>'
    ).format(label, icon("pencil"))


def _acts(exchange: Exchange, is_last: bool) -> Markup:
    """What can be done with an answer: copy it, link to it, have it again, say whether it helped."""
    acts = []
    whole = exchange.answer is not None and exchange.state == "done"
    if whole:
        copied = Markup(' data-copy="{}"').format(plain_text(exchange))
        acts.append(_ACT.format(act="copy", more=copied, icon=icon("copy"), label="Копировать"))
        acts.append(
            Markup(
                '<a class="act" data-act="link" href="answers/{}">{}'
                '<span>Ссылка<span class="longer"> на ответ</span></span></a>'
            ).format(exchange.id, icon("link"))
        )
    if is_last or whole:  # the style shows it under the last one alone
        acts.append(_ACT.format(act="again", more="", icon=icon("again"), label="Ещё раз"))
    if whole:
        acts += [_thumb(exchange.opinion, True), _thumb(exchange.opinion, False)]
    row = Markup('<div class="acts">{}</div>').format(Markup("").join(acts))
    return row + (_feedback(exchange.opinion) if whole else "")


def _thumb(opinion: Opinion | None, good: bool) -> Markup:
    return _THUMB.format(
        good="true" if good else "false",
        pressed="true" if opinion and opinion.good == good else "false",
        label="Ответ помог" if good else "Ответ не помог",
        icon=icon("up" if good else "down"),
    )


def _judged(opinion: Opinion | None) -> Markup:
    """What was thought of the answer, for the script: "true" for good, nothing where nobody has said."""
    return Markup(' data-judged="{}"').format("true" if opinion.good else "false") if opinion else Markup("")


def _feedback(opinion: Opinion | None) -> Markup:
    return _FEEDBACK.format(label="Замечание или верный ответ", note=opinion.note if opinion else "")


def _reply(exchange: Exchange) -> Markup:
    if exchange.error is not None:
        return Markup('<div class="failure" role="alert"><p>{}</p></div>').format(exchange.error)
    if exchange.told:
        return Markup('<p class="told">{}</p>').format(exchange.told)
    stopped = Markup('<p class="stopped">Остановлено.</p>') if exchange.state == "stopped" else Markup("")
    answer, writing = exchange.answer, exchange.state == "writing"
    if answer is None or (exchange.state != "done" and not answer.sentences):
        waiting = Markup('<p class="waiting" role="status">Ищу в статьях</p>')
        return waiting if writing else stopped
    is_narrow = exchange.scope and not answer.found and not writing
    wider = _EVERYWHERE.format(exchange.question) if is_narrow else ""
    return _searched(exchange.scope) + answer_html(answer, writing) + wider + stopped


def _searched(scope: str) -> Markup:
    return Markup('<p class="label searched">Поиск ограничен: {}</p>').format(scope) if scope else Markup("")
