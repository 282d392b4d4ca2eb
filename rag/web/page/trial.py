"""What the events of the evaluation tab do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import gradio as gr

from rag.errors import RagError
from rag.judging.run import Outcome, run
from rag.web.page import browser
from rag.web.question_sets import QuestionSets
from rag.web.render_trial import broken_html, trial_html

if TYPE_CHECKING:
    from rag.bot import Bot


class TrialTab:
    """A question set asked of the bot while the browser looks on."""

    def __init__(self, bot: Bot, sets: QuestionSets) -> None:
        self.bot, self.sets = bot, sets

    def run(self, event: gr.EventData) -> Iterator[str]:
        """The run after every question; it ends when the browser leaves."""
        try:
            questions = self.sets.read(browser.text(event, "set"), browser.text(event, "content"))
        except RagError as error:
            yield broken_html(str(error))
            return
        outcomes: list[Outcome] = []
        yield trial_html(outcomes, len(questions), running=True)
        for outcome in run(self.bot.ask, questions):
            outcomes.append(outcome)
            yield trial_html(outcomes, len(questions), running=len(outcomes) < len(questions))
