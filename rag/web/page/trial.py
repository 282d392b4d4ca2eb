"""What the events of the evaluation tab do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from rag.errors import EvaluationError, RagError
from rag.judging.trials import Trials
from rag.web.page import browser
from rag.web.question_sets import QuestionSets
from rag.web.render_trial import broken_html, trial_html
from rag.web.scopes import refused


class TrialTab:
    """The reader's latest run; it goes on when the browser leaves, and is shown again when it comes back."""

    def __init__(self, trials: Trials, sets: QuestionSets) -> None:
        self.trials, self.sets = trials, sets

    async def run(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """A new run after every question."""
        name, caller = browser.text(event, "set"), browser.caller(request)
        if not caller.is_unlimited:  # sets hold what others asked, and are asked of all articles
            yield broken_html(refused(caller.scope, "admin"))
            return
        try:
            questions = self.sets.read(name, _bytes(browser.text(event, "content")))
        except RagError as error:
            yield broken_html(str(error))
            return
        owner = browser.owner(request)
        self.trials.start(owner, self.sets.title(name), questions)
        async for trial in self.trials.follow(owner):
            yield trial_html(trial)

    async def look(self, request: gr.Request) -> AsyncIterator[Any]:
        """The run that is there, as the page is opened."""
        yield gr.skip()
        async for trial in self.trials.follow(browser.owner(request)):
            yield trial_html(trial)

    def halt(self, request: gr.Request) -> None:
        self.trials.stop(browser.owner(request))


def _bytes(content: str) -> bytes:
    """A file as the browser sends it: in base64, for it may be a table or in an old encoding."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("Файл пришёл повреждённым. Выберите его ещё раз.") from None
