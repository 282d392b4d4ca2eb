"""A claim of anybody's held against quotes or against what a search has found, and what was compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rag.answering.alignment import Alignment
from rag.answering.attribution import attributed
from rag.answering.evidence import Evidence
from rag.answering.rereading import to_read
from rag.answering.verification import verified, verify
from rag.text.claims import claims
from rag.text.pieces import Piece
from rag.types import Answer, Checked, Draft, Hit, Lacking, Outcome, Reader, Sentence, Slot, SlotKind, Verdict

_KINDS: dict[str, SlotKind] = {"number": "number", "time": "date", "name": "name"}
_GROUPS: dict[str, SlotKind] = {"verb": "action", "noun": "thing"}
_NOTHING = "в библиотеке об этом ничего не нашлось"


def against_quotes(claim: str, quotes: Sequence[str], reader: Reader | None = None) -> Checked:
    """`claim` held against all of `quotes` together."""
    return Checked(verify(claim, quotes, reader=reader), tuple(slots(claim, quotes)))


def against_hits(claim: str, hits: Sequence[Hit], reader: Reader | None = None) -> Checked:
    """`claim` held against the sentences of `hits` that bear it out best, or come nearest to it."""
    draft = attributed(Draft((Sentence(claim, (), "unsupported"),), found=True), hits)
    (sentence,) = verified(draft, reader=reader).sentences
    if not draft.citations:
        return Checked(Verdict("unsupported", (_NOTHING,)), tuple(slots(claim, [])))
    quotes = [citation.quote for citation in draft.citations]
    return Checked(Verdict(sentence.support, sentence.reasons), tuple(slots(claim, quotes)), draft.citations)


def compared(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences of `answer`, each with what was compared: it with its quotes, or the question with it."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return tuple(
        replace(each, slots=tuple(_slots_of(answer.standalone_question, each, quotes)))
        for each in answer.sentences
    )


def _slots_of(question: str, sentence: Sentence, quotes: Mapping[int, str]) -> Iterator[Slot]:
    cited = [quotes[number] for number in sentence.citations if number in quotes]
    is_quoted = any(sentence.text in quote for quote in cited)
    return slots(question if is_quoted else sentence.text, cited)


def slots(claim: str, quotes: Sequence[str]) -> Iterator[Slot]:
    """What `claim` states, piece by piece, and what `quotes` have in its place."""
    found = Alignment(claims(claim, None), [claims(quote, None) for quote in quotes])
    missing, placed = set(found.missing), {each.claimed: each.held for each in found.replaced}
    for number, piece in enumerate(found.pieces):
        if not found.matches[number] and number not in missing:
            continue  # it only frames the claim
        outcome, held = _outcome(found, number, placed.get(number))
        source = None if held is None else found.shown(held)
        yield Slot(kind_of(piece), outcome, found.claim.shown(piece), source)


def _outcome(found: Alignment, number: int, placed: int | None) -> tuple[Outcome, int | None]:
    """How a piece fares, and the piece of a source that says so.

    What is told as done, and stands there as an infinitive («решил открыть», «отказалась дать»), is "unreal".
    """
    held = found.aligned[number]
    if held is None and found.matches[number]:
        held = found.matches[number][0]
    if held is None:
        return ("absent", None) if placed is None else ("other", placed)
    claimed, told = found.pieces[number], found.held[held].piece
    if claimed.denied != told.denied:
        return "denied", held
    return ("unreal" if claimed.finite and told.group == "verb" and not told.finite else "same"), held


def kind_of(piece: Piece) -> SlotKind:
    """What a piece of a claim is: a figure, a date, a name …"""
    return _KINDS.get(piece.kind) or _GROUPS.get(piece.group, "quality")


_PICKING = frozenset({"number", "date", "name"})
_REST = 0.6  # the share of the other parts of the question that the sentence has
_NUMBERED = re.compile(r"[^\W\d_]+\s+(?:№\s*)?$")  # «приказ № » before 119


def lacking(question: str, found: Sequence[Evidence]) -> Lacking | None:
    """What the likeliest of the sentences `found` lacks, or has another of; None where more is missing."""
    return next(_lacking(question, found[0]), None) if found else None


def _lacking(question: str, nearest: Evidence) -> Iterator[Lacking]:
    read = to_read(nearest.hit, nearest.sentence)
    asked = claims(question, None)
    found = Alignment(asked, [claims(text, None) for text in (read.text, read.context) if text])
    placed = {each.claimed: each.held for each in found.replaced}
    picking = [number for number, piece in enumerate(asked.pieces) if kind_of(piece) in _PICKING]
    others = [number for number in range(len(asked.pieces)) if number not in picking]
    if not others or sum(bool(found.matches[each]) for each in others) < _REST * len(others):
        return
    for number in picking:
        if found.matches[number]:
            continue
        held = placed.get(number)
        is_like = held is not None and kind_of(found.held[held].piece) == kind_of(asked.pieces[number])
        yield Lacking(
            _shown(question, asked.pieces[number].start, asked.shown(asked.pieces[number])),
            found.shown(held) if held is not None and is_like else None,
        )


def _shown(question: str, start: int, shown: str) -> str:
    """A part of the question, a number with the noun that it counts off."""
    if not shown[:1].isdigit():
        return shown
    before = _NUMBERED.search(question[:start])
    return f"{before.group()}{shown}" if before and "№" in before.group() else shown
