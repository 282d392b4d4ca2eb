"""A small library and a bot over it whose every answer can be worked out by hand.

The articles lie in a real store; the bot looks its answer up in a table instead of searching, says a
sentence at a time, and can be told to wait, so that streaming and stopping can be seen.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from rag.answering.checking import against_quotes
from rag.errors import QuestionError
from rag.library.store import Store as LibraryStore
from rag.text.repair import Repaired
from rag.types import (
    Answer,
    Article,
    ArticleInfo,
    Checked,
    Citation,
    Disagreement,
    ErrorBudget,
    Explanation,
    Filters,
    Hit,
    Passage,
    Repair,
    Reprint,
    Sentence,
    Support,
    Turn,
    Vectors,
    Verdict,
    Version,
    WordMatch,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from rag.bot import Bot

CANAL = Article(
    ArticleInfo(
        "kanal-2026",
        "Канал через пустыню: вода придёт к весне",
        "Степной вестник",
        "2026-02-23",
        "https://example.org/kanal",
        ("Вода", "стройка"),
    ),
    "Строители закончили первый участок канала, который свяжет водохранилище с тремя степными районами. "
    "До холодов на трассе работали две смены, и к декабрю экскаваторы дошли до перевала.\n\n"
    + "".join(
        f"На пикете {number} бригада уложила бетон и проверила откосы: просадок не нашли, "
        f"а дренаж решили усилить щебнем и второй трубой. Смотрители обходят участок дважды в день.\n\n"
        for number in range(11, 23)
    )
    + "Длина канала составит 127,4 км, а его пропускная способность — 35 кубометров в секунду. "
    "Первую воду обещают пустить в апреле 2026 года.\n\n"
    "Стоимость работ оценивают в 84 млрд тенге. Деньги выделены из республиканского бюджета.",
)
RIVAL = Article(
    ArticleInfo("kanal-spor", "Спор о длине: 127 или 131 километр?", "Газета «Отметка»", "2026-03-02"),
    "В проекте длина канала указана как 131 км. Подрядчик считает иначе: часть русла спрямили.\n\n"
    "Экологи просят ещё раз проверить, как забор воды скажется на озере.",
)
HOSTILE = Article(
    ArticleInfo(
        'zlo"><img src=x onerror=alert(1)>',
        "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>",
        "<b onmouseover=window.pwned=1>Источник</b>",
        "2026-01-01",
        "javascript:window.pwned=1",
    ),
    "Вступление ${window.pwned=1} и {{window.pwned}}.\n\n"
    'Здесь <script>window.pwned=1</script> и <img src=x onerror="window.pwned=1"> стоят прямо в цитате.',
)
ARTICLES = (CANAL, RIVAL, HOSTILE)
# RIVAL's first passage is said to stand in CANAL too.
REPRINT = Reprint(
    CANAL.id, "r", CANAL.info.title, CANAL.info.source, CANAL.info.url, CANAL.info.published, 0, 99
)
DIFFERENT = Disagreement(
    "figure", (Version("127,4 км", 1, "Вести", "2026-03-02"), Version("131 км", 2, "Степь", None))
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a prepared answer: its text, the quotes under it and how well they support it."""

    text: str
    quotes: tuple[tuple[Article, str], ...]
    support: Support = "supported"


MISTYPED = "rfyfk"
LENGTH = "Длина канала составит 127,4 км, а его пропускная способность — 35 кубометров в секунду."
COST = "Стоимость работ оценивают в 84 млрд тенге."
INJECTION = HOSTILE.text.split("\n\n")[1]
PREPARED: dict[str, tuple[Said, ...]] = {
    "длина": (
        Said(LENGTH, ((CANAL, LENGTH),)),
        Said(
            "В проекте названа другая цифра: длина канала указана как 131 км.",
            ((RIVAL, "В проекте длина канала указана как 131 км."),),
            "partial",
        ),
    ),
    "стоит": (Said(COST, ((CANAL, COST),)),),
    "зло": (Said(INJECTION, ((HOSTILE, INJECTION),)),),
}
SHORT = {"длина": "127,4 км", "стоит": "84 млрд тенге", "зло": "<img src=x"}


def citation(number: int, article: Article, quote: str) -> Citation:
    """A footnote to the one place where `quote` stands in `article`."""
    info, start = article.info, article.text.index(quote)
    said = (info.id, info.title, info.source, info.url, info.published)
    return Citation(number, *said, quote, start, start + len(quote), "p")


def hit(article: Article, rank: int) -> Hit:
    """The first paragraph of `article` as a found passage."""
    text = article.text.split("\n\n")[0]
    passage = Passage(f"{article.id}#0", article.id, 0, len(text), text, ())
    stages = {"keyword": rank, "dense": rank + 1, "rerank": rank}
    scores = {stage: 1 / place for stage, place in stages.items()}
    reprints = (REPRINT,) if article is RIVAL else ()
    return Hit(passage, article.info, 1 / rank, stages, scores, reprints=reprints)


