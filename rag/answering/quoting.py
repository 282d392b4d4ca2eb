"""How a chosen sentence is said so that it can be read alone, and the verbatim quote behind it.

The quote is always one stretch of the article, `article.text[start:stop]`. It grows where the sentence by
itself would mislead: to the closing mark of the quotation it stands in, to the list it opens or is part of,
to the sentence that a pronoun points back at. It shrinks by a dateline or the dash of a dialogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.answering.evidence import Evidence
from rag.answering.surroundings import leans, person_meant, pronoun
from rag.text.boilerplate import is_boilerplate
from rag.text.dateline import dateline
from rag.text.structure import is_item
from rag.types import Passage

_LONGEST = 1_000  # characters of a quote
_MOST_BACK = 3  # sentences that may be brought along
_MOST_SPOKEN = 4  # sentences of one quotation
_DIALOGUE = re.compile(r"[—–-]\s+(?=[А-ЯЁA-Z«\"])")
_STRAY = re.compile(r"[\s.,;:]+(?=[\w«\"(])")  # left of a line that was cut before the text begins
_OPENING, _CLOSING = "«„“", "»”"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is shown, with the stretch of the article (offsets) that says it."""

    evidence: Evidence
    text: str
    start: int
    stop: int

    @property
    def quote(self) -> str:
        passage = self.evidence.hit.passage
        return passage.text[self.start - passage.start : self.stop - passage.start]

    def covers(self, other: Evidence) -> bool:
        """True when `other` is quoted here too."""
        sentence = other.sentence
        is_here = other.hit.article.id == self.evidence.hit.article.id
        return is_here and self.start <= sentence.start and sentence.stop <= self.stop


@dataclass(frozen=True, slots=True)
class _Run:
    """Sentences `first` to `last` of a passage."""

    passage: Passage
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.passage.sentences[self.first].start

    @property
    def stop(self) -> int:
        return self.passage.sentences[self.last].stop

    @property
    def fits(self) -> bool:
        return self.stop - self.start <= _LONGEST

    def text(self, place: int) -> str:
        return self.passage.quote(self.passage.sentences[place])


def said(evidence: Evidence, just_said: bool = False) -> Said:
    """`evidence` as it can be read alone; `just_said`: the sentence before it was given right before."""
    passage = evidence.hit.passage
    if evidence.sentence.above.heads:
        return _as_row(evidence)
    here = passage.sentences.index(evidence.sentence)
    alone = _Run(passage, here, here)
    if (listed := _whole_list(alone)) is not None:
        return _as_list(evidence, listed)
    run = _whole_quotation(alone)
    named: tuple[str, int, str] | None = None
    if not just_said:
        run, named = _with_referent(run)
    start = run.start + _lead(run.text(run.first))
    text = _joined(run, start, named)
    return Said(evidence, text, start, run.stop)


def _as_row(evidence: Evidence) -> Said:
    """A row of a table with its heads; the quote begins at the heads where they are near."""
    passage, sentence = evidence.hit.passage, evidence.sentence
    since = sentence.above.heads[0] if sentence.above.heads else sentence.start
    is_near = since >= passage.start and sentence.stop - since <= _LONGEST
    return Said(evidence, sentence.above.told, since if is_near else sentence.start, sentence.stop)


def _lead(text: str) -> int:
    """Characters of a dateline or a dialogue's dash before what is said."""
    stray = _STRAY.match(text)
    start = stray.end() if stray else 0
    stop = dateline(text[start:]).stop
    if 0 < stop < len(text) - start:
        return start + stop
    dash = _DIALOGUE.match(text)
    return dash.end() if dash else start


def _joined(run: _Run, start: int, named: tuple[str, int, str] | None) -> str:
    """The sentences from `start` on as one line; `named`: only the last one, with a name put into it."""
    if named is not None:
        text, stop, name = named
        return f"{text[:stop]} [{name}]{text[stop:]}"
    parts = [run.text(place) for place in range(run.first, run.last + 1)]
    parts[0] = parts[0][start - run.start :]
    return " ".join(" ".join(parts).split()) if len(parts) > 1 else parts[0]


def _with_referent(run: _Run) -> tuple[_Run, tuple[str, int, str] | None]:
    """`run` with what it leans on: the sentence before it, or only the name that a pronoun means."""
    grown = run
    for _ in range(_MOST_BACK):
        text = grown.text(grown.first)
        if not grown.first or not leans(text):
            break
        before = grown.text(grown.first - 1)
        wider = replace(grown, first=grown.first - 1)
        if not wider.fits or is_boilerplate(before):
            break
        here = pronoun(text)
        if grown == run and run.first == run.last and here and (name := person_meant(here, before)):
            return wider, (text, here.stop, name)
        grown = wider
    return grown, None


def _whole_quotation(run: _Run) -> _Run:
    """`run` with the rest of the quotation it is a part of: who says it stands at its edge."""
    for _ in range(_MOST_SPOKEN):
        text = run.passage.text[run.start - run.passage.start : run.stop - run.passage.start]
        opened = sum(map(text.count, _OPENING)) - sum(map(text.count, _CLOSING))
        if opened > 0 and run.last + 1 < len(run.passage.sentences):
            wider = replace(run, last=run.last + 1)
        elif opened < 0 and run.first:
            wider = replace(run, first=run.first - 1)
        else:
            return run
        if not wider.fits:
            return run
        run = wider
    return run


def _whole_list(run: _Run) -> _Run | None:
    """The list that the sentence announces («…:») or is an item of, with what announces it."""
    first = run.first
    while first and _is_item(run.passage, first):
        first -= 1
    items = list(_items_behind(run.passage, first))
    if not run.text(first).endswith(":") or run.last not in (first, *items) or not items:
        return None
    whole = _Run(run.passage, first, items[-1])
    return whole if whole.fits else None


def _items_behind(passage: Passage, place: int) -> Iterator[int]:
    for following in range(place + 1, len(passage.sentences)):
        if not _is_item(passage, following):
            return
        yield following


def _is_item(passage: Passage, place: int) -> bool:
    return place > 0 and is_item(passage.text, passage.sentences[place].start - passage.start)


def _as_list(evidence: Evidence, run: _Run) -> Said:
    head, *items = (run.text(place) for place in range(run.first, run.last + 1))
    start = run.start + _lead(head)
    lines = [head[start - run.start :], *(f"• {item}" for item in items)]
    return Said(evidence, "\n".join(lines), start, run.stop)
