"""A conversation as a document to take away: questions, answers and numbered footnotes, before any format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.chats.records import Exchange
from rag.text.setting import (
    DEVELOPS,
    DISAGREE,
    UNDECIDED,
    byline,
    confidence,
    russian_date,
    standing_line,
    version_line,
    without_marks,
)
from rag.text.structure import plain, row_told, unmarked
from rag.types import Answer, Citation, Sentence

_DOUBTED = 0.7
PARTIAL = {"partial": "цитата подтверждает лишь частично", "unsupported": "цитатой не подтверждено"}


@dataclass(frozen=True, slots=True)
class Footnote:
    """A quote with where it stands; `number` counts through the whole document."""

    number: int
    quote: str
    title: str
    byline: str
    url: str | None
    standing: str = ""

    @property
    def text(self) -> str:
        """«Цитата» — Заголовок, Раздел, с. 14, Источник, дата."""
        origin = ", ".join(part for part in (self.title, self.standing, self.byline) if part)
        return f"«{self.quote}» — {origin}"


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text with the footnotes behind it. `kind`: how it is set; a row of a table has `cells`."""

    text: str
    footnotes: tuple[Footnote, ...] = ()
    kind: str = "text"  # text, row, item, heading, remark
    cells: tuple[tuple[str, str], ...] = ()  # the head of the column, what stands under it

    @property
    def heads(self) -> tuple[str, ...]:
        """What rows of one table have in common."""
        return tuple(head for head, _ in self.cells)

    def under_heads(self) -> list[Line]:
        """The cells of a row, each as a line of its own; the last one has the footnotes."""
        *before, (_, last) = self.cells
        return [*(Line(said) for _, said in before), Line(last, self.footnotes)]


@dataclass(frozen=True, slots=True)
class Section:
    """One question with what was said to it."""

    question: str
    lines: tuple[Line, ...]


def sections(exchanges: Sequence[Exchange]) -> list[Section]:
    """The exchanges of a chat, or one answer, as they are exported."""
    found, number = [], 1
    for exchange in exchanges:
        lines = tuple(_lines(exchange, number))
        number += len(exchange.answer.citations) if exchange.answer else 0
        found.append(Section(" ".join(exchange.question.split()), lines))
    return found


def runs(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Lines that are set together, with their kind: sentences, items, rows under the same heads."""
    for (kind, _), together in groupby(lines, key=lambda line: (line.kind, line.heads)):
        yield kind, list(together)


def footnotes(parts: Sequence[Section]) -> list[Footnote]:
    """Every footnote of a document once, in order."""
    found = {note.number: note for part in parts for line in part.lines for note in line.footnotes}
    return [found[number] for number in sorted(found)]


def _lines(exchange: Exchange, first: int) -> Iterator[Line]:
    if exchange.scope:
        yield Line(f"Поиск ограничен: {exchange.scope}", kind="remark")
    if exchange.answer:
        yield from _answered(exchange.answer, first)
    if exchange.told:
        yield Line(exchange.told)
    if exchange.error:
        yield Line(exchange.error, kind="remark")
    if exchange.state == "stopped":
        yield Line("Остановлено.", kind="remark")


def _answered(answer: Answer, first: int) -> Iterator[Line]:
    notes = {each.number: _footnote(each, first + place) for place, each in enumerate(answer.citations)}
    for note in answer.notes:
        yield Line(note[:1].upper() + note[1:], kind="remark")
    if not answer.sentences:
        yield Line(answer.text)
    elif answer.short_answer or answer.text.startswith(UNDECIDED):
        yield Line(f"Коротко: {answer.short_answer or UNDECIDED}", kind="remark")
    kind = "item" if answer.listed else "text"
    for sentence in answer.sentences:
        own = tuple(notes[number] for number in sentence.citations if number in notes)
        text, cells = without_marks(sentence.text, sentence.citations), _cells(sentence, answer)
        yield Line(unmarked(text), own, "row" if cells else kind, cells)
    for sentence in answer.sentences:
        if sentence.support != "supported":
            reasons = "; ".join([PARTIAL[sentence.support], *sentence.reasons])
            yield Line(f"«{without_marks(sentence.text, sentence.citations)}»: {reasons}", kind="remark")
    if answer.sentences:
        yield Line(confidence(sureness(answer)), kind="remark")
    for found in answer.disagreements:
        yield Line(DEVELOPS if found.develops else DISAGREE, kind="heading")
        for version in found.versions:
            cited = (notes[version.citation],) if version.citation in notes else ()
            yield Line(version_line(version), cited, "item")


def _cells(sentence: Sentence, answer: Answer) -> tuple[tuple[str, str], ...]:
    """The row of a table that a sentence tells; nothing for one that tells none."""
    quotes = [each.quote for each in answer.citations if each.number in sentence.citations]
    row = row_told(without_marks(sentence.text, sentence.citations), quotes)
    return tuple((cell.head, cell.text) for cell in row.cells) if row else ()


def sureness(answer: Answer) -> float:
    """How sure an answer is said to be: not highly where its quotes don't bear all of it out."""
    is_whole = all(each.support == "supported" for each in answer.sentences)
    return answer.confidence if is_whole else min(answer.confidence, _DOUBTED)


def _footnote(citation: Citation, number: int) -> Footnote:
    quote = " ".join(plain(citation.quote).split())
    url = citation.url if citation.url and re.match(r"https?://", citation.url, re.IGNORECASE) else None
    origin = byline(citation.source, citation.published)
    return Footnote(number, quote, citation.title, origin, url, standing_line(citation.context))


def day(iso: str) -> str:
    """The day of an ISO time in Russian."""
    return russian_date(iso[:10])
