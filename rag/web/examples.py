"""The questions that an empty conversation offers: made from the articles, and only answered ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.text.example_questions import example_questions

if TYPE_CHECKING:
    from rag.bot import Bot

SHOWN = 4
TRIED = 40  # questions, a few hundredths of a second each
LONGEST_WAIT = 1.0  # seconds that an opened page waits for them
READ = 60  # of the newest articles
log = logging.getLogger(__name__)


class Examples:
    """Example questions for whatever the library holds at the moment.

    `made` by hand for a corpus known here are taken while they are answered; what is missing is made from
    the newest articles. Working them out takes a second or more, so it is done aside, and again when articles
    change.
    """

    def __init__(self, bot: Bot, made: Sequence[str] = ()) -> None:
        self._bot, self._made = bot, tuple(made)
        self._found: tuple[str, ...] = ()
        self._seq = -1
        self._guard = threading.Lock()
        self._known = threading.Event()

    def start(self) -> None:
        """Begin to work them out, before anybody asks for them."""
        seq = self._bot.library.store.last_seq()
        if seq != self._seq:
            self._seq = seq
            threading.Thread(target=self._renew, name="examples", daemon=True).start()

    def current(self) -> tuple[str, ...]:
        """The latest that are known; waits LONGEST_WAIT at most, and only as long as none are."""
        self.start()
        self._known.wait(LONGEST_WAIT)
        return self._found

    def _renew(self) -> None:
        with self._guard:
            try:
                self._found = tuple(self._answered())
            except Exception:  # examples are a courtesy: the page does without
                log.exception("example questions could not be made")
            finally:
                self._known.set()

    def _answered(self) -> Iterator[str]:
        """The first that are answered, each from another article where there are as many."""
        left = SHOWN
        for tried, question in enumerate(self._candidates()):
            if not left or tried >= TRIED:
                return
            if self._bot.knows(question):
                left -= 1
                yield question

    def _candidates(self) -> Iterator[str]:
        yield from self._made
        library = self._bot.library
        listed = library.articles(0, READ)
        questions = [list(example_questions(library.article(each.info.id).text)) for each in listed]
        seen = set(self._made)
        for place in range(max(map(len, questions), default=0)):
            for own in questions:
                if place < len(own) and own[place] not in seen:
                    seen.add(own[place])
                    yield own[place]