class Store(LibraryStore):
    """The store of a library, which knows its folder as a library does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.home = None

    def index_counts(self) -> dict[str, int]:
        return {"keyword": self.counts().passages}


@dataclass
class SampleBot:
    """Answers from PREPARED and refuses the rest; `gate` holds a slow answer after each sentence.

    Asked «списком», it says everything as a list, and that its sources differ.
    """

    library: Store
    encoder_name: str = "static"
    writer_name: str = "extractive"
    reading_state: str = "читает reader-1"
    budget: ErrorBudget | None = None
    workers: None = None
    gate: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    running: list[str] = field(default_factory=list)  # questions being answered
    seen: list[tuple[str, Sequence[Turn], Filters | None]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)  # questions asked as typed

    @property
    def as_bot(self) -> Bot:
        """This, for what takes a Bot: it has what the faces use of one."""
        return cast("Bot", self)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Iterator[Answer]:
        self.seen.append((question, history, filters))
        self.typed += [question] if as_typed else []
        if len(question.strip()) < 2:
            raise QuestionError("Вопрос пуст. Напишите его словами, например: «Какова длина канала?»")
        if "поломка" in question:
            raise RuntimeError("secret detail of a crash")
        key = next((key for key in PREPARED if key in question.lower()), None)
        self.closed.clear()
        self.running.append(question)
        try:
            while "бесконечно" in question:
                yield from self._found(question, "длина", as_typed)
            yield from self._found(question, key, as_typed) if key else iter([self._refused(question)])
            if "авария" in question:
                raise RuntimeError("secret detail of an accident")
        finally:
            self.running.remove(question)
            self.closed.set()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Answer:
        return list(self.stream(question, history, filters, as_typed))[-1]

    def knows(self, question: str) -> bool:
        return any(key in question.lower() for key in PREPARED)

    def repaired(self, question: str, as_typed: bool = False) -> Repaired:
        if as_typed or MISTYPED not in question:
            return Repaired(question)
        note = f"исправлена раскладка: «{MISTYPED}» → «канал»"
        return Repaired(question.replace(MISTYPED, "канал"), (note,), (Repair(MISTYPED, "канал"),))

    def explain(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        word = WordMatch(question, question, 1.0, "none", 0.0, 0.0, None)
        return [replace(hit, explanation=Explanation((word,))) for hit in hits]

    def explained(self, answer: Answer) -> Answer:
        return replace(answer, hits=tuple(self.explain(answer.standalone_question, answer.hits)))

    def remarks(self, query: str, filters: Filters | None = None) -> tuple[str, ...]:
        return ("в библиотеке нет источника «Газета»",) if filters else ()

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, as_typed: bool = False
    ) -> list[Hit]:
        if not query.strip():
            raise QuestionError("Запрос пуст. Напишите, что искать.")
        return [hit(article, rank) for rank, article in enumerate(ARTICLES, 1)][:k]

    def verify(self, claim: str, quotes: Sequence[str] = (), filters: Filters | None = None) -> Checked:
        if quotes:
            return against_quotes(claim, quotes)
        verdict = Verdict("supported" if claim == LENGTH else "unsupported")
        return Checked(verdict, (), (citation(1, CANAL, LENGTH),))

    def encode(self, texts: Sequence[str], are_queries: bool = False) -> Vectors:
        """The length of a text and whether it is a question."""
        return np.array([[len(text), are_queries, 0.5] for text in texts], np.float32)

    def close(self) -> None:
        self.library.close()

    def _found(self, question: str, key: str, as_typed: bool) -> Iterator[Answer]:
        sentences: list[Sentence] = []
        citations: list[Citation] = []
        for said in PREPARED[key]:
            numbers = range(len(citations) + 1, len(citations) + 1 + len(said.quotes))
            citations += [citation(n, *quote) for n, quote in zip(numbers, said.quotes, strict=True)]
            sentences.append(Sentence(said.text, tuple(numbers), said.support))
            repaired = self.repaired(question, as_typed)
            yield self._answer(question, tuple(sentences), tuple(citations), SHORT[key], repaired)
            if "медленно" in question:
                self.gate.wait(PATIENCE)

    def _answer(
        self,
        question: str,
        sentences: tuple[Sentence, ...],
        citations: tuple[Citation, ...],
        short: str,
        repaired: Repaired,
    ) -> Answer:
        text = " ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences)
        said = (question, question, True, text, short, sentences, citations, (hit(CANAL, 1),), 0.9)
        answer = Answer(*said, repaired.notes, "extractive", 7.5, repaired.repairs)
        listed = "списком" in question
        return replace(answer, listed=True, disagreements=(DIFFERENT,)) if listed else answer

    def _refused(self, question: str) -> Answer:
        text = "В статьях библиотеки ответа на этот вопрос нет."
        hits = (hit(RIVAL, 1), hit(CANAL, 2))
        return Answer(question, question, False, text, None, (), (), hits, 0.1, (), "extractive", 5.0)


def open_sample(folder: Path) -> SampleBot:
    """A bot over a fresh store in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder)
    for article in ARTICLES:
        passage = hit(article, 1).passage
        store.put(article, [passage], "content", "settings")
    return SampleBot(store)
