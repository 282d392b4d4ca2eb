"""READ THIS FIRST. One question from start to end; browser, API, command line and evaluation all come here.

    question → repair → standalone (earlier turns folded in) → retrieve → write → verify → Answer

What asks nothing («Спасибо!») gets one line at once.

`stream` yields the answer as it grows; `ask` is its last item. From asyncio they are `astream` and `aask`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from rag import asking, stages
from rag.answer_workers import AnswerWorkers
from rag.answering import checking, dialogue
from rag.answering.extractive import ExtractiveWriter
from rag.answering.surroundings import standing
from rag.answering.verification import verified
from rag.answering.wording import cut, refusal, small_talk, told
from rag.async_steps import followed
from rag.drafting import PASSAGES_TO_READ, Drafting
from rag.library import filtering
from rag.library.library import Library
from rag.reading.loading import Loading
from rag.repairing import Repairing, clean_question
from rag.retrieval.explain import Explainer
from rag.retrieval.search import Searcher
from rag.text.repair import Repaired, Repairer
from rag.text.setting import SMALL_TALK
from rag.types import (
    Answer,
    Checked,
    Citation,
    Draft,
    Encoder,
    ErrorBudget,
    Filters,
    Hit,
    Lacking,
    Query,
    Turn,
    Vectors,
    Writer,
    page_at,
)

HITS_SHOWN = 5


class Bot:
    """Answers questions over one library. Safe to use from several threads."""

    def __init__(
        self,
        library: Library,
        searcher: Searcher,
        writer: Writer,
        repairer: Callable[[], Repairer],
        encoder: Encoder,
        explainer: Explainer,
        quoting: ExtractiveWriter,
        standalone: Callable[[str, Sequence[Turn]], Iterator[str | None]] = dialogue.at_once,
        strict: bool = False,
        reading: Loading | None = None,
        budget: ErrorBudget | None = None,
        workers: AnswerWorkers | None = None,
    ) -> None:
        """`repairer()` repairs questions towards the words that the library has at that moment.

        `quoting` is a writer that answers in milliseconds, for `knows`; `standalone(question, history)` makes
        follow-up questions clear and yields None as long as that takes; `strict` leaves out what the quotes
        don't support. `reading` gets the reading network, which `prepare` begins to load. `budget` is what
        `quoting` was told of the confidence that an answer needs. `workers` are processes that write for
        `writer`: `prepare` starts them, `close` ends them.
        """
        self.library = library
        self.reading = reading or Loading(None)
        self.searcher = searcher
        self.writer = writer
        self.encoder = encoder
        self.workers = workers
        self._explainer = explainer
        self._quoting = quoting
        self._drafting = Drafting(library.store, searcher, quoting.matcher)
        self._standalone = standalone
        self._strict = strict
        self._budget = budget
        self._repairing = Repairing(library.store, searcher, repairer)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Generator[Answer, None, None]:
        """Growing answers to `question`; the last one is whole. Whoever leaves before it stops the work.

        `history` holds the earlier turns, oldest first; `as_typed` leaves spelling and layout alone.
        Raises QuestionError and WrongTypeError.
        """
        started = time.perf_counter()
        asking.check(question, history, filters)
        if said := small_talk(question, lambda: self._seen(filters)):
            answer = self._talk(question, said, _ms(started))
            yield answer
            stages.answered(answer)
            return
        with stages.stage("repair"):
            asked = self.repaired(question, as_typed, filters)
        alone = asked.text
        for said in stages.staged("standalone", self._standalone(asked.text, history)):
            if said is None:  # a language model is at it, and a reader may leave
                yield self._answer(question, alone, asked, (), Draft(), (), _ms(started), filters)
            else:
                alone = said
        with stages.stage("search"):
            query = self.searcher.query(alone)
            hits, drafts = self._drafting.drafts(query, filters, self.writer)
            notes = (*asked.notes, *self._remarks(query, filters))
        for draft in stages.staged("write", iter(drafts)):
            with stages.stage("verify"):
                checked = verified(draft, self._strict, self.reading.reader())
            left_out = (*notes, *cut(len(draft.sentences) - len(checked.sentences)))
            answer = self._answer(question, alone, asked, left_out, checked, hits, _ms(started), filters)
            yield answer
        stages.answered(answer)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Answer:
        """The whole answer to `question`; see `stream`."""
        *_, answer = self.stream(question, history, filters, as_typed)
        return answer

    async def astream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> AsyncGenerator[Answer, None]:
        """`stream` from asyncio: the work is done in a thread. Who leaves or is cancelled stops it."""
        steps = partial(self.stream, question, history, filters, as_typed)
        async with aclosing(followed(steps)) as answers:
            async for answer in answers:
                yield answer

    async def aask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Answer:
        """`ask` from asyncio; see `astream`."""
        async with aclosing(self.astream(question, history, filters, as_typed)) as answers:
            *_, answer = [each async for each in answers]
        return answer

    def knows(self, question: str, filters: Filters | None = None) -> bool:
        """Whether the library answers `question` by its own sentences. Asks no language model."""
        query = self.searcher.query(self.repaired(question, filters=filters).text)
        _, drafts = self._drafting.drafts(query, filters, self._quoting)
        *_, draft = drafts
        return draft.found

    def in_place(self, hits: Sequence[Hit]) -> list[Hit]:
        """`hits` as a writer gets them: with what they lean on and what governs them in their articles."""
        return self._drafting.in_place(hits)

    def _paged(self, hits: Sequence[Hit]) -> list[Hit]:
        """`hits` with the pages they stand on."""
        pages = self.library.store.pages([hit.article.id for hit in hits])
        if not pages:
            return list(hits)
        return [replace(hit, page=page_at(pages.get(hit.article.id, ()), hit.passage.start)) for hit in hits]

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, as_typed: bool = False
    ) -> list[Hit]:
        """The best `k` passages for `query`, best first. Raises QuestionError and WrongTypeError."""
        asking.check(query, filters=filters)
        asking.check_count("k", k)
        asked = self.repaired(query, as_typed, filters)
        return self._paged(self.searcher.search(self.searcher.query(asked.text), k, filters))

    def verify(self, claim: str, quotes: Sequence[str] = (), filters: Filters | None = None) -> Checked:
        """Whether `claim` follows from `quotes`, or without any from the library. Asks no language model.

        Raises QuestionError and WrongTypeError.
        """
        asking.check(claim, filters=filters)
        asking.check_texts("quotes", quotes)
        said, reader = clean_question(claim), self.reading.reader()
        if quotes:
            return checking.against_quotes(said, quotes, reader)
        hits = self.searcher.search(self.searcher.query(said), PASSAGES_TO_READ, filters)
        return checking.against_hits(said, hits, reader)

    def explain(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """`hits` with their explanations; `question` as it was searched: `repaired(…).text`."""
        return self._explainer.explain(self.searcher.query(question), hits)

    def explained(self, answer: Answer) -> Answer:
        """`answer` with an explanation of each of its hits, and what was compared in each sentence."""
        return replace(
            answer,
            hits=tuple(self.explain(answer.standalone_question, answer.hits)),
            sentences=checking.compared(answer),
        )

    def remarks(self, query: str, filters: Filters | None = None) -> tuple[str, ...]:
        """What `search` has understood of the times in `query`, and which `filters` nothing fits."""
        return self._remarks(self.searcher.query(query), filters)

    def _remarks(self, query: Query, filters: Filters | None) -> tuple[str, ...]:
        limits = filtering.notes(self.library.store, filters) if filters else ()
        return (*limits, *self.searcher.notes(query, filters))

    def repaired(self, question: str, as_typed: bool = False, filters: Filters | None = None) -> Repaired:
        """`question` as it is searched; see Repairing."""
        return self._repairing.repaired(question, as_typed, filters)

    def _seen(self, filters: Filters | None) -> int:
        """How many articles there are for whoever asks."""
        return self.library.counts(filters.within if filters else None).articles

    def encode(self, texts: Sequence[str], are_queries: bool = False) -> Vectors:
        """The vectors of `texts` as the search has them, of shape (len(texts), dimension), float32."""
        return self.encoder.encode_queries(texts) if are_queries else self.encoder.encode_passages(texts)

    def prepare(self) -> None:
        """Do now what the first questions would wait for; for whoever answers many of them."""
        if self.workers:
            self.workers.start()
        self.reading.start()
        self.searcher.prepare()

    def close(self) -> None:
        """Give the library back."""
        if self.workers:
            self.workers.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def reading_state(self) -> str:
        """Which network reads, or why none does (Russian)."""
        return self.reading.state

    @property
    def budget(self) -> ErrorBudget | None:
        """How many wrong answers `snoska tune` allowed; None where it didn't, or another network reads."""
        reader = self.reading.reader()
        name = reader.name if reader else ""
        return self._budget if self._budget and self._budget.threshold_for(name) is not None else None

    @property
    def encoder_name(self) -> str:
        return self.encoder.name

    @property
    def writer_name(self) -> str:
        return self.writer.name

    def _refusal(
        self, question: str, hits: Sequence[Hit], lacking: Lacking | None, filters: Filters | None
    ) -> str:
        return refusal(question, bool(hits), not hits and not self._seen(filters), lacking)

    def _talk(self, question: str, said: str, elapsed: float) -> Answer:
        """A reply that rests on no article."""
        asked = clean_question(question)
        return Answer(asked, asked, False, said, None, (), (), (), 0.0, (), SMALL_TALK, elapsed, kind="talk")

    def _with_versions(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Each with the version that it quotes: an article may have been replaced since it was found."""
        quoting = self.library.store.quoting
        found = [(each, quoting(each.article_id, each.start, each.quote)) for each in citations]
        return tuple([replace(each, version=version) if version else each for each, version in found])

    def _answer(
        self,
        question: str,
        alone: str,
        asked: Repaired,
        notes: tuple[str, ...],
        draft: Draft,
        hits: Sequence[Hit],
        elapsed: float,
        filters: Filters | None,
    ) -> Answer:
        return Answer(
            question=question,
            standalone_question=alone,
            found=draft.found,
            text=told(draft) if draft.found else self._refusal(alone, hits, draft.lacking, filters),
            short_answer=draft.short_answer,
            sentences=draft.sentences,
            citations=self._with_versions(standing(draft.citations, self._drafting.article_of)),
            hits=tuple(self._paged(hits[:HITS_SHOWN])),
            confidence=draft.confidence,
            notes=(*notes, *draft.notes),
            writer=draft.writer or self.writer.name,
            elapsed_ms=elapsed,
            repairs=asked.repairs,
            listed=draft.listed,
            disagreements=draft.disagreements,
            verdict=draft.verdict,
            kind=draft.kind if draft.found else "refusal",
            missing=draft.lacking.asked if draft.lacking else None,
        )


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
