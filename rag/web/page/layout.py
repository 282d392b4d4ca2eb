"""What the page is made of, and which event leads where. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from rag.web.page.chat_tab import Talk
from rag.web.page.evaluation_tab import TrialTab
from rag.web.page.library_tab import ShelfTab
from rag.web.question_sets import QuestionSets
from rag.web.render_chat import history_foot_html, history_top_html
from rag.web.render_evaluation import trial_top_html
from rag.web.render_library import shelf_top_html
from rag.web.scope import EVERYWHERE
from rag.web.templating import rendered

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.judging.reviews import Reviews
    from rag.judging.trials import Trials
    from rag.web.admission import Admission
from rag.web.saved_answers import Kept

ASKING_AT_ONCE = 8
READING_AT_ONCE = 32
WAITING_AT_MOST = 64
TITLE = "Сноска — ответы по статьям"
# Filled by the browser: the sets under review, and the question at hand.
REVIEW = Markup('<div data-begun></div><div data-card aria-live="polite"></div>')
# What the conversation asks of the server: an article, a question, what stands before what is shown.
CONVERSATION = ", ".join(
    f"(data) => trigger('{event}', data)"
    for event in ("read", "example", "earlier", "everywhere", "only", "about")
)
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}
# Needs no stream of events, and the next click, filter or word typed counts while the one before is answered:
# of itself Gradio drops it.
OPENING: dict[str, Any] = {**AT_ONCE, "trigger_mode": "multiple"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read and write."""

    chat: gr.Textbox
    conversation: gr.HTML  # where it is shown; what changes in it comes as a step
    step: gr.HTML
    history: gr.HTML
    reader: gr.HTML
    row: gr.Accordion
    chips: gr.HTML
    limits: list[Any]  # dates from and to, sources, tags, articles
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button

    @property
    def shown(self) -> list[Any]:
        """What an answer changes."""
        return [
            self.chat,
            self.step,
            self.history,
            self.box,
            self.send,
            self.stop,
            self.clear,
        ]


def build(
    bot: Bot,
    kept: Kept,
    trials: Trials,
    reviews: Reviews,
    examples: Callable[[], Sequence[str]],
    locked: bool,
    admission: Admission | None = None,
) -> gr.Blocks:
    """The page around `bot`; `locked`: behind a login."""
    talk, shelf = Talk(bot, kept, examples, admission), ShelfTab(bot, kept)
    sets = QuestionSets(kept.own_set)
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as blocks:
        _html(rendered("masthead"), "masthead", "snoska.views(element)")
        parts = _talk(locked)
        with gr.Column(elem_id="library", elem_classes="view"):
            _html(shelf_top_html(), "shelf-top", "snoska.shelfTop(element)")
            listed = _html("", "shelf", "snoska.shelf(element, (data) => trigger('list', data))")
        with gr.Column(elem_id="trial", elem_classes="view"):
            top = _html(
                trial_top_html(sets.titles()),
                "trial-top",
                "snoska.trialTop(element, (data) => trigger('run', data), () => trigger('halt'))",
            )
            review = _html(REVIEW, "review", "snoska.review(element, (data) => trigger('run', data))")
            board = _html("", "board", "snoska.board(element, (data) => trigger('replay', data))")
            past = _html(
                "",
                "past",
                "snoska.past(element, (data) => trigger('reopen', data), (data) => trigger('weigh', data))",
            )
        _wire_chats(talk, parts, _wire_asking(talk, parts, board, blocks))
        _wire_scope(talk, parts, blocks)
        listed.list(shelf.list, None, listed, **OPENING)
        _wire_trial(TrialTab(trials, sets, reviews, lambda: bot.budget), (top, review, board, past), blocks)
    return blocks.queue(max_size=WAITING_AT_MOST, default_concurrency_limit=READING_AT_ONCE, api_open=False)


def _html(value: str, elem_id: str, script: str | None) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=script)


def _talk(locked: bool) -> Parts:
    chat = gr.Textbox("", elem_id="chat", visible="hidden", label="Разговор")
    with gr.Row(elem_id="sheet"):
        with gr.Column(elem_id="history"):
            _html(history_top_html(), "history-top", "snoska.historyTop(element)")
            history = _html(
                "",
                "history-list",
                "snoska.history(element, (data) => trigger('pick', data), (data) => trigger('alter', data), "
                "() => trigger('fresh'))",
            )
            _html(history_foot_html(locked), "history-foot", "snoska.historyFoot(element)")
        with gr.Column(elem_id="talk"):
            conversation = _html("", "conversation", f"snoska.conversation(element, {CONVERSATION})")
            step = _html("", "step", "snoska.steps(element)")
            with gr.Column(elem_id="desk"):
                chips = _html("", "chips", "snoska.chips(element, (data) => trigger('unchoose', data))")
                row, limits = _scope()
                with gr.Row(elem_id="composer"):
                    box, send, stop, clear = _composer()
        reader = _html("", "reader", "snoska.reader(element, props, watch)")
    return Parts(chat, conversation, step, history, reader, row, chips, limits, box, send, stop, clear)


