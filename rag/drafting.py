"""Which passages a question is answered from, and the drafts written of them.

Most questions are searched for and written of at once. An overview of an article takes all of it, a
comparison asks for each side by itself, and articles are counted by their words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.answering import comparing, overview
from rag.answering.surroundings import led, surrounded
from rag.errors import NotFoundError
from rag.library.store import Store
from rag.matching.matcher import Matcher
from rag.retrieval.search import Searcher
from rag.text.questions import analyse
from rag.types import Article, Draft, Filters, Hit, Query, Writer

PASSAGES_TO_READ = 10
# What a thing is may stand in a passage about something else, and many passages name it.
PASSAGES_TO_READ_FOR_DEFINITIONS = 30
Found = tuple[Sequence[Hit], Iterable[Draft]]


def passages_to_read(query: Query) -> int:
    """How many of the passages found are read for `query`."""
    is_definition = analyse(query.text).kind == "definition"
    return PASSAGES_TO_READ_FOR_DEFINITIONS if is_definition else PASSAGES_TO_READ


class Drafting:
    """Finds and writes for one library. Safe to use from several threads."""

    def __init__(self, store: Store, searcher: Searcher, matcher: Matcher) -> None:
        self.store = store
        self.searcher = searcher
        self._matcher = matcher

    def drafts(self, query: Query, filters: Filters | None, writer: Writer) -> Found:
        """The passages found for `query`, best first, and the growing drafts that `writer` makes of them."""
        if topic := overview.counted_topic(query.text):
            return self._counted(topic, filters)
        if sides := comparing.sides(query.text):
            return self._compared(sides, filters, writer)
        hits = self._found(query, filters)
        return hits, writer.write(query, self.in_place(hits))

    def in_place(self, hits: Sequence[Hit]) -> list[Hit]:
        """`hits` with what they lean on and what governs them in their articles."""
        return surrounded(led(hits, self._text_of), self._text_of)

    def article_of(self, article_id: str) -> Article | None:
        """An article; None where it was removed meanwhile."""
        try:
            return self.store.article(article_id)
        except NotFoundError:
            return None

    def _text_of(self, article_id: str) -> str | None:
        found = self.article_of(article_id)
        return found.text if found else None

    def _found(self, query: Query, filters: Filters | None) -> list[Hit]:
        """The passages to answer `query` from; for an overview of an article all of its own, in order."""
        wanted = overview.asked_for(query.text)
        if wanted is None:
            return self.searcher.search(query, passages_to_read(query), filters)
        if not wanted.topic:
            allowed = self.store.matching(filters or Filters())
            at_hand = self.store.ids() if allowed is None else allowed
            return [hit for each in at_hand[: overview.MOST_AT_HAND + 1] for hit in self._whole(each)]
        hits = self.searcher.search(self.searcher.query(wanted.topic), overview.PASSAGES, filters)
        return self._whole(hits[0].article.id) if hits and wanted.of == "article" else hits

    def _whole(self, article_id: str) -> list[Hit]:
        """All passages of an article, in reading order."""
        infos = self.store.infos([article_id])
        return [Hit(each, infos[article_id], 0.0) for each in self.store.passages_of(list(infos))]

    def _counted(self, topic: str, filters: Filters | None) -> Found:
        """How many articles have the words of `topic`, and what the newest of them say of it."""
        query, total = self.searcher.query(topic), self.store.shares(filters, text=topic).total
        if not total:
            return self.searcher.search(query, PASSAGES_TO_READ, filters), (Draft(),)
        newest = [each.info.id for each in self.store.articles(0, overview.SHOWN, filters, text=topic)]
        hits = [hit for each in newest for hit in self.searcher.search(query, 1, Filters(articles=(each,)))]
        return hits, (overview.count_draft(topic, total, hits, self._matcher),)

    def _compared(self, sides: Sequence[str], filters: Filters | None, writer: Writer) -> Found:
        """What is said of each of the `sides`: what answers it, else what tells of it."""
        hits: list[Hit] = []
        drafts: list[Draft] = []
        for side in sides:
            found, written = self.drafts(self.searcher.query(side), filters, writer)
            *_, draft = written
            hits += found[:PASSAGES_TO_READ]
            drafts.append(draft if draft.found else self._told(side, found))
        return hits, (comparing.joined(sides, drafts),)

    def _told(self, side: str, hits: Sequence[Hit]) -> Draft:
        return overview.of_topic(side, hits, self._matcher, most=comparing.SENTENCES_EACH)
