"""The writer that asks a language model, and never trusts it: what can't be used is replaced by quotes."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from rag.answering.attribution import attributed
from rag.answering.prompts import WRITING, writing_prompt
from rag.answering.reply import Reply, plain, read_reply
from rag.answering.spans import short_answer
from rag.answering.verification import verified
from rag.errors import LLMError
from rag.text.boilerplate import is_order
from rag.types import Draft, Hit, Passage, Query, Writer

log = logging.getLogger(__name__)
# Rules ask for four sentences at most; a model that goes on and on is not answering any more.
LONGEST = 6_000  # characters, reasoning aloud not counted
_ENDING = re.compile(r"[.!?…\n\]】)]")  # where a sentence or its footnote may have ended
_BEFORE_AGAIN = 0.5  # seconds: an overloaded server is left alone for a moment


class LanguageModel(Protocol):
    """Something that goes on writing what two messages ask for."""

    def stream(self, system: str, user: str, seconds: float) -> Generator[str]:
        """The text so far, when it has grown and a few times a second; closing it stops the model.

        Raises LLMError: no answer, half of one, or none in `seconds`.
        """


class LLMWriter:
    """Lets a language model answer from the hits; its sentences are attributed and checked like any other.

    When it fails, or nothing it says is borne out by the hits, the extractive answer is given with a note.
    """

    name = "llm"

    def __init__(
        self,
        model: LanguageModel,
        quoting: Writer,
        context: int,
        seconds: float,
        least: Callable[[], float | None] = lambda: None,
    ) -> None:
        """`context` is the model's window in tokens; `seconds`, the time for an answer, retry included.

        `least()` is the confidence that an answer needs; None leaves it to the model.
        """
        self.quoting = quoting
        self._model = model
        self._context = context
        self._seconds = seconds
        self._least = least

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Drafts that grow by sentences; between them the last one again, so that a reader may leave."""
        *_, quoted = self.quoting.write(query, hits)
        quoted = replace(quoted, writer=self.quoting.name)
        # No hits, or no word in the question says what it is about; or a user wants to be surer.
        if not quoted.confidence or quoted.confidence < (self._least() or 0.0):
            yield quoted
            return
        try:
            yield from self._drafts(query, hits, quoted.confidence)
        except LLMError as error:
            log.warning("the language model was of no use: %s", error)
            yield replace(quoted, notes=(f"{error}; ответ составлен без неё",))

    def _drafts(self, query: Query, hits: Sequence[Hit], confidence: float) -> Iterator[Draft]:
        user, shown = writing_prompt(query.text, hits, self._context)
        draft, text, complete = Draft(), "", 0
        for said in self._said(user):
            if len(said) > LONGEST and len(plain(said)) > LONGEST:
                raise LLMError("ответ языковой модели не кончается")
            if _ENDING.search(said, len(text)):
                reply = read_reply(said, shown, whole=False)
                if len(reply.sentences) != complete:
                    complete = len(reply.sentences)
                    draft = self._draft(query, reply, hits[:shown], confidence)
            text = said
            yield draft if _is_usable(draft) else Draft()
        yield self._whole(query, read_reply(text, shown), hits[:shown], confidence)

    def _said(self, user: str) -> Iterator[str]:
        """What the model says so far; it is asked again, once, where that may help and time is left."""
        ends = time.monotonic() + self._seconds
        try:
            yield from self._model.stream(WRITING, user, self._seconds)
        except LLMError as error:
            time.sleep(min(_BEFORE_AGAIN, self._seconds / 10))
            left = ends - time.monotonic()
            if not error.again or left <= 0:
                raise
            yield from self._model.stream(WRITING, user, left)

    def _whole(self, query: Query, reply: Reply, hits: Sequence[Hit], confidence: float) -> Draft:
        """The last draft. Raises LLMError where what was said can't be used."""
        if reply.declined:
            return Draft()
        if not reply.sentences:
            raise LLMError("языковая модель ничего не ответила")
        if not reply.is_russian:
            raise LLMError("языковая модель ответила не по-русски")
        draft = self._draft(query, reply, hits, confidence)
        if not _is_usable(draft):
            raise LLMError("ответ языковой модели не подтверждается статьями")
        return draft

    def _draft(self, query: Query, reply: Reply, hits: Sequence[Hit], confidence: float) -> Draft:
        said = Draft(reply.sentences, confidence=confidence, found=True)
        checked = verified(_without_orders(attributed(said, _stating(hits)), hits))
        sure = [each.text for each in checked.sentences if each.support == "supported"]
        spans = ((text, short_answer(query.text, text)) for text in sure)
        short = next((text[span.start : span.stop] for text, span in spans if span), None)
        return replace(checked, short_answer=short)


def _stating(hits: Sequence[Hit]) -> list[Hit]:
    """`hits` without the sentences that state nothing: what a passage orders or asks bears no claim out.

    A model that does as a passage says would otherwise find its proof there.
    """
    return [replace(hit, passage=_statements(hit.passage)) for hit in hits]


@lru_cache(maxsize=200)
def _statements(passage: Passage) -> Passage:
    kept = (each for each in passage.sentences if not _states_nothing(passage.quote(each)))
    return replace(passage, sentences=tuple(kept))


def _states_nothing(sentence: str) -> bool:
    return sentence.endswith("?") or is_order(sentence)


def _without_orders(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """`draft` without footnotes that quote, between two statements, what lies there and states nothing."""
    idle = {
        (hit.article.id, sentence.start)
        for hit in hits
        for sentence in set(hit.passage.sentences) - set(_statements(hit.passage).sentences)
    }
    kept = [
        citation
        for citation in draft.citations
        if not any(a == citation.article_id and citation.start <= start < citation.stop for a, start in idle)
    ]
    numbers = {citation.number: number for number, citation in enumerate(kept, 1)}
    sentences = (
        replace(each, citations=tuple(numbers[number] for number in each.citations if number in numbers))
        for each in draft.sentences
    )
    citations = (replace(citation, number=numbers[citation.number]) for citation in kept)
    return replace(draft, sentences=tuple(sentences), citations=tuple(citations))


def _is_usable(draft: Draft) -> bool:
    return any(sentence.support == "supported" for sentence in draft.sentences)
