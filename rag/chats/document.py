"""A conversation as a document to take away: questions, answers and numbered footnotes, before any format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from rag.text.structure import last_row
from rag.types import Answer, Citation

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
    """A run of text with the footnotes behind it. `kind`: how it is set."""

    text: str
    footnotes: tuple[Footnote, ...] = ()
    kind: str = "text"  # text, item, heading, remark


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
        yield Line(without_marks(sentence.text, sentence.citations), own, kind)
    for sentence in answer.sentences:
        if sentence.support != "supported":
            reasons = "; ".join([PARTIAL[sentence.support], *sentence.reasons])
            yield Line(f"«{without_marks(sentence.text, sentence.citations)}»: {reasons}", kind="remark")
    if answer.sentences:
        yield Line(confidence(answer.confidence), kind="remark")
    for found in answer.disagreements:
        yield Line(DEVELOPS if found.develops else DISAGREE, kind="heading")
        for version in found.versions:
            cited = (notes[version.citation],) if version.citation in notes else ()
            yield Line(version_line(version), cited, "item")


def _footnote(citation: Citation, number: int) -> Footnote:
    told = last_row(citation.quote) if "|" in citation.quote else ""
    quote = told or re.sub(r"\*\*|^#{1,6}\s+", "", " ".join(citation.quote.split()))
    url = citation.url if citation.url and re.match(r"https?://", citation.url, re.IGNORECASE) else None
    origin = byline(citation.source, citation.published)
    return Footnote(number, quote, citation.title, origin, url, standing_line(citation.context))


def day(iso: str) -> str:
    """The day of an ISO time in Russian."""
    return russian_date(iso[:10])
