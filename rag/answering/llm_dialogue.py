"""Follow-up questions made standalone by a language model, and by rules where it can't be believed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing

from rag.answering import dialogue
from rag.answering.llm import LanguageModel
from rag.answering.prompts import REPHRASING, rephrasing_prompt
from rag.answering.reply import plain
from rag.errors import LLMError
from rag.text.repair import clean
from rag.text.words import content_lemmas
from rag.types import Turn

log = logging.getLogger(__name__)
LONGEST = 400  # characters
# Of the question's words the model may drop some («что насчёт…»), of its own it may add a few («находится»).
_KEPT, _KNOWN = 0.5, 0.7


class LLMDialogue:
    """Asks a language model for the standalone question; rules answer when it fails or makes things up."""

    def __init__(self, model: LanguageModel, seconds: float) -> None:
        self._model = model
        self._seconds = seconds

    def standalone(self, question: str, history: Sequence[Turn]) -> Iterator[str | None]:
        """`question` as it would be asked with no `history` (oldest turn first).

        That comes last; None comes before it while the model writes. Closing the iterator stops the model.
        """
        by_rules = dialogue.standalone(question, history)
        if not history or len(question) > LONGEST:
            yield by_rules
            return
        recent, text = history[-dialogue.TURNS :], ""
        prompt = rephrasing_prompt(question, recent)
        try:
            with closing(self._model.stream(REPHRASING, prompt, self._seconds)) as growing:
                for text in growing:
                    if len(text) > 10 * LONGEST:  # reasoning aloud comes first; this is something else
                        raise LLMError("языковая модель пишет не вопрос")
                    yield None
        except LLMError as error:
            log.warning("the language model did not rephrase: %s", error)
            yield by_rules
            return
        asked = clean(plain(text).strip().strip("«»\"' \n"))
        yield asked if _is_faithful(asked, question, recent) else by_rules


def _is_faithful(said: str, question: str, history: Sequence[Turn]) -> bool:
    """It is one question, most of it comes from the conversation, and what was asked is still asked."""
    if not said or len(said) > LONGEST:
        return False
    words = set(content_lemmas(said))
    asked = set(content_lemmas(question))
    known = asked.union(*(content_lemmas(f"{turn.question} {turn.answer}") for turn in history))
    return len(words & known) >= _KNOWN * len(words) and len(asked & words) >= _KEPT * len(asked)