def _scope() -> tuple[gr.Accordion, list[Any]]:
    """«Где искать»: a closed row; what is chosen there holds for the questions that follow."""
    with gr.Accordion(EVERYWHERE, open=False, elem_id="scope") as row, gr.Row(elem_id="limits"):
        since = gr.Textbox(label="Не раньше", placeholder="дд.мм.гггг", max_lines=1, elem_id="since")
        until = gr.Textbox(label="Не позже", placeholder="дд.мм.гггг", max_lines=1, elem_id="until")
        sources = gr.Dropdown([], multiselect=True, label="Источники", elem_id="sources")
        tags = gr.Dropdown([], multiselect=True, label="Метки", elem_id="tags")
        # Ids of articles beyond those that are listed can be typed.
        articles = gr.Dropdown(
            [], multiselect=True, label="Статьи", elem_id="articles", allow_custom_value=True
        )
    return row, [since, until, sources, tags, articles]


def _composer() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Button]:
    box = gr.Textbox(
        placeholder="Ваш вопрос",
        label="Ваш вопрос",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        autofocus=True,
        elem_id="box",
    )
    send = gr.Button("Спросить", elem_id="send", variant="primary")
    stop = gr.Button("Остановить", elem_id="stop", visible=False)
    clear = gr.Button("Новый разговор", elem_id="clear", visible=False)
    return box, send, stop, clear


def _wire_asking(talk: Talk, parts: Parts, board: gr.HTML, blocks: gr.Blocks) -> list[Any]:
    """Gives what writes answers, to be cancelled."""
    # "multiple": after a stop the browser takes the old question for a running one for a second more.
    asking = {**PRIVATE, "concurrency_limit": ASKING_AT_ONCE, "trigger_mode": "multiple"}
    asked = gr.on(
        [parts.box.submit, parts.send.click],
        talk.ask,
        [parts.box, parts.chat, *parts.limits],
        parts.shown,
        **asking,
    )
    example = parts.conversation.example(talk.example, [parts.chat, *parts.limits], parts.shown, **asking)
    replayed = board.replay(talk.replay, None, [*parts.shown, *parts.limits], **asking)
    whole = [*parts.shown, parts.reader, *parts.limits]
    wider = parts.conversation.everywhere(
        talk.everywhere, [parts.chat], [*parts.shown, *parts.limits], **asking
    )
    wider.then(*_scope_of(talk, parts), **AT_ONCE)
    told = parts.conversation.about(
        talk.about, [parts.chat], whole, cancels=[asked, example, wider], **asking
    )
    told.then(*_scope_of(talk, parts), **AT_ONCE)
    # The address says which chat is open, so that a reload shows it again.
    busy = gr.State(False)
    opened = blocks.load(
        talk.load, [parts.chat], [*whole, busy], js="() => snoska.chatOfAddress()", **AT_ONCE
    )
    opened.then(*_scope_of(talk, parts), **AT_ONCE)
    followed = opened.then(talk.follow, [parts.chat, busy], parts.shown, **PRIVATE)
    writing = [asked, example, replayed, followed, wider, told]
    # First the answer ends, then it is marked as stopped: the other way round, its next part would undo that.
    stopped = parts.stop.click(None, cancels=writing, queue=False, **PRIVATE)
    stopped.then(talk.stop, [parts.chat], parts.shown, **AT_ONCE)
    parts.conversation.read(talk.open, None, parts.reader, **OPENING)
    parts.conversation.earlier(talk.earlier, [parts.chat], parts.step, **OPENING)
    return writing


def _wire_chats(talk: Talk, parts: Parts, writing: list[Any]) -> None:
    whole = [*parts.shown, parts.reader, *parts.limits]
    picked = parts.history.pick(talk.pick, [parts.chat], whole, cancels=writing, **AT_ONCE)
    picked.then(*_scope_of(talk, parts), **AT_ONCE)
    parts.history.alter(talk.alter, [parts.chat], parts.shown, **OPENING)
    # A new conversation searches everywhere, or in the articles that it is begun about.
    begun = {"inputs": [parts.chat], "outputs": whole, "cancels": writing}
    for anew in (
        parts.clear.click(talk.clear, **begun, **AT_ONCE),
        parts.history.fresh(talk.clear, **begun, **AT_ONCE),
        parts.conversation.only(talk.only, **begun, **AT_ONCE),
    ):
        anew.then(*_scope_of(talk, parts), **AT_ONCE)


def _scope_of(talk: Talk, parts: Parts) -> tuple[Any, ...]:
    """What shows where is searched."""
    return (talk.scope, [parts.chat, *parts.limits], [parts.row, parts.chips])


def _wire_scope(talk: Talk, parts: Parts, blocks: gr.Blocks) -> None:
    since, until, *lists = parts.limits
    changed = [since.blur, since.submit, until.blur, until.submit, *(each.change for each in lists)]
    scope = _scope_of(talk, parts)
    gr.on(changed, *scope, **OPENING)
    removed = parts.chips.unchoose(talk.unchoose, parts.limits, parts.limits, **AT_ONCE)
    removed.then(*scope, **AT_ONCE)
    blocks.load(talk.choices, None, lists, **AT_ONCE)


def _wire_trial(trial: TrialTab, shown: tuple[gr.HTML, gr.HTML, gr.HTML, gr.HTML], blocks: gr.Blocks) -> None:
    top, review, board, past = shown
    looking = {**PRIVATE, "concurrency_limit": READING_AT_ONCE}
    listed: tuple[Any, ...] = (trial.past, None, past)
    for asking in (top.run, review.run):
        asking(trial.run, None, board, **{**looking, "trigger_mode": "multiple"}).then(*listed, **AT_ONCE)
    top.halt(trial.halt, None, None, **AT_ONCE)
    blocks.load(trial.look, None, board, **looking).then(*listed, **AT_ONCE)
    past.reopen(trial.reopen, None, board, **OPENING)
    past.weigh(trial.weigh, None, board, **OPENING)
