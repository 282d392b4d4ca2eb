"""A claim of anybody's held against quotes or against what a search has found, and what was compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rag.answering.alignment import Alignment
from rag.answering.attribution import attributed
from rag.answering.verification import verified, verify
from rag.text.claims import claims
from rag.text.pieces import Piece
from rag.types import Answer, Checked, Draft, Hit, Outcome, Reader, Sentence, Slot, SlotKind, Verdict

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
