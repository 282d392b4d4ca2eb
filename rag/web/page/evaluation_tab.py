"""What the events of the evaluation tab do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from rag.errors import EvaluationError, RagError
from rag.judging.questions import Question
from rag.judging.reviews import Reviews
from rag.judging.run import Outcome
from rag.judging.run_history import GONE, PastRun, compared
from rag.judging.trials import Trial, Trials
from rag.types import ErrorBudget
from rag.web.page import browser
from rag.web.question_sets import QuestionSets
from rag.web.render_evaluation import broken_html, promise_html, trial_html
from rag.web.render_runs import compared_html, past_html, when
from rag.web.reviewing import kept_questions
from rag.web.scopes import refused
from rag.web.wording import clip


class TrialTab:
    """The reader's latest run; it goes on when the browser leaves, and is shown again when it comes back."""

    def __init__(
        self,
        trials: Trials,
        sets: QuestionSets,
        reviews: Reviews,
        budget: Callable[[], ErrorBudget | None] = lambda: None,
    ) -> None:
        """`budget()` is how many wrong answers are allowed now, None where that isn't set."""
        self.trials, self.sets, self.reviews, self.budget = trials, sets, reviews, budget

    async def run(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """A new run after every question."""
        caller, owner = browser.caller(request), browser.owner(request)
        if not caller.is_unlimited:  # sets hold what others asked, and are asked of all articles
            yield broken_html(refused(caller.scope, "admin"))
            return
        try:
            title, questions = self._asked(event, owner)
        except RagError as error:
            yield broken_html(str(error))
            return
        self.trials.start(owner, title, questions, private=not browser.text(event, "set"))
        async for shown in self._follow(owner):
            yield shown

    def _asked(self, event: gr.EventData, owner: str) -> tuple[str, list[Question]]:
        """What is run, and its name: a set, a file, or what a review has kept. Raises EvaluationError."""
        if review := browser.text(event, "review"):
            return kept_questions(self.reviews, review, owner)
        name = browser.text(event, "set")
        questions = self.sets.read(name, _bytes(browser.text(event, "content")))
        file = clip(browser.text(event, "file"), 80)
        return (self.sets.title(name) if name else file or "Свой файл"), questions

    async def look(self, request: gr.Request) -> AsyncIterator[Any]:
        """The run that is there, as the page is opened."""
        budget = self.budget()
        yield promise_html(budget) if budget else gr.skip()
        async for shown in self._follow(browser.owner(request)):
            yield shown

    async def _follow(self, owner: str) -> AsyncIterator[Markup]:
        async for trial in self.trials.follow(owner):
            yield promise_html(self.budget()) + trial_html(trial)

    def past(self, request: gr.Request) -> str:
        """The runs that have ended, set by set."""
        if self.trials.past is None or not browser.caller(request).is_unlimited:
            return ""
        return past_html(self.trials.past.seen_by(browser.owner(request)))

    def reopen(self, event: gr.EventData, request: gr.Request) -> str:
        """A past run with all its answers."""
        try:
            run, outcomes = self._found(browser.text(event, "run"), request)
        except RagError as error:
            return broken_html(str(error))
        ended = Trial(f"{run.title}, {when(run)}", len(outcomes), outcomes, running=False)
        return trial_html(ended)

    def weigh(self, event: gr.EventData, request: gr.Request) -> str:
        """Two past runs compared."""
        try:
            before, was = self._found(browser.text(event, "before"), request)
            after, now = self._found(browser.text(event, "after"), request)
        except RagError as error:
            return broken_html(str(error))
        return compared_html(before, after, compared(was, now))

    def _found(self, run: str, request: gr.Request) -> tuple[PastRun, tuple[Outcome, ...]]:
        caller = browser.caller(request)
        if not caller.is_unlimited:
            raise EvaluationError(refused(caller.scope, "admin"))
        if self.trials.past is None:
            raise EvaluationError(GONE)
        return self.trials.past.outcomes(run, browser.owner(request))

    def halt(self, request: gr.Request) -> None:
        self.trials.stop(browser.owner(request))


def _bytes(content: str) -> bytes:
    """A file as the browser sends it: in base64, for it may be a table or in an old encoding."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("Файл пришёл повреждённым. Выберите его ещё раз.") from None
